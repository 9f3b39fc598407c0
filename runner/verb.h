/* SPDX-License-Identifier: Apache-2.0 */
/* verb: `docker ...` in a cmd step, done by us. */
#ifndef RUNNER_VERB_H
#define RUNNER_VERB_H

#include "runner/action.h"

/* Is this first word of a command docker, buildx or slipway? Also
 * "docker:27-cli" and an image of another registry called docker. */
bool verb_is_for_us(const char *word);
/* In a child of its own; returns the exit status. What we do not have is said
 * with a list of what we have. */
int verb_run(const struct action *s, const struct strv *argv);

#endif
