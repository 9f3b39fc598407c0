/* SPDX-License-Identifier: Apache-2.0 */
/* rewrite: where no kernel starts an emulator, pid 1 of a sandbox traces its
 * programs and has them execute it themselves. */
#ifndef SANDBOX_REWRITE_H
#define SANDBOX_REWRITE_H

#include <stdbool.h>
#include <sys/types.h>

#include "sandbox/machine.h"
#include "util/error.h"

/* Where the emulator lies in the sandbox. */
#define REWRITE_QEMU "/dev/.qemu"

/* Do we know this processor's registers? */
bool rewrite_is_supported(void);

/*
 * In init, for a child that waits: be told of each execve(2) that it or one of
 * its children makes under a filter that traces them (sandbox/seccomp.h).
 */
int rewrite_attach(pid_t pid, struct error *err);
/*
 * wait(2) told that `pid` stopped with `status`: if it is about to execute a
 * program for `m`, or a script for such a one, it will execute REWRITE_QEMU
 * with it instead; then it goes on, as it does in every other case. True when
 * it has just become another program.
 */
bool rewrite_handle(const struct machine *m, pid_t pid, int status);

#endif
