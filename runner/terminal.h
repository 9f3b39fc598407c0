/* SPDX-License-Identifier: Apache-2.0 */
/* terminal: a pseudo-terminal between the user's terminal and a sandbox, so
 * that the program has one of its own and none of the user's. */
#ifndef RUNNER_TERMINAL_H
#define RUNNER_TERMINAL_H

#include <stdbool.h>

#include "util/error.h"
#include "util/scope.h"

struct terminal;

/* Make one as large as ours, and switch ours (stdin) to raw. -ENOTTY,
 * ERROR_REQUEST, when stdin is no terminal. */
int terminal_open(struct terminal **ret, struct error *err);
/* The program's side, for its stdin, stdout and stderr; borrowed. */
int terminal_program_fd(const struct terminal *t);
/* After the start: only the program has its side from now on. */
void terminal_started(struct terminal *t);
/* What to poll for reading: stdin and our side, each -1 after its end. */
int terminal_input_fd(const struct terminal *t);
int terminal_output_fd(const struct terminal *t);
/* Pass on what there is from stdin to the program, and from the program to
 * stdout. 1 while more may come, 0 at the end. */
int terminal_pass_input(struct terminal *t);
int terminal_pass_output(struct terminal *t);
/* Ours has another size now (SIGWINCH). */
void terminal_resize(struct terminal *t);
/* Ours as it was before. NULL is fine; returns NULL. */
struct terminal *terminal_free(struct terminal *t);

DEFINE_CLEANUP(struct terminal *, terminal_free);

#endif
