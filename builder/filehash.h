/* SPDX-License-Identifier: Apache-2.0 */
/* filehash: digests of files that are not read again while their stat data
 * stays the same. */
#ifndef BUILDER_FILEHASH_H
#define BUILDER_FILEHASH_H

#include <sys/stat.h>

#include "oci/digest.h"
#include "oci/store.h"
#include "util/error.h"
#include "util/scope.h"

/*
 * One record file per directory tree, filehash/<32 hex digits of the digest of
 * its absolute path>. It is mapped, looked up in the order of a walk, and
 * replaced as a whole when something changed. A record is believed when inode,
 * size, mode, mtime and ctime are what they were; a file that changed just
 * before it was read is not recorded, because it could change again without a
 * trace (the clock of a file system is coarse). Records of files that nobody
 * asked for during eight rewrites are dropped.
 */
struct filehash;

/* The record of the tree at `root_path` (absolute). A damaged or foreign record
 * file counts as empty; so does one that cannot be read. */
int filehash_open(struct store *s, const char *root_path,
	struct filehash **ret, struct error *err);
/* Remembers within the process only. */
struct filehash *filehash_new(void);
struct filehash *filehash_free(struct filehash *h);

/*
 * The digest of regular file dir_fd/name, whose place in the tree is `path` and
 * whose lstat is `st`: of its bytes, or, when it has extended attributes that
 * a copy takes along (xattr.h), of the bytes' digest and the attributes. Reads
 * the file if it is not known. Cheapest when asked in the order of walk.h.
 * Errors of open(2) and read(2); -ESTALE when it is no regular file any more.
 */
int filehash_get(struct filehash *h, const char *path, const struct stat *st,
	int dir_fd, const char *name, struct digest *ret, struct error *err);

/* How many files have been read so far, for --explain and tests. */
unsigned long filehash_read_count(const struct filehash *h);

/* After a fork: the parent saves what is known so far. */
void filehash_inherit(struct filehash *h);
/* Write the record file if something was learned since it was written last. Two
 * builds that save at once both leave a whole file; the later one stays. */
int filehash_save(struct filehash *h, struct error *err);

DEFINE_CLEANUP(struct filehash *, filehash_free);

#endif
