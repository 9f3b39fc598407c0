/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/tar.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oci/tar-block.h"
#include "util/mem.h"
#include "util/path.h"

/* Of one member; an inode's attributes are 64 KiB each (XATTR_SIZE_MAX). */
#define RECORDS_MAX MiB(64)

struct tar_writer {
	struct sink *to;
	char *buffer;
	size_t used;
	uint64_t owed;		/* data of the current file still to come */
	size_t padding;		/* zeros behind it */
	struct buf records;	/* of the member being added */
};

struct tar_writer *
tar_writer_new(struct sink *to)
{
	struct tar_writer *w = mem_zalloc(sizeof(*w));

	w->to = to;
	w->buffer = mem_alloc(TAR_BUFFER_SIZE);
	buf_init(&w->records, RECORDS_MAX);
	return w;
}

struct tar_writer *
tar_writer_free(struct tar_writer *w)
{
	if (!w)
		return NULL;
	buf_release(&w->records);
	free(w->buffer);
	free(w);
	return NULL;
}

static int
flush(struct tar_writer *w, struct error *err)
{
	size_t len = w->used;

	w->used = 0;
	return len > 0 ? sink_write(w->to, w->buffer, len, err) : 0;
}

/* Small pieces are gathered, so that what hashes and compresses sees few. */
static int
put(struct tar_writer *w, const void *data, size_t len, struct error *err)
{
	int r;

	if (len > TAR_BUFFER_SIZE - w->used) {
		r = flush(w, err);
		if (r < 0)
			return r;
	}
	if (len >= TAR_BUFFER_SIZE)
		return sink_write(w->to, data, len, err);
	memcpy(w->buffer + w->used, data, len);
	w->used += len;
	return 0;
}

static int
put_zeros(struct tar_writer *w, size_t len, struct error *err)
{
	static const char zeros[2 * TAR_BLOCK_SIZE];

	return put(w, zeros, len, err);
}

/* A member of its own in front, that old programs would unpack as a file. */
static int
put_records(struct tar_writer *w, const char *path, struct error *err)
{
	struct tar_block b = { .type = 'x' };
	int r;

	(void)snprintf(b.name, sizeof(b.name), "PaxHeaders/%s",
		path_base(path));
	(void)tar_octal_format(b.mode, sizeof(b.mode), 0644);
	(void)tar_octal_format(b.uid, sizeof(b.uid), 0);
	(void)tar_octal_format(b.gid, sizeof(b.gid), 0);
	(void)tar_octal_format(b.size, sizeof(b.size), w->records.len);
	(void)tar_octal_format(b.mtime, sizeof(b.mtime), 0);
	tar_block_seal(&b);
	r = put(w, &b, sizeof(b), err);
	if (r < 0)
		return r;
	r = put(w, w->records.data, w->records.len, err);
	if (r < 0)
		return r;
	return put_zeros(w, tar_padding(w->records.len), err);
}

static int
check_paid(const struct tar_writer *w, struct error *err)
{
	if (w->owed == 0)
		return 0;
	return error_set(err, EINVAL,
		"%llu bytes of a tar member's data are missing",
		(unsigned long long)w->owed);
}

int
tar_writer_add_with(struct tar_writer *w, const struct tar_entry *entry,
	const struct tar_xattr *records, size_t count, struct error *err)
{
	struct tar_block b = { 0 };
	int r;

	r = check_paid(w, err);
	if (r < 0)
		return r;
	buf_reset(&w->records);
	r = tar_block_fill(&b, entry, &w->records, err);
	if (r < 0)
		return r;
	for (size_t n = 0; n < count; n++)
		tar_pax_add(&w->records, records[n].name, records[n].value,
			records[n].size);
	if (w->records.len > 0) {
		r = put_records(w, entry->path, err);
		if (r < 0)
			return r;
	}
	w->owed = entry->kind == TAR_FILE ? entry->size : 0;
	w->padding = tar_padding(w->owed);
	return put(w, &b, sizeof(b), err);
}

int
tar_writer_add(struct tar_writer *w, const struct tar_entry *entry,
	struct error *err)
{
	return tar_writer_add_with(w, entry, NULL, 0, err);
}

/* `len` bytes of the file's data went out. */
static int
pay(struct tar_writer *w, size_t len, struct error *err)
{
	w->owed -= len;
	return w->owed == 0 ? put_zeros(w, w->padding, err) : 0;
}

int
tar_writer_data(struct tar_writer *w, const void *data, size_t len,
	struct error *err)
{
	int r;

	if (len == 0)
		return 0;
	if (len > w->owed)
		return error_set(err, EINVAL,
			"more data than the size of the tar member");
	r = put(w, data, len, err);
	if (r < 0)
		return r;
	return pay(w, len, err);
}

static int
read_piece(struct tar_writer *w, int fd, struct error *err)
{
	size_t room = TAR_BUFFER_SIZE - w->used;
	ssize_t n;

	do
		n = read(fd, w->buffer + w->used,
			w->owed < room ? (size_t)w->owed : room);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_errno(err, "cannot read");
	if (n == 0)
		return error_set(err, EBUSY,
			"the file became shorter while it was read");
	w->used += (size_t)n;
	return pay(w, (size_t)n, err);
}

int
tar_writer_data_from(struct tar_writer *w, int fd, struct error *err)
{
	int r;

	while (w->owed > 0) {
		if (w->used == TAR_BUFFER_SIZE) {
			r = flush(w, err);
			if (r < 0)
				return r;
		}
		r = read_piece(w, fd, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int
tar_writer_end(struct tar_writer *w, struct error *err)
{
	int r;

	r = check_paid(w, err);
	if (r < 0)
		return r;
	r = put_zeros(w, 2 * TAR_BLOCK_SIZE, err);
	if (r < 0)
		return r;
	return flush(w, err);
}
