/* SPDX-License-Identifier: Apache-2.0 */
/* names: what one directory holds, in the order of bytes. */
#ifndef BUILDER_NAMES_H
#define BUILDER_NAMES_H

#include <stddef.h>

#include "util/error.h"

/* `type` as in readdir(3): DT_UNKNOWN where the file system does not tell. */
struct name {
	const char *text;
	unsigned char type;
};

/* All-zero is empty. */
struct names {
	struct name *items;
	size_t count;
	char *text;		/* what the items point into */
};

/* Read the directory from where `dir_fd` stands, without "." and "..", into an
 * empty `ret`. Errors of getdents64(2); -E2BIG over 1 GiB of names. */
int names_read(int dir_fd, struct names *ret, struct error *err);
void names_release(struct names *n);

#endif
