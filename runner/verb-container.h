/* SPDX-License-Identifier: Apache-2.0 */
/* verb-container: the docker verbs about the containers of a run. */
#ifndef RUNNER_VERB_CONTAINER_H
#define RUNNER_VERB_CONTAINER_H

#include "runner/action.h"

/* As verb.c has them: the words behind the verb; the exit status. */
int verb_run_container(const struct action *s, const struct strv *args);
int verb_cp(const struct action *s, const struct strv *args);
int verb_exec(const struct action *s, const struct strv *args);
int verb_logs(const struct action *s, const struct strv *args);
int verb_stop(const struct action *s, const struct strv *args);
int verb_kill(const struct action *s, const struct strv *args);
int verb_rm(const struct action *s, const struct strv *args);
int verb_wait(const struct action *s, const struct strv *args);
int verb_ps(const struct action *s, const struct strv *args);

#endif
