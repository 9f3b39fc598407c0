/* SPDX-License-Identifier: Apache-2.0 */
/* binfmt: a binfmt_misc that belongs to our user namespace alone. */
#ifndef SANDBOX_BINFMT_H
#define SANDBOX_BINFMT_H

#include "sandbox/machine.h"
#include "util/error.h"

/*
 * Have the kernel start `qemu`, an absolute path, for programs of `m`, in this
 * user namespace and those below it. The emulator is opened now: no sandbox
 * needs it among its files. Nothing is mounted anywhere; when the last holder
 * of such a descriptor closes it, the entries are gone.
 *
 * -ENOTSUP where it is not to be had: before Linux 6.7, or when our namespace
 * is not one of our own making (what is registered there concerns others).
 */
int binfmt_register(const struct machine *m, const char *qemu, int *ret_fd,
	struct error *err);

#endif
