/* SPDX-License-Identifier: Apache-2.0 */
/* failure-shell: a shell in the tree of a RUN that failed, as the RUN left
 * it. */
#ifndef BUILDER_FAILURE_SHELL_H
#define BUILDER_FAILURE_SHELL_H

#include "sandbox/spec.h"
#include "util/error.h"
#include "util/progress.h"

/*
 * Run `program` as what failed was run, with standard input as it is and all
 * output on standard error, until it ends. `failure` is shown first and stays
 * as it is. How the shell ended does not matter; that it cannot be started is
 * said.
 */
void failure_shell_run(const struct sandbox_spec *failed, const char *program,
	struct progress *p, const struct error *failure);

#endif
