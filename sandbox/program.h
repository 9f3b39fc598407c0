/* SPDX-License-Identifier: Apache-2.0 */
/* program: the last steps before a sandbox's program runs. */
#ifndef SANDBOX_PROGRAM_H
#define SANDBOX_PROGRAM_H

#include "sandbox/setup.h"
#include "sandbox/seccomp.h"

/*
 * In a child of init, inside the tree: a session of its own, descriptors, user,
 * capabilities, filter, exec. What goes wrong is reported to `report_fd`
 * (close-on-exec); that the program cannot be executed is said on its own
 * stderr, and is the exit status (127, 126). With `emulate_fd`, unless -1, a
 * supervisor is asked who we are: sandbox/emulate.h. With SECCOMP_EXEC_TRACED
 * somebody traces this process already.
 */
_Noreturn void program_run(const struct setup *in, enum seccomp_exec exec);

#endif
