/* SPDX-License-Identifier: Apache-2.0 */
/* filehash-record: the record file of filehash.h, mapped, and its bytes. */
#ifndef BUILDER_FILEHASH_RECORD_H
#define BUILDER_FILEHASH_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "oci/digest.h"
#include "util/buf.h"

/* What is known of one file, as it stands in the record file (written and read
 * on one machine: its own byte order). `path` is the place of its name among
 * the names. */
struct filehash_record {
	uint64_t ino, size;
	int64_t mtime_ns, ctime_ns;
	uint32_t mode;
	uint32_t path_len;
	uint64_t path;
	uint32_t misses;	/* rewrites since somebody asked for it */
	uint32_t reserved;
	struct digest digest;
};

/* A record file in memory; all-zero is empty. Records are sorted by path. */
struct filehash_file {
	void *map;
	size_t map_len;
	const struct filehash_record *records;
	size_t count;
	const char *names;
};

/* Map `name` in `dir_fd`. Anything but a whole, undamaged file of this format
 * gives an empty one. */
void filehash_file_open(int dir_fd, const char *name,
	struct filehash_file *ret);
void filehash_file_release(struct filehash_file *f);
/* The name of a record, not NUL-terminated: record->path_len bytes. */
const char *filehash_file_path(const struct filehash_file *f,
	const struct filehash_record *record);

/* Writing into an open file, borrowed: records go out as they come, in the
 * order of their paths, the names follow, the header is last. */
struct filehash_writer {
	int fd;
	struct buf records;	/* not written yet */
	struct buf names;
	uint64_t sum;
	size_t count;
};

int filehash_writer_begin(struct filehash_writer *w, int fd,
	struct error *err);
void filehash_writer_release(struct filehash_writer *w);
/* `record` with this path (its own `path` and `path_len` do not count). */
int filehash_writer_add(struct filehash_writer *w,
	const struct filehash_record *record, const char *path, size_t len,
	struct error *err);
/* -EFBIG when the names have grown past 1 GiB. */
int filehash_writer_finish(struct filehash_writer *w, struct error *err);

/* Stat data as a record holds it. */
void filehash_record_set(struct filehash_record *r, const struct stat *st);
bool filehash_record_fits(const struct filehash_record *r,
	const struct stat *st);

#endif
