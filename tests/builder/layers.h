/* SPDX-License-Identifier: Apache-2.0 */
/* layers: a store, and layers in it, for tests inside the user namespace. */
#ifndef TESTS_BUILDER_LAYERS_H
#define TESTS_BUILDER_LAYERS_H

#include "tests/lib/unit.h"

#include <sys/stat.h>

#include "oci/draft.h"
#include "oci/layer.h"
#include "oci/store.h"
#include "sandbox/userns.h"
#include "util/path.h"

static const struct platform layers_platform = { "linux", "amd64", "" };

/* For cmocka's group setup: the test program enters for good. */
static inline int
layers_enter(void **state)
{
	autoerror err = { 0 };
	struct userns ns;

	(void)state;
	(void)umask(022);
	assert_ok(userns_enter(IDENTITY_AUTO, &ns, &err), &err);
	return 0;
}

/* A store in dir/store, for the kind of trees that can be made here. */
static inline struct store *
layers_open_store(const struct unit_dir *d)
{
	autofree char *path = path_join(d->path, "store");
	struct store *s = NULL;
	autoerror err = { 0 };
	struct userns ns;

	assert_ok(store_open(path, &s, &err), &err);
	assert_ok(userns_enter(IDENTITY_AUTO, &ns, &err), &err);
	store_set_tree_kind(s, ns.identity == IDENTITY_SINGLE ? "single" : "");
	return s;
}

/* One more layer, which holds the file `path` and the directories on the way
 * to it. */
static inline void
layers_add(struct store *s, struct draft *d, const char *path, const char *text)
{
	cleanup_value(layer_release) struct layer l = { 0 };
	autofree char *name = NULL, *dir = path_dir(path);
	autoclose int fd = -1, dir_fd = -1;
	autoerror err = { 0 };
	int tmp_fd = store_dir_fd(s, STORE_TMP, &err);

	assert_ok(tmp_fd, &err);
	assert_ok(fs_make_temp_dir(tmp_fd, &name, &fd, &err), &err);
	assert_int_equal(fchmod(fd, 0755), 0);
	assert_ok(fs_make_dirs(fd, dir, 0755, &dir_fd, &err), &err);
	unit_write(fd, path, text);
	assert_ok(layer_from_tree(s, name, INT64_MAX, &l, &err), &err);
	draft_add_layer(d, &l);
}

#endif
