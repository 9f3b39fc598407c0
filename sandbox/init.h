/* SPDX-License-Identifier: Apache-2.0 */
/* init: pid 1 of a sandbox; sets it up, starts its program, reaps. */
#ifndef SANDBOX_INIT_H
#define SANDBOX_INIT_H

#include "sandbox/spec.h"

/* What launch and its init share; the descriptors are init's ends of pipes. */
struct init {
	const struct sandbox_spec *spec;
	const char *hosts;	/* path of the file for /etc/hosts */
	int report_fd;		/* errors; closed when the program runs */
	int status_fd;		/* how the program ended, as wait(2) has it */
	int emulate_fd;		/* to the supervisor; -1 without one */
	int peer_fd;		/* the other end of report_fd, not ours */
};

/*
 * In a process just cloned into its namespaces. Ends when the program ends,
 * and with it, by the rule of pid namespaces, every process in the sandbox.
 */
_Noreturn void init_run(const struct init *in);

#endif
