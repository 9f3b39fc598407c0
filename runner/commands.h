/* SPDX-License-Identifier: Apache-2.0 */
/* commands: the records of this folder's commands, and the table of all. */
#ifndef RUNNER_COMMANDS_H
#define RUNNER_COMMANDS_H

#include "util/cli.h"

/* Every command of the program, ended by NULL; in main.c. */
extern const struct command *const command_table[];
/* What every command accepts, before or after its name; in main.c. */
extern const struct option_spec global_options[];

extern const struct command cmd_completion;
extern const struct command cmd_help;
extern const struct command cmd_run;
extern const struct command cmd_runs_cancel;
extern const struct command cmd_runs_list;
extern const struct command cmd_runs_logs;
extern const struct command cmd_runs_prune;
extern const struct command cmd_runs_rerun;
extern const struct command cmd_runs_show;
extern const struct command cmd_tables;
extern const struct command cmd_task_graph;
extern const struct command cmd_task_lint;
extern const struct command cmd_task_render;
extern const struct command cmd_task_run;
extern const struct command cmd_task_schema;
extern const struct command cmd_version;

#endif
