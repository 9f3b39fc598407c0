/* SPDX-License-Identifier: Apache-2.0 */
/* graph: a task's steps and who waits for whom, drawn. */
#ifndef RUNNER_GRAPH_H
#define RUNNER_GRAPH_H

#include <stdio.h>

#include "runner/task.h"

/* A line for each step, in the order in which they could start: its level (how
 * many must have ended one after the other), id, kind, those it waits for, and
 * when it runs. `format` as for listing_print(). */
void graph_print(FILE *to, const struct task *t, const char *format);
/* The same for dot(1) of Graphviz. */
void graph_print_dot(FILE *to, const struct task *t);

#endif
