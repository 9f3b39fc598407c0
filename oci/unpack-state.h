/* SPDX-License-Identifier: Apache-2.0 */
/* unpack-state: what the parts of unpacking share; private to oci/unpack*.c. */
#ifndef OCI_UNPACK_STATE_H
#define OCI_UNPACK_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "oci/tar.h"
#include "oci/unpack.h"
#include "util/map.h"

/* A directory's mode and time, set when nothing is put into it any more. */
struct unpack_dir {
	char *path;
	size_t order;
	dev_t dev;
	ino_t ino;
	mode_t mode;
	int64_t mtime;
	uint32_t mtime_ns;
};

struct unpacker {
	const struct unpack_options *options;
	struct tar_reader *from;
	int root_fd;		/* borrowed */

	/* The directory that members are made in, kept from one to the next. */
	char *parent_path;	/* NULL: none is open */
	int parent_fd;

	struct unpack_dir *dirs;
	size_t dir_count, dir_room, dir_bytes;

	/* UNPACK_ROOT: what this tar made, which no whiteout of it removes. */
	struct map *made;
	bool has_records;	/* of owners, made by this tar */
	uint64_t lost_owners, lost_devices;
};

/* Make the member `name` of the parent as `e` says. */
int unpack_member(struct unpacker *u, const struct tar_entry *e,
	const char *name, struct error *err);

/* 1 when there is an overlay whiteout in the parent's `name`, 0, negative. */
int unpack_is_whiteout(const struct unpacker *u, const char *name,
	struct error *err);
/* What a member ".wh.NAME" means; `name` is the whole of it. */
int unpack_whiteout(struct unpacker *u, const char *name, struct error *err);
/* Remember for UNPACK_ROOT that this tar made `path`. */
void unpack_note_made(struct unpacker *u, const char *path);

/* Owner, attributes, mode and time of an open file. */
int unpack_finish_file(struct unpacker *u, const struct tar_entry *e, int fd,
	struct error *err);
/* The same of what cannot be opened: a link, a pipe, a device. */
int unpack_finish_node(struct unpacker *u, const struct tar_entry *e,
	const char *name, struct error *err);
/* Owner and attributes of an open directory; the rest is put off. -E2BIG when
 * too much is put off. */
int unpack_begin_dir(struct unpacker *u, const struct tar_entry *e, int fd,
	struct error *err);
/* What was put off. */
int unpack_finish_dirs(struct unpacker *u, struct error *err);
void unpack_release_dirs(struct unpacker *u);

#endif
