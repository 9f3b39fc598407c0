/* SPDX-License-Identifier: Apache-2.0 */
/* setup: what launch hands to the init of a sandbox, and that on to the
 * parts of its work; private to them. */
#ifndef SANDBOX_SETUP_H
#define SANDBOX_SETUP_H

#include "sandbox/cgroup.h"
#include "sandbox/foreign.h"
#include "sandbox/spec.h"

/* The descriptors are its ends of pipes. */
struct setup {
	const struct sandbox_spec *spec;
	const char *hosts;	/* path of the file for /etc/hosts */
	const char *resolv;	/* and for /etc/resolv.conf */
	const struct foreign *foreign;	/* how its programs are run */
	const struct cgroup *cgroup;	/* that limits it; NULL: none */
	int report_fd;		/* errors; closed when the program runs */
	int status_fd;		/* how the program ended, as wait(2) has it */
	int emulate_fd;		/* to the supervisor; -1 without one */
	int peer_fd;		/* the other end of report_fd, not ours */
};

#endif
