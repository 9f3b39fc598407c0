/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/tar-block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

int
tar_block_data_size(const struct tar_block *b, uint64_t *ret, struct error *err)
{
	int64_t size;
	int r;

	r = tar_number_parse(b->size, sizeof(b->size), &size, err);
	if (r < 0)
		return r;
	if (size < 0)
		return error_set(err, EBADMSG, "negative size in a tar header");
	*ret = (uint64_t)size;
	return 0;
}

static const struct {
	char type;
	enum tar_kind kind;
} kinds[] = {
	{ '0', TAR_FILE }, { '\0', TAR_FILE }, { '7', TAR_FILE },
	{ '1', TAR_HARD_LINK }, { '2', TAR_SYMLINK }, { '3', TAR_CHAR },
	{ '4', TAR_BLOCK }, { '5', TAR_DIR }, { '6', TAR_FIFO },
};

static int
find_kind(char type, enum tar_kind *ret, struct error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].type == type) {
			*ret = kinds[i].kind;
			return 0;
		}
	if (type == 'S')
		return error_set(err, EBADMSG,
			"sparse members are not supported");
	return error_set(err, EBADMSG, "tar member of unknown type 0x%02x",
		(unsigned char)type);
}

/* Only ustar has a prefix; GNU tar and star keep other things there. */
static int
fill_path(struct tar_entry *e, const struct tar_block *b,
	const struct tar_limits *limits, struct error *err)
{
	size_t name = strnlen(b->name, sizeof(b->name));
	char text[sizeof(b->prefix) + 1 + sizeof(b->name)];
	size_t len = 0;

	if (memcmp(b->magic, "ustar\0", 6) == 0 && b->prefix[0] != '\0') {
		len = strnlen(b->prefix, sizeof(b->prefix));
		memcpy(text, b->prefix, len);
		text[len++] = '/';
	}
	memcpy(text + len, b->name, name);
	return tar_text_set(&e->path, text, len + name, limits, err);
}

static int
fill_id(const char field[8], uint32_t *ret, struct error *err)
{
	int64_t id;
	int r;

	r = tar_number_parse(field, 8, &id, err);
	if (r < 0)
		return r;
	/* (uid_t)-1 is chown(2)'s "leave it": nobody's id. */
	if (id < 0 || id >= UINT32_MAX)
		return error_set(err, EBADMSG,
			"owner or device %lld in a tar header", (long long)id);
	*ret = (uint32_t)id;
	return 0;
}

static int
fill_numbers(struct tar_entry *e, const struct tar_block *b, struct error *err)
{
	bool device = e->kind == TAR_CHAR || e->kind == TAR_BLOCK;
	int64_t mode;
	int r;

	r = tar_number_parse(b->mode, sizeof(b->mode), &mode, err);
	if (r == 0)
		r = tar_number_parse(b->mtime, sizeof(b->mtime), &e->mtime,
			err);
	if (r == 0)
		r = fill_id(b->uid, &e->uid, err);
	if (r == 0)
		r = fill_id(b->gid, &e->gid, err);
	if (r == 0 && device)
		r = fill_id(b->major, &e->major, err);
	if (r == 0 && device)
		r = fill_id(b->minor, &e->minor, err);
	if (r == 0)
		r = tar_block_data_size(b, &e->size, err);
	if (r < 0)
		return r;
	e->mode = (mode_t)mode & 07777;
	return 0;
}

static int
fill_entry(struct tar_entry *e, const struct tar_block *b,
	const struct tar_limits *limits, struct error *err)
{
	size_t link = strnlen(b->link, sizeof(b->link));
	int r;

	r = find_kind(b->type, &e->kind, err);
	if (r < 0)
		return r;
	r = fill_path(e, b, limits, err);
	if (r < 0)
		return r;
	if (e->kind == TAR_SYMLINK || e->kind == TAR_HARD_LINK) {
		r = tar_text_set(&e->link, b->link, link, limits, err);
		if (r < 0)
			return r;
	}
	return fill_numbers(e, b, err);
}

static int
apply_long_name(const struct buf *name, char **place,
	const struct tar_limits *limits, struct error *err)
{
	if (name->len == 0)
		return 0;
	return tar_text_set(place, name->data, strlen(name->data), limits, err);
}

/* "./a//b/" is "a/b". Leading slashes and "." say nothing; ".." stays. */
static void
clean_path(char *path)
{
	char *from = path, *to = path;

	while (*from != '\0') {
		size_t len = strcspn(from, "/");

		if (len > 0 && !(len == 1 && from[0] == '.')) {
			if (to > path)
				*to++ = '/';
			memmove(to, from, len);
			to += len;
		}
		from += len + (from[len] == '/');
	}
	*to = '\0';
}

static int
finish_entry(struct tar_entry *e, struct error *err)
{
	bool linked = e->kind == TAR_SYMLINK || e->kind == TAR_HARD_LINK;
	size_t len = strlen(e->path);

	/* The one way old tars had to say "directory". */
	if (e->kind == TAR_FILE && len > 0 && e->path[len - 1] == '/')
		e->kind = TAR_DIR;
	/* Others have no data, whatever their header says (archive/tar). */
	if (e->kind != TAR_FILE)
		e->size = 0;
	if (linked && (!e->link || e->link[0] == '\0'))
		return error_set(err, EBADMSG, "the link '%s' has no target",
			e->path);
	if (!linked && e->link) {
		free(e->link);
		e->link = NULL;
	}
	clean_path(e->path);
	if (e->kind == TAR_HARD_LINK)
		clean_path(e->link);
	return 0;
}

int
tar_entry_build(const struct tar_block *b, const struct tar_extension *x,
	const struct tar_limits *limits, struct tar_entry *e, struct error *err)
{
	int r;

	r = fill_entry(e, b, limits, err);
	if (r < 0)
		return r;
	r = tar_pax_apply(&x->records, limits, e, err);
	if (r < 0)
		return r;
	r = apply_long_name(&x->path, &e->path, limits, err);
	if (r < 0)
		return r;
	r = apply_long_name(&x->link, &e->link, limits, err);
	if (r < 0)
		return r;
	return finish_entry(e, err);
}
