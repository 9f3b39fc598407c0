/* SPDX-License-Identifier: Apache-2.0 */
/* archive: a file that ADD unpacks: a tar, plain or compressed by gzip, bzip2,
 * xz or zstd, recognised by what is in it. */
#ifndef BUILDER_ARCHIVE_H
#define BUILDER_ARCHIVE_H

#include "builder/owner.h"
#include "util/error.h"

/*
 * 1 and the file opened at its start when dir_fd/name is an archive, 0 when it
 * is something else. -ENOTSUP, ERROR_HOST, for what cannot be looked into here
 * (oci/foreign.h).
 */
int archive_open(int dir_fd, const char *name, int *ret_fd,
	struct error *err);
/* The same of an open file, which is read from its start without moving: 1, 0
 * or negative. `name` is how it is called. */
int archive_is(int fd, const char *name, struct error *err);
/* Unpack it into `dir_fd`; links on the way stay inside. Owners are those of
 * the archive unless `owner` forces others. */
int archive_unpack(int fd, int dir_fd, const struct copy_owner *owner,
	struct error *err);
/* The same, but everything belongs to who we are; needs no namespace. */
int archive_unpack_as_ours(int fd, int dir_fd, struct error *err);

#endif
