/* SPDX-License-Identifier: Apache-2.0 */
/* seccomp: the system calls a sandboxed program may make. */
#ifndef SANDBOX_SECCOMP_H
#define SANDBOX_SECCOMP_H

#include "util/error.h"

/* What becomes of execve(2). */
enum seccomp_exec {
	SECCOMP_EXEC_FREE,
	SECCOMP_EXEC_TRACED,	/* a tracer is told first; -ENOSYS without */
};

/*
 * Install the filter that sandbox/mkfilter.c wrote at build time, for this
 * thread and what it starts, for ever. Needs CAP_SYS_ADMIN in our namespace or
 * no_new_privs. -ENOTSUP when the kernel has no filters.
 */
int seccomp_install(enum seccomp_exec exec, struct error *err);
/*
 * The same with the calls about owners and credentials put off for whoever has
 * the new descriptor `ret_fd` to answer: seccomp_unotify(2). Needs
 * no_new_privs. -EBUSY when a filter above us has one already.
 */
int seccomp_install_listener(enum seccomp_exec exec, int *ret_fd,
	struct error *err);

/* Have whoever answers wait on the processor of whoever asks, if the kernel
 * can: the way there and back is shorter by a quarter. */
void seccomp_prefer_waking(int listener_fd);

/* 1 when the kernel knows filters, 0 when not; nothing is installed. */
int seccomp_is_supported(void);

#endif
