/* SPDX-License-Identifier: Apache-2.0 */
/* The form of a layer that programs can run on. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "oci/blob.h"
#include "oci/layer-form.h"
#include "oci/unpack.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/scope.h"

/* Being filled in tmp/; goes away unless it was published. */
struct new_tree {
	struct store *store;
	char *name;
	int fd;
};

static void
new_tree_release(struct new_tree *t)
{
	int tmp_fd;

	scope_close(&t->fd);
	if (!t->name)
		return;
	tmp_fd = store_dir_fd(t->store, STORE_TMP, NULL);
	/* What cannot be removed now is swept later. */
	if (tmp_fd >= 0)
		(void)fs_remove_tree(tmp_fd, t->name, NULL);
	free(t->name);
}

/* Never over one that is there, though an empty directory could be: it may be
 * mounted. Some file systems cannot be asked that way. */
static int
rename_tree(int tmp_fd, const char *tmp_name, int trees_fd, const char *name)
{
	if (renameat2(tmp_fd, tmp_name, trees_fd, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (renameat(tmp_fd, tmp_name, trees_fd, name) == 0)
		return 0;
	return errno == ENOTEMPTY ? -EEXIST : -errno;
}

int
layer_publish_tree(struct store *s, const char *tmp_name,
	const struct digest *diff_id, struct error *err)
{
	int trees_fd, tmp_fd, r;
	char name[128];

	trees_fd = store_dir_fd(s, STORE_TREES, err);
	if (trees_fd < 0)
		return trees_fd;
	tmp_fd = store_dir_fd(s, STORE_TMP, err);
	if (tmp_fd < 0)
		return tmp_fd;
	store_tree_name(s, diff_id, name);
	r = rename_tree(tmp_fd, tmp_name, trees_fd, name);
	/* Another was first, with the same. */
	if (r == -EEXIST)
		return fs_remove_tree(tmp_fd, tmp_name, err);
	if (r < 0) {
		errno = -r;
		return error_errno(err, "cannot make the tree '%s'", name);
	}
	return 0;
}

static int
make_new_tree(struct store *s, struct new_tree *t, struct error *err)
{
	int tmp_fd, r;

	tmp_fd = store_dir_fd(s, STORE_TMP, err);
	if (tmp_fd < 0)
		return tmp_fd;
	t->store = s;
	r = fs_make_temp_dir(tmp_fd, &t->name, &t->fd, err);
	if (r < 0)
		return r;
	/* What "/" is where no layer says it. */
	if (fchmod(t->fd, 0755) < 0)
		return error_errno(err, "cannot set the mode of a tree");
	return 0;
}

static int
unpack_into(const struct new_tree *t, struct source *tar, struct error *err)
{
	uint64_t owners = 0, devices = 0;
	struct unpack_options options = {
		.form = UNPACK_LAYER,
		.keep_owners = true,
		.keep_devices = store_records_owners(t->store),
		.limits = tar_default_limits,
		.ret_lost_owners = &owners,
		.ret_lost_devices = &devices,
	};
	int r;

	r = unpack_tar(tar, t->fd, &options, err);
	if (r == 0 && owners + devices > 0)
		log_debug("unpacked without %llu owners and %llu devices",
			(unsigned long long)owners,
			(unsigned long long)devices);
	return r;
}

static int
unpack_blob(struct store *s, const struct layer *l, struct source *blob_bytes,
	enum codec codec, struct error *err)
{
	cleanup_value(new_tree_release) struct new_tree t = { .fd = -1 };
	cleanup(source_free) struct source *tar = NULL;
	char text[DIGEST_TEXT_SIZE];
	int r;

	r = layer_open_stream(blob_bytes, codec, &l->diff_id, &tar, err);
	if (r < 0)
		return r;
	r = make_new_tree(s, &t, err);
	if (r < 0)
		return r;
	/* Reading the tar to its end checks the diff id. */
	r = unpack_into(&t, tar, err);
	if (r < 0)
		return error_wrap(err, "layer '%s'",
			digest_format(&l->diff_id, text));
	r = layer_publish_tree(s, t.name, &l->diff_id, err);
	if (r < 0)
		return r;
	free(take_ptr(&t.name));
	return 0;
}

int
layer_tree_from_stream(struct store *s, const struct layer *l,
	struct source *blob_bytes, struct error *err)
{
	enum codec codec;
	int r;

	r = codec_of_media_type(l->blob.media_type, &codec, err);
	return r < 0 ? r : unpack_blob(s, l, blob_bytes, codec, err);
}

static int
make_tree(struct store *s, const struct layer *l, struct error *err)
{
	cleanup(source_free) struct source *file = NULL;
	autoclose int fd = -1;
	struct digest blob;
	enum codec codec;
	int r;

	r = layer_find_blob(s, l, true, &blob, &codec, err);
	if (r < 0)
		return r;
	r = blob_open(s, &blob, &fd, NULL, err);
	if (r < 0)
		return r;
	file = source_from_fd(fd);
	return unpack_blob(s, l, file, codec, err);
}

int
layer_tree(struct store *s, const struct layer *l, char ret_name[128],
	struct error *err)
{
	int r;

	r = layer_has_tree(s, l, err);
	if (r == 0)
		r = make_tree(s, l, err);
	if (r < 0)
		return r;
	store_tree_name(s, &l->diff_id, ret_name);
	return 0;
}
