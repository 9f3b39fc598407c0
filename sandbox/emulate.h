/* SPDX-License-Identifier: Apache-2.0 */
/* emulate: where only one id exists, a supervisor that lets a sandbox's
 * programs believe in all the others. */
#ifndef SANDBOX_EMULATE_H
#define SANDBOX_EMULATE_H

#include <stdint.h>
#include <sys/types.h>

#include "sandbox/seccomp.h"
#include "util/error.h"

/*
 * In the program's process, just before it starts: install the filter that
 * asks a supervisor about owners and credentials (seccomp_unotify(2)), and
 * hand the descriptor that answers to the supervisor behind `socket_fd`. Needs
 * no_new_privs. From then on setresuid(2) and the like are only recorded.
 */
int emulate_begin(int socket_fd, enum seccomp_exec exec, struct error *err);

/*
 * The supervisor: wait at `socket_fd` for a filter, move to the mount
 * namespace of the sandbox whose init is `init_pid_fd`, and answer until the
 * last program has ended, with help of its own when there is much to do. Its
 * own process, outside of the sandbox's pid namespace, with every capability.
 */
_Noreturn void emulate_run(int socket_fd, int init_pid_fd);

#endif
