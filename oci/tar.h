/* SPDX-License-Identifier: Apache-2.0 */
/* tar: entries to bytes and back. Writes POSIX.1-2001 ustar with PAX records
 * only where ustar cannot say it; reads ustar, PAX, GNU long names, old V7. */
#ifndef OCI_TAR_H
#define OCI_TAR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/stream.h"
#include "util/strv.h"

enum tar_kind {
	TAR_FILE, TAR_HARD_LINK, TAR_SYMLINK, TAR_CHAR, TAR_BLOCK, TAR_DIR,
	TAR_FIFO,
};

struct tar_xattr {
	char *name;		/* "user.x", "security.capability" */
	char *value;
	size_t size;
};

/* One member. Texts may hold any byte but NUL. */
struct tar_entry {
	enum tar_kind kind;
	char *path;		/* no leading "./" or "/", no trailing "/" */
	char *link;		/* target of a link, else NULL */
	mode_t mode;		/* permission bits only, 07777 */
	uint32_t uid, gid;
	uint32_t major, minor;
	uint64_t size;		/* of a file's data */
	int64_t mtime;
	uint32_t mtime_ns;
	struct tar_xattr *xattrs;	/* sorted by name */
	size_t xattr_count;
};

void tar_entry_release(struct tar_entry *e);

/* Limits that hold when reading strangers' archives. The default: 4,000,000
 * members, 64 GiB, paths of 4096 bytes (PATH_MAX), 1 MiB of headers. */
struct tar_limits {
	uint64_t entries;	/* members */
	uint64_t total_bytes;	/* of file data */
	size_t path_bytes;	/* of one path or link */
	size_t header_bytes;	/* of PAX and GNU records of one member */
};
extern const struct tar_limits tar_default_limits;

/* Writing. The bytes depend on the entries only. */
struct tar_writer;
struct tar_writer *tar_writer_new(struct sink *to);
/* For a TAR_FILE, exactly entry->size bytes by tar_writer_data must follow. */
int tar_writer_add(struct tar_writer *w, const struct tar_entry *entry,
	struct error *err);
int tar_writer_data(struct tar_writer *w, const void *data, size_t len,
	struct error *err);
/* As tar_writer_add(), with further PAX records: names and values. */
int tar_writer_add_with(struct tar_writer *w, const struct tar_entry *entry,
	const struct tar_xattr *records, size_t count, struct error *err);
/* Instead: all of the data from `fd`, from where it stands. -EBUSY when the
 * file is shorter than the entry said; what it has grown is left out. */
int tar_writer_data_from(struct tar_writer *w, int fd, struct error *err);
/* The two zero blocks; does not finish the sink. */
int tar_writer_end(struct tar_writer *w, struct error *err);
struct tar_writer *tar_writer_free(struct tar_writer *w);

/* Reading; NULL limits are the default ones. Paths come out cleaned of "./" and leading "/" but are otherwise as
 * written: ".." is the caller's to refuse. -EBADMSG for damage, -EFBIG/-E2BIG
 * for what is over a limit. Sparse members are refused. */
struct tar_reader;
struct tar_reader *tar_reader_new(struct source *from,
	const struct tar_limits *limits);
/* 1 and an entry, yours to release; 0 at the end. Data not read of the entry
 * before is skipped. Reads on after the end blocks until the source ends, so
 * that a digest over the source covers everything. */
int tar_reader_next(struct tar_reader *r, struct tar_entry *ret,
	struct error *err);
/* Up to `len` bytes of the current file; 0 at its end. */
ssize_t tar_reader_data(struct tar_reader *r, void *data, size_t len,
	struct error *err);
/* The same without a copy: the next bytes of the current file, borrowed until
 * the next call. */
ssize_t tar_reader_view(struct tar_reader *r, const void **ret,
	struct error *err);
struct tar_reader *tar_reader_free(struct tar_reader *r);

DEFINE_CLEANUP(struct tar_writer *, tar_writer_free);
DEFINE_CLEANUP(struct tar_reader *, tar_reader_free);

#endif
