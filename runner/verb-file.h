/* SPDX-License-Identifier: Apache-2.0 */
/* verb-file: the docker verbs that read or write a file of the workspace. */
#ifndef RUNNER_VERB_FILE_H
#define RUNNER_VERB_FILE_H

#include "runner/action.h"

/* `docker save [-o FILE] IMAGE...` and `docker load [-i FILE]`: the file is
 * one below the workspace, which `slipway` gets as stdout or stdin. */
int verb_save(const struct action *s, const struct strv *args);
int verb_load(const struct action *s, const struct strv *args);

#endif
