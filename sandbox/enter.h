/* SPDX-License-Identifier: Apache-2.0 */
/* enter: one more program in a sandbox that runs. */
#ifndef SANDBOX_ENTER_H
#define SANDBOX_ENTER_H

#include "sandbox/spec.h"
#include "util/error.h"
#include "util/proc.h"

/* The environment of the program that the sandbox of `init` (sandbox_pid())
 * was made for. -ESRCH when it has ended. */
int enter_read_env(pid_t init, struct strv *ret, struct error *err);

/* Move into the user namespace of a process of ours, for good, where its files
 * have the owners that it sees. */
int enter_owner(pid_t pid, struct error *err);

/* What is run there; everything is borrowed. */
struct enter_wish {
	const struct strv *argv;
	const struct strv *env;
	const char *cwd;	/* NULL: "/" */
	const char *user;	/* as USER has it, of the sandbox's passwd;
				 * NULL: 0:0 */
};

/*
 * Move this process into all namespaces of the sandbox, for good, run the
 * program there with our stdin, stdout and stderr and the rights of any other
 * there, and wait for it. Where only one id exists it sees that: nobody
 * emulates others for it. -ESRCH when the sandbox has ended.
 */
int enter_run(pid_t init, const struct enter_wish *wish, struct proc_end *ret,
	struct error *err);

#endif
