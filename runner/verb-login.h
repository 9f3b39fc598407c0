/* SPDX-License-Identifier: Apache-2.0 */
/* verb-login: `docker login` in a cmd step. */
#ifndef RUNNER_VERB_LOGIN_H
#define RUNNER_VERB_LOGIN_H

#include "runner/action.h"
#include "runner/mask.h"

/* As `slipway login`, and --password, which goes on in memory. */
int verb_login(const struct action *s, const struct strv *args);
/* Passwords that are written in a script are not shown. */
void verb_hide_passwords(const struct shell_script *script, struct mask *mask);

#endif
