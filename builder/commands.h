/* SPDX-License-Identifier: Apache-2.0 */
/* commands: the records of this folder's commands. */
#ifndef BUILDER_COMMANDS_H
#define BUILDER_COMMANDS_H

#include "util/cli.h"

extern const struct command cmd_build;
extern const struct command cmd_lock;
extern const struct command cmd_scan;

#endif
