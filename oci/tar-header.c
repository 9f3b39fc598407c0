/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/tar-block.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

static const char types[] = {
	[TAR_FILE] = '0', [TAR_HARD_LINK] = '1', [TAR_SYMLINK] = '2',
	[TAR_CHAR] = '3', [TAR_BLOCK] = '4', [TAR_DIR] = '5', [TAR_FIFO] = '6',
};

/* Where `path` may be cut so that both parts fit their fields; 0: nowhere. */
static size_t
split_at(const char *path, size_t len)
{
	const struct tar_block *b = NULL;
	size_t at = len - 1;

	if (len > sizeof(b->prefix) + 1 + sizeof(b->name))
		return 0;
	if (at > sizeof(b->prefix))
		at = sizeof(b->prefix);
	/* A slash at the very end belongs to the name. */
	if (at == len - 1)
		at--;
	while (at > 0 && path[at] != '/')
		at--;
	return at > 0 && len - at - 1 <= sizeof(b->name) ? at : 0;
}

static void
fill_path(struct buf *records, struct tar_block *b, const char *path)
{
	size_t len = strlen(path), at;

	if (len <= sizeof(b->name)) {
		memcpy(b->name, path, len);
		return;
	}
	at = split_at(path, len);
	if (at > 0) {
		memcpy(b->prefix, path, at);
		memcpy(b->name, path + at + 1, len - at - 1);
		return;
	}
	memcpy(b->name, path, sizeof(b->name));
	tar_pax_add(records, "path", path, len);
}

static void
fill_link(struct buf *records, struct tar_block *b, const char *link)
{
	size_t len = strlen(link);

	if (len > sizeof(b->link)) {
		tar_pax_add(records, "linkpath", link, len);
		len = sizeof(b->link);
	}
	memcpy(b->link, link, len);
}

/* The field is zero where a record says the number. */
static void
fill_number(struct buf *records, char *field, size_t size, uint64_t value,
	const char *key)
{
	char text[24];
	int len;

	if (tar_octal_format(field, size, value))
		return;
	(void)tar_octal_format(field, size, 0);
	len = snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	tar_pax_add(records, key, text, (size_t)len);
}

/* PAX fractions count away from zero, ours always upwards. */
static void
add_time(struct buf *records, int64_t seconds, uint32_t ns)
{
	bool negative = seconds < 0;
	char text[40];
	int len;

	if (negative && ns > 0) {
		seconds++;
		ns = 1000000000 - ns;
	}
	len = snprintf(text, sizeof(text), "%s%lld.%09u", negative ? "-" : "",
		(long long)(negative ? -seconds : seconds), ns);
	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	tar_pax_add(records, "mtime", text, (size_t)len);
}

static void
fill_time(struct buf *records, struct tar_block *b, const struct tar_entry *e)
{
	bool fits = e->mtime >= 0 && e->mtime_ns == 0 &&
		tar_octal_format(b->mtime, sizeof(b->mtime),
			(uint64_t)e->mtime);

	if (fits)
		return;
	(void)tar_octal_format(b->mtime, sizeof(b->mtime), 0);
	add_time(records, e->mtime, e->mtime_ns);
}

static int
add_xattrs(struct buf *records, const struct tar_entry *e, struct error *err)
{
	size_t i;

	for (i = 0; i < e->xattr_count; i++) {
		const struct tar_xattr *x = &e->xattrs[i];
		autofree char *key = mem_printf(TAR_XATTR_KEY "%s", x->name);

		/* A record's key ends at the first '='. */
		if (strchr(x->name, '='))
			return error_set(err, EINVAL,
				"the attribute '%s' of '%s' has a '=' in its name, which no tar can say",
				x->name, e->path);
		tar_pax_add(records, key, x->value, x->size);
	}
	return 0;
}

static int
fill_device(struct tar_block *b, const struct tar_entry *e, struct error *err)
{
	bool device = e->kind == TAR_CHAR || e->kind == TAR_BLOCK;

	if (tar_octal_format(b->major, sizeof(b->major),
		    device ? e->major : 0) &&
		tar_octal_format(b->minor, sizeof(b->minor),
			device ? e->minor : 0))
		return 0;
	return error_set(err, EINVAL, "the device number of '%s' is too large",
		e->path);
}

void
tar_block_seal(struct tar_block *b)
{
	memcpy(b->magic, "ustar", sizeof(b->magic));
	memcpy(b->version, "00", sizeof(b->version));
	(void)tar_octal_format(b->checksum, 7, tar_block_sum(b));
	b->checksum[7] = ' ';
}

/* The records come in the order of the calls: it is part of the format. */
int
tar_block_fill(struct tar_block *b, const struct tar_entry *e,
	struct buf *records, struct error *err)
{
	autofree char *dir = NULL;
	int r;

	if (e->kind == TAR_DIR)
		dir = mem_printf("%s/", e->path);
	fill_path(records, b, dir ? dir : e->path);
	if (e->link)
		fill_link(records, b, e->link);
	b->type = types[e->kind];
	(void)tar_octal_format(b->mode, sizeof(b->mode), e->mode & 07777);
	fill_number(records, b->size, sizeof(b->size),
		e->kind == TAR_FILE ? e->size : 0, "size");
	fill_number(records, b->uid, sizeof(b->uid), e->uid, "uid");
	fill_number(records, b->gid, sizeof(b->gid), e->gid, "gid");
	fill_time(records, b, e);
	r = fill_device(b, e, err);
	if (r < 0)
		return r;
	r = add_xattrs(records, e, err);
	if (r < 0)
		return r;
	tar_block_seal(b);
	return buf_check(records, "the PAX header of a tar member", err);
}
