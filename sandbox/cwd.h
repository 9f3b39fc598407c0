/* SPDX-License-Identifier: Apache-2.0 */
/* cwd: the directory a program starts in. */
#ifndef SANDBOX_CWD_H
#define SANDBOX_CWD_H

#include "sandbox/account.h"
#include "util/error.h"

/*
 * Open `path` (NULL is "/") as it is inside `root_fd`. What is missing is made,
 * 0755, owned by `user` (NULL: 0:0). Links never lead outside, and "magic"
 * ones (/proc/self/fd/7) are refused with -ELOOP.
 */
int cwd_open(int root_fd, const char *path, const struct account *user,
	int *ret_fd, struct error *err);

#endif
