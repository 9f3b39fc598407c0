/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/windows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "oci/blob.h"
#include "oci/tar.h"
#include "util/base64.h"
#include "util/mem.h"

#define DESCRIPTOR_MAX KiB(4)
#define FILES "Files"
#define HIVES "Hives"

/* Security identifiers (S-1-AUTHORITY-SUB...). */
enum sid { ADMINISTRATORS, USERS, SYSTEM, CREATOR };

static const struct {
	uint8_t authority, count;
	uint32_t subs[2];
} sids[] = {
	[ADMINISTRATORS] = { 5, 2, { 32, 544 } },
	[USERS] = { 5, 2, { 32, 545 } },
	[SYSTEM] = { 5, 1, { 18 } },
	[CREATOR] = { 3, 1, { 0 } },
};

/* An entry of an access list: whom it allows what. */
struct ace {
	uint8_t flags;
	uint32_t mask;
	enum sid sid;
};

#define INHERITED_BY_FILES 1
#define INHERITED_BY_DIRS 2
#define INHERIT_ONLY 8
#define BY_ALL (INHERITED_BY_FILES | INHERITED_BY_DIRS)
#define FILE_ALL 0x1f01ff
#define FILE_READ 0x1200a9
#define GENERIC_ALL 0x10000000
#define ADD_SUBDIRECTORY 4
#define ADD_FILE 2

static const struct ace of_files[] = {
	{ 0, FILE_ALL, ADMINISTRATORS },
	{ 0, FILE_ALL, SYSTEM },
	{ 0, FILE_READ, USERS },
}, of_dirs[] = {
	{ BY_ALL, FILE_ALL, ADMINISTRATORS },
	{ BY_ALL, FILE_ALL, SYSTEM },
	{ 0, FILE_ALL, ADMINISTRATORS },
	{ BY_ALL | INHERIT_ONLY, GENERIC_ALL, CREATOR },
	{ BY_ALL, FILE_READ, USERS },
	{ INHERITED_BY_DIRS, ADD_SUBDIRECTORY, USERS },
	{ INHERITED_BY_DIRS, ADD_FILE, USERS },
};

static void
add_number(struct buf *b, uint32_t value, size_t bytes)
{
	for (size_t n = 0; n < bytes; n++)
		buf_addc(b, (char)(value >> (8 * n) & 0xff));
}

static size_t
sid_size(enum sid sid)
{
	return 8 + 4 * (size_t)sids[sid].count;
}

static void
add_sid(struct buf *b, enum sid sid)
{
	buf_addc(b, 1);
	buf_addc(b, (char)sids[sid].count);
	buf_add(b, "\0\0\0\0\0", 5);
	buf_addc(b, (char)sids[sid].authority);
	for (size_t n = 0; n < sids[sid].count; n++)
		add_number(b, sids[sid].subs[n], 4);
}

static void
add_list(struct buf *b, const struct ace *list, size_t count)
{
	size_t size = 8;

	for (size_t n = 0; n < count; n++)
		size += 8 + sid_size(list[n].sid);
	add_number(b, 2, 2);
	add_number(b, (uint32_t)size, 2);
	add_number(b, (uint32_t)count, 4);
	for (size_t n = 0; n < count; n++) {
		buf_addc(b, 0);
		buf_addc(b, (char)list[n].flags);
		add_number(b, (uint32_t)(8 + sid_size(list[n].sid)), 2);
		add_number(b, list[n].mask, 4);
		add_sid(b, list[n].sid);
	}
}

void
windows_descriptor(bool is_dir, struct buf *ret)
{
	uint32_t owner = 20, group = owner + (uint32_t)sid_size(ADMINISTRATORS);

	add_number(ret, 1, 2);
	/* Self-relative, and it has an access list. */
	add_number(ret, 0x8004, 2);
	add_number(ret, owner, 4);
	add_number(ret, group, 4);
	add_number(ret, 0, 4);
	add_number(ret, group + (uint32_t)sid_size(SYSTEM), 4);
	add_sid(ret, ADMINISTRATORS);
	add_sid(ret, SYSTEM);
	if (is_dir)
		add_list(ret, of_dirs, ARRAY_SIZE(of_dirs));
	else
		add_list(ret, of_files, ARRAY_SIZE(of_files));
}

/* A layer on its way. */
struct conversion {
	struct tar_reader *from;
	struct tar_writer *to;
	struct buf descriptors[2]; /* as base64: of files, of directories */
};

