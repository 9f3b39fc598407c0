/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/layer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "oci/layer-form.h"
#include "oci/pack.h"
#include "oci/xattr.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

/* The tar of an empty tree: two zero blocks. Every RUN that changes nothing
 * makes it. */
#define EMPTY_SIZE 1024
static const struct digest empty_diff_id = { {
	0x5f, 0x70, 0xbf, 0x18, 0xa0, 0x86, 0x00, 0x70, 0x16, 0xe9, 0x48, 0xb0,
	0x4a, 0xed, 0x3b, 0x82, 0x10, 0x3a, 0x36, 0xbe, 0xa4, 0x17, 0x55, 0xb6,
	0xcd, 0xdf, 0xaf, 0x10, 0xac, 0xe3, 0xc6, 0xef,
} };

void
layer_init(struct layer *l, const struct digest *diff_id, uint64_t tar_size)
{
	l->diff_id = *diff_id;
	descriptor_init(&l->blob, MEDIA_OCI_LAYER, diff_id, tar_size);
}

void
layer_release(struct layer *l)
{
	descriptor_release(&l->blob);
	*l = (struct layer){ 0 };
}

void
layer_copy(const struct layer *from, struct layer *to)
{
	to->diff_id = from->diff_id;
	descriptor_copy(&from->blob, &to->blob);
}

void
layer_chain_id(const struct digest *below, const struct digest *diff_id,
	struct digest *ret)
{
	char text[2 * DIGEST_TEXT_SIZE], one[DIGEST_TEXT_SIZE],
		other[DIGEST_TEXT_SIZE];
	int len;

	if (!below || digest_is_none(below)) {
		*ret = *diff_id;
		return;
	}
	len = snprintf(text, sizeof(text), "%s %s", digest_format(below, one),
		digest_format(diff_id, other));
	digest_of(text, (size_t)len, ret);
}

/* 1 when nothing is in it, nor said of it. */
static int
is_empty(int tree_fd, struct error *err)
{
	cleanup_value(xattrs_release) struct xattrs x = { 0 };
	union {
		struct dirent64 first;
		char bytes[1024];
	} entries;
	ssize_t len, at;
	int r;

	len = getdents64(tree_fd, &entries, sizeof(entries));
	if (len < 0)
		return error_errno(err, "cannot read a layer's tree");
	for (at = 0; at < len;) {
		const struct dirent64 *e = (const void *)(entries.bytes + at);

		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			return 0;
		at += e->d_reclen;
	}
	r = xattrs_read(tree_fd, &x, err);
	return r < 0 ? r : !(x.marks & XATTR_OPAQUE);
}

static int
hash_tree(int fd, int64_t clamp_mtime, struct digest *ret, uint64_t *ret_size,
	struct error *err)
{
	struct pack_options options = {
		.clamp_mtime = clamp_mtime,
		.change_tree = true,
	};
	cleanup(sink_free) struct sink *to = NULL;
	int r;

	r = is_empty(fd, err);
	if (r < 0)
		return r;
	if (r > 0) {
		*ret = empty_diff_id;
		*ret_size = EMPTY_SIZE;
		return 0;
	}
	to = digest_sink(NULL, ret, ret_size);
	r = pack_tree(fd, &options, to, err);
	return r < 0 ? r : sink_finish(to, err);
}

int
layer_from_tree(struct store *s, const char *tmp_name, int64_t clamp_mtime,
	struct layer *ret, struct error *err)
{
	autoclose int fd = -1;
	struct digest diff_id;
	uint64_t size;
	int tmp_fd, r;

	tmp_fd = store_dir_fd(s, STORE_TMP, err);
	if (tmp_fd < 0)
		return tmp_fd;
	fd = openat(tmp_fd, tmp_name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open the tree 'tmp/%s'",
			tmp_name);
	r = hash_tree(fd, clamp_mtime, &diff_id, &size, err);
	if (r < 0)
		return r;
	r = layer_publish_tree(s, tmp_name, &diff_id, err);
	if (r < 0)
		return r;
	layer_init(ret, &diff_id, size);
	return 0;
}

int
layer_from_blob(struct store *s, const struct digest *diff_id, uint64_t size,
	struct layer *ret, struct error *err)
{
	char text[DIGEST_TEXT_SIZE];
	int r;

	r = store_has_blob(s, diff_id, err);
	if (r < 0)
		return r;
	if (r == 0)
		return error_set(err, ENOENT, "no blob '%s' here",
			digest_format(diff_id, text));
	layer_init(ret, diff_id, size);
	return 0;
}

int
layer_is_here(struct store *s, const struct layer *l, struct error *err)
{
	struct digest blob;
	enum codec codec;
	int r;

	r = layer_has_tree(s, l, err);
	if (r != 0)
		return r;
	r = layer_find_blob(s, l, true, &blob, &codec, err);
	if (r != -ENOENT)
		return r < 0 ? r : 1;
	if (err)
		error_release(err);
	return 0;
}
