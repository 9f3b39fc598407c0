/* SPDX-License-Identifier: Apache-2.0 */
/* entry: a file that is there, described as a member of a tar. */
#ifndef BUILDER_ENTRY_H
#define BUILDER_ENTRY_H

#include <sys/stat.h>

#include "oci/tar.h"
#include "util/error.h"

/*
 * Fill all but `path` from what is at dir_fd/name: kind, owner, mode, times,
 * link target, device number, and, when `fd` (a file or directory opened for
 * reading) is not -1, extended attributes as far as a copy takes them along.
 * 1; 0 for a socket, which no archive can hold. `ret` is released by
 * tar_entry_release().
 */
int entry_read(int dir_fd, const char *name, const struct stat *st, int fd,
	struct tar_entry *ret, struct error *err);

#endif
