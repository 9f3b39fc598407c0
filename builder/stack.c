/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/stack.h"

#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

#include "util/log.h"
#include "util/path.h"
#include "util/scope.h"
#include "util/strv.h"

#define PROBE "user.slipway.probe"

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

static void
tell_copy(const struct rootfs *r)
{
	const struct error *why = rootfs_refusal(r);

	if (why)
		log_warning_once("copy", "%s: each step works on a copy of the "
			"files below it, which takes time and, without "
			"reflinks, space (slipway doctor)", why->text);
}

static int
open_names(struct store *s, const struct strv *names, opener *open_stack,
	struct rootfs **ret, struct error *err)
{
	autofree char *trees = path_join(store_path(s), "trees");
	autofree char *tmp = path_join(store_path(s), "tmp");
	int fd, r;

	/* They are made when they are asked for. */
	fd = store_dir_fd(s, STORE_TREES, err);
	if (fd >= 0)
		fd = store_dir_fd(s, STORE_TMP, err);
	if (fd < 0)
		return fd;
	r = open_stack(trees, (const char *const *)strv_view(names),
		names->count, tmp, ret, err);
	if (r == 0)
		tell_copy(*ret);
	return r;
}

/* Owners that nobody has here are recorded in attributes. */
static int
tell_owners(struct store *s, struct error *err)
{
	int fd = store_dir_fd(s, STORE_TMP, err);

	if (fd < 0)
		return fd;
	if (fsetxattr(fd, PROBE, "1", 1, 0) == 0)
		(void)fremovexattr(fd, PROBE);
	else
		log_warning_once("attributes", "the store's file system has no "
			"user attributes (%s): with one id, owners are lost; "
			"put the store (--root) on ext4, xfs or btrfs",
			strerror(errno));
	return 0;
}

int
stack_tell_losses(struct store *s, enum identity identity,
	struct error *err)
{
	cleanup(rootfs_close) struct rootfs *nothing = NULL;
	const struct strv none = { 0 };
	int r = 0;

	if (identity == IDENTITY_SINGLE)
		r = tell_owners(s, err);
	return r < 0 ? r : open_names(s, &none, rootfs_open, &nothing, err);
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
