/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a tar: read to the end or refused; what was read can be written
 * again, and then says the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oci/tar.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct tar_limits limits = {
	.entries = 1000,
	.total_bytes = MiB(1),
	.path_bytes = 4096,
	.header_bytes = KiB(64),
};

struct memory {
	struct sink sink;
	struct buf bytes;
};

static int
keep(struct sink *s, const void *data, size_t len, struct error *err)
{
	(void)err;
	buf_add(&((struct memory *)s)->bytes, data, len);
	return 0;
}

static void
require(int good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "not so: %s\n", what);
	abort();
}

static void
compare(const struct tar_entry *a, const struct tar_entry *b)
{
	require(strcmp(a->path, b->path) == 0, "same path");
	require(!a->link == !b->link &&
		(!a->link || strcmp(a->link, b->link) == 0), "same link");
	require(a->kind == b->kind && a->mode == b->mode, "same kind");
	require(a->uid == b->uid && a->gid == b->gid, "same owner");
	require(a->mtime == b->mtime && a->mtime_ns == b->mtime_ns,
		"same time");
	require(a->size == b->size, "same size");
	require(a->xattr_count == b->xattr_count, "same attributes");
}

static void
write_again(const struct tar_entry *e)
{
	struct memory m = { .sink = { .write = keep } };
	cleanup(tar_writer_free) struct tar_writer *w = NULL;
	cleanup_value(tar_entry_release) struct tar_entry back = { 0 };
	struct tar_entry empty = *e;

	/* The root has no name to be written under. */
	if (e->path[0] == '\0')
		return;
	empty.size = 0;
	buf_init(&m.bytes, MiB(2));
	w = tar_writer_new(&m.sink);
	if (tar_writer_add(w, &empty, NULL) == 0 &&
		tar_writer_end(w, NULL) == 0) {
		cleanup(source_free) struct source *from =
			source_from_memory(m.bytes.data, m.bytes.len);
		cleanup(tar_reader_free) struct tar_reader *r =
			tar_reader_new(from, NULL);

		require(tar_reader_next(r, &back, NULL) == 1, "readable");
		compare(&empty, &back);
	}
	buf_release(&m.bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(source_free) struct source *from =
		source_from_memory(data, size);
	cleanup(tar_reader_free) struct tar_reader *r =
		tar_reader_new(from, &limits);
	char piece[700];

	for (;;) {
		cleanup_value(tar_entry_release) struct tar_entry e = { 0 };

		if (tar_reader_next(r, &e, NULL) <= 0)
			return 0;
		write_again(&e);
		while (tar_reader_data(r, piece, sizeof(piece), NULL) > 0)
			;
	}
}
