/* SPDX-License-Identifier: Apache-2.0 */
/* copy: files and trees from below one root to below another, as `docker cp`
 * has it. */
#ifndef RUNNER_COPY_H
#define RUNNER_COPY_H

#include "util/error.h"

/* A path below a root that it does not leave, whatever links it has. */
struct copy_end {
	int root_fd;
	const char *path;
};

/*
 * To `to`, or into it when that is a directory; a `from` that ends in "/."
 * is what is in it. Owners are ours, modes without set-user-id; links are
 * copied as such. -ENOENT, -EISDIR, -ENOTSUP for what is no file, directory or
 * link, -ELOOP beyond 200 levels: ERROR_REQUEST.
 */
int copy_path(const struct copy_end *from, const struct copy_end *to,
	struct error *err);

#endif
