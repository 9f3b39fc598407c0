/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/stack.h"

#include <string.h>

#include "util/path.h"
#include "util/scope.h"
#include "util/strv.h"

/*
 * The same tree twice is ELOOP for an overlay. The upper of two equal layers
 * alone gives the same files: it puts back all that those between removed, and
 * removes all that they put back.
 */
static void
add_name(struct strv *names, const char *name)
{
	for (size_t n = 0; n < names->count; n++) {
		if (strcmp(names->items[n], name) == 0) {
			strv_remove(names, n);
			break;
		}
	}
	strv_add(names, name);
}

static int
add_layer(struct store *s, const struct layer *l, struct strv *names,
	struct error *err)
{
	char name[128];
	int r;

	r = layer_tree(s, l, name, err);
	if (r < 0)
		return r;
	add_name(names, name);
	return 0;
}

typedef int opener(const char *base, const char *const *lowers, size_t count,
	const char *scratch, struct rootfs **ret, struct error *err);

static int
open_names(struct store *s, const struct strv *names, opener *open_stack,
	struct rootfs **ret, struct error *err)
{
	autofree char *trees = path_join(store_path(s), "trees");
	autofree char *tmp = path_join(store_path(s), "tmp");
	int fd;

	/* They are made when they are asked for. */
	fd = store_dir_fd(s, STORE_TREES, err);
	if (fd >= 0)
		fd = store_dir_fd(s, STORE_TMP, err);
	if (fd < 0)
		return fd;
	return open_stack(trees, (const char *const *)strv_view(names),
		names->count, tmp, ret, err);
}

static int
open_draft(struct store *s, const struct draft *d, opener *open_stack,
	struct rootfs **ret, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };

	for (size_t n = 0; n < draft_layer_count(d); n++) {
		int r = add_layer(s, draft_layer(d, n), &names, err);

		if (r < 0)
			return r;
	}
	return open_names(s, &names, open_stack, ret, err);
}

static int
open_image(struct store *s, const struct image *i, opener *open_stack,
	struct rootfs **ret, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };

	for (size_t n = 0; n < image_layer_count(i); n++) {
		int r = add_layer(s, image_layer(i, n), &names, err);

		if (r < 0)
			return r;
	}
	return open_names(s, &names, open_stack, ret, err);
}

int
stack_open_draft(struct store *s, const struct draft *d,
	struct rootfs **ret, struct error *err)
{
	return open_draft(s, d, rootfs_open, ret, err);
}

int
stack_open_draft_bare(struct store *s, const struct draft *d,
	struct rootfs **ret, struct error *err)
{
	return open_draft(s, d, rootfs_open_bare, ret, err);
}

int
stack_open_image(struct store *s, const struct image *i,
	struct rootfs **ret, struct error *err)
{
	return open_image(s, i, rootfs_open, ret, err);
}

int
stack_open_image_bare(struct store *s, const struct image *i,
	struct rootfs **ret, struct error *err)
{
	return open_image(s, i, rootfs_open_bare, ret, err);
}
