/* SPDX-License-Identifier: Apache-2.0 */
/* rewrite-call: the execve(2) a traced program is about to make; private to
 * sandbox/rewrite*.c. */
#ifndef SANDBOX_REWRITE_CALL_H
#define SANDBOX_REWRITE_CALL_H

#include <stdint.h>
#include <sys/types.h>

#include "util/strv.h"

struct rewrite_call {
	pid_t pid;
	uint64_t argv, envp;	/* where they lie in its memory */
	uint64_t stack;		/* all below is free */
	char *path;		/* absolute */
	char *shown;		/* as it was given, for its own eyes */
};

/* What it was stopped at: 0, or -ENOTSUP when it is something else. */
int rewrite_call_read(pid_t pid, struct rewrite_call *ret);
void rewrite_call_release(struct rewrite_call *c);
/* argv[0], or "" when there is none; yours. */
char *rewrite_call_name(const struct rewrite_call *c);
/*
 * Make it an execve(2) of words[0] with `words` and then its own arguments from
 * argv[1] on. -E2BIG for too many, -EFAULT without room for them.
 */
int rewrite_call_change(const struct rewrite_call *c,
	const struct strv *words);

#endif
