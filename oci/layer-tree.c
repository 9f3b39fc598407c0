/* SPDX-License-Identifier: Apache-2.0 */
/* The form of a layer that programs can run on. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "oci/apart.h"
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

/* One blob becomes one tree. */
struct unpacking {
	const struct layer *layer;
	struct source *blob_bytes;
	enum codec codec;
	struct new_tree tree;
};

static void
unpacking_release(struct unpacking *u)
{
	new_tree_release(&u->tree);
}

/* Reading the tar to its end checks the diff id. */
static int
fill_tree(void *context, struct error *err)
{
	const struct unpacking *u = context;
	cleanup(source_free) struct source *tar = NULL;
	char text[DIGEST_TEXT_SIZE];
	int r;

	r = layer_open_stream(u->blob_bytes, u->codec, &u->layer->diff_id,
		&tar, err);
	if (r < 0)
		return r;
	r = unpack_into(&u->tree, tar, err);
	return r < 0 ? error_wrap(err, "layer '%s'",
		digest_format(&u->layer->diff_id, text)) : 0;
}

static int
publish(struct store *s, struct unpacking *u, struct error *err)
{
	int r = layer_publish_tree(s, u->tree.name, &u->layer->diff_id, err);

	if (r == 0)
		free(take_ptr(&u->tree.name));
	return r;
}

int
layer_tree_from_stream(struct store *s, const struct layer *l,
	struct source *blob_bytes, struct error *err)
{
	cleanup_value(unpacking_release) struct unpacking u = {
		.layer = l, .blob_bytes = blob_bytes, .tree.fd = -1,
	};
	int r;

	r = codec_of_media_type(l->blob.media_type, &u.codec, err);
	if (r == 0)
		r = make_new_tree(s, &u.tree, err);
	if (r == 0)
		r = fill_tree(&u, err);
	return r < 0 ? r : publish(s, &u, err);
}

static int
make_tree(struct store *s, const struct layer *l, struct error *err)
{
	cleanup_value(unpacking_release) struct unpacking u = {
		.layer = l, .tree.fd = -1,
	};
	cleanup(source_free) struct source *file = NULL;
	autoclose int fd = -1;
	struct digest blob;
	int r;

	r = layer_find_blob(s, l, true, &blob, &u.codec, err);
	if (r < 0)
		return r;
	r = blob_open(s, &blob, &fd, NULL, err);
	if (r == 0)
		r = make_new_tree(s, &u.tree, err);
	if (r < 0)
		return r;
	file = source_from_fd(fd);
	u.blob_bytes = file;
	r = apart_run(u.tree.fd, fill_tree, &u, err);
	return r < 0 ? r : publish(s, &u, err);
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
