/* SPDX-License-Identifier: Apache-2.0 */
/* commands: the records of this folder's commands. */
#ifndef SANDBOX_COMMANDS_H
#define SANDBOX_COMMANDS_H

#include "util/cli.h"

extern const struct command cmd_doctor;
extern const struct command cmd_unshare;

#endif
