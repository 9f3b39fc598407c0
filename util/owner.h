/* SPDX-License-Identifier: Apache-2.0 */
/* owner: where only one id exists, whose a file is and whether it stands for a
 * device is written down beside it, in attributes of the user. */
#ifndef UTIL_OWNER_H
#define UTIL_OWNER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "util/buf.h"

/* On a file or directory, its own record: slipway-store(5). */
#define OWNER_ATTRIBUTE "user.slipway.owner"
/* On a directory, the records of links, pipes and the like in it: the kernel
 * lets those have no attributes (xattr(7)). */
#define OWNER_NAMES_ATTRIBUTE "user.slipway.names"
/* Before the name of an attribute that the kernel refused. */
#define OWNER_KEPT_PREFIX "user.slipway.kept."

#define OWNER_TEXT_SIZE 64
/* The kernel's limit of one attribute. */
#define OWNER_NAMES_MAX 65536

struct owner {
	uint32_t uid, gid;
	mode_t type;		/* S_IFCHR, S_IFBLK: an empty file stands for a
				 * device; 0: it is what it is */
	uint32_t major, minor;
};

/* "UID:GID", or "UID:GID:c:MAJOR:MINOR" and "b"; -EINVAL for other bytes. */
int owner_parse(const char *text, size_t len, struct owner *ret);
/* Returns the length. */
size_t owner_format(const struct owner *o, char ret[OWNER_TEXT_SIZE]);

/*
 * The value of OWNER_NAMES_ATTRIBUTE: "RECORD/NAME" and a NUL, repeated; an
 * empty NAME stands for all that are not named. 1 and the record of `name`, or
 * 0: it belongs to 0:0.
 */
int owner_names_find(const char *list, size_t len, const char *name,
	struct owner *ret);
/* Put it in, in place of an older one; NULL, and it belongs to 0:0. */
void owner_names_set(struct buf *list, const char *name,
	const struct owner *o);
/* Make it as short as it can be for what is in the directory: without names
 * that are gone, and with one item for the owner of most. -E2BIG, or what
 * reading the directory gave. */
int owner_names_shorten(struct buf *list, int dir_fd);

/* Show what is recorded instead of what is there. */
void owner_apply(const struct owner *o, struct stat *st);

/* The record of an open file or directory: 1, or 0 when there is none. */
int owner_read(int fd, struct owner *ret);
/* `st` is that of dir_fd/name (lstat(2)): apply the record, if any. Both kinds
 * of descriptors serve, those of O_PATH too. */
void owner_look_at(int dir_fd, const char *name, struct stat *st);
/*
 * Record the owner of the open file `fd` (`name` is ""), or of the link or
 * special file `name` in the directory `fd`; NULL forgets it. 0 or the negative
 * errno: -ENOTSUP without attributes, -ENOSPC and -E2BIG for too many.
 */
int owner_record(int fd, const char *name, const struct owner *o);
/* fchown(2), or a record where that id does not exist. 0 or negative errno. */
int owner_give(int fd, uint32_t uid, uint32_t gid);
/* All of OWNER_NAMES_ATTRIBUTE of an open directory into an empty buffer that
 * buf_init() made; nothing when there is none. */
void owner_read_names(int fd, struct buf *ret);

#endif