static void
conversion_release(struct conversion *c)
{
	tar_reader_free(c->from);
	tar_writer_free(c->to);
	buf_release(&c->descriptors[0]);
	buf_release(&c->descriptors[1]);
}

static void
make_descriptors(struct conversion *c)
{
	for (size_t n = 0; n < 2; n++) {
		cleanup_value(buf_release) struct buf b = { 0 };

		buf_init(&b, DESCRIPTOR_MAX);
		buf_init(&c->descriptors[n], DESCRIPTOR_MAX);
		windows_descriptor(n == 1, &b);
		base64_format(b.data, b.len, &c->descriptors[n]);
	}
}

static struct tar_xattr
record(const char *name, const char *value)
{
	/* Only looked at. */
	return (struct tar_xattr){ (char *)name, (char *)value, strlen(value) };
}

static int
add(struct conversion *c, const struct tar_entry *e, struct error *err)
{
	bool is_dir = e->kind == TAR_DIR;
	autofree char *created = mem_printf(
		"%lld.%09u", (long long)e->mtime, (unsigned)e->mtime_ns);
	const struct tar_xattr records[] = {
		record("LIBARCHIVE.creationtime", created),
		record("MSWINDOWS.fileattr", is_dir ? "16" : "32"),
		record("MSWINDOWS.rawsd", buf_text(&c->descriptors[is_dir])),
	};

	return tar_writer_add_with(c->to, e, records, ARRAY_SIZE(records), err);
}

static int
add_top(struct conversion *c, const char *name, struct error *err)
{
	const struct tar_entry e = { .kind = TAR_DIR,
		.path = (char *)name, /* only looked at */
		.mode = 0755 };

	return add(c, &e, err);
}

static int
copy_data(struct conversion *c, struct error *err)
{
	const void *data;
	ssize_t len;
	int r;

	while ((len = tar_reader_view(c->from, &data, err)) > 0) {
		r = tar_writer_data(c->to, data, (size_t)len, err);
		if (r < 0)
			return r;
	}
	return (int)len;
}

/* The same below Files/; where a symbolic link leads is its own affair. */
static int
convert(struct conversion *c, const struct tar_entry *e, struct error *err)
{
	autofree char *path = mem_printf(FILES "/%s", e->path);
	autofree char *link = NULL;
	struct tar_entry now = {
		.kind = e->kind,
		.path = path,
		.link = e->link,
		.mode = e->mode,
		.size = e->size,
		.mtime = e->mtime,
		.mtime_ns = e->mtime_ns,
	};
	int r;

	if (e->kind == TAR_CHAR || e->kind == TAR_BLOCK || e->kind == TAR_FIFO)
		return error_set(err, ENOTSUP,
			"'%s': Windows has no devices and pipes in directories",
			e->path);
	if (e->kind == TAR_HARD_LINK)
		now.link = link = mem_printf(FILES "/%s", e->link);
	r = add(c, &now, err);
	return r < 0 || e->kind != TAR_FILE ? r : copy_data(c, err);
}

static int
convert_all(struct conversion *c, struct error *err)
{
	int r;

	r = add_top(c, FILES, err);
	if (r == 0)
		r = add_top(c, HIVES, err);
	while (r == 0) {
		struct tar_entry e = { 0 };
		int more = tar_reader_next(c->from, &e, err);

		r = more < 0 ? more : more > 0 ? convert(c, &e, err) : 0;
		tar_entry_release(&e);
		if (more <= 0)
			break;
	}
	return r < 0 ? r : tar_writer_end(c->to, err);
}

int
windows_layer(struct store *s, const struct layer *from, struct layer *ret,
	struct error *err)
{
	cleanup(source_free) struct source *tar = NULL;
	cleanup(blob_free) struct blob *blob = NULL;
	cleanup_value(conversion_release) struct conversion c = { 0 };
	struct digest digest;
	uint64_t size;
	int r;

	r = layer_open_tar(s, from, &tar, err);
	if (r == 0)
		r = blob_begin(s, &blob, err);
	if (r < 0)
		return r;
	make_descriptors(&c);
	c.from = tar_reader_new(tar, NULL);
	c.to = tar_writer_new(blob_sink(blob));
	r = convert_all(&c, err);
	if (r == 0)
		r = blob_commit(blob, NULL, &digest, &size, err);
	return r < 0 ? r : layer_from_blob(s, &digest, size, ret, err);
}
