/* SPDX-License-Identifier: Apache-2.0 */
/* foreign: have programs of another machine run in a sandbox. */
#ifndef SANDBOX_FOREIGN_H
#define SANDBOX_FOREIGN_H

#include "sandbox/machine.h"
#include "util/error.h"
#include "util/scope.h"

/* Who starts the emulator. */
enum foreign_way {
	FOREIGN_AUTO,
	FOREIGN_NATIVE,		/* nobody: the processor runs them itself */
	FOREIGN_BINFMT,		/* binfmt_misc of our user namespace */
	FOREIGN_HOST,		/* that of the host, registered by its root */
	FOREIGN_EXEC,		/* we do, at each execve(2) */
};

/* "auto", "binfmt", "host" or "exec"; NULL is auto. -EINVAL, ERROR_REQUEST. */
int foreign_parse(const char *text, enum foreign_way *ret, struct error *err);
/* Also "native". */
const char *foreign_name(enum foreign_way way);

/* A way that was found to work. As long as it is held, it does. */
struct foreign {
	enum foreign_way way;
	const struct machine *machine;
	char *qemu;		/* for our own two ways */
	int binfmt_fd;		/* the entries vanish with it */
};

void foreign_init(struct foreign *f);
/*
 * For programs of machine `name` ("arm64"; NULL is this one): the first way
 * that works, or `want` alone. Needs userns_enter(). -ENOTSUP, ERROR_HOST,
 * when there is none, with a remedy.
 */
int foreign_open(const char *name, enum foreign_way want, struct foreign *ret,
	struct error *err);
void foreign_release(struct foreign *f);

#endif
