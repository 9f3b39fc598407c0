/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/step.h"

#include <errno.h>
#include <stdlib.h>

#include "builder/stack.h"
#include "oci/blob.h"
#include "util/mem.h"

/* An archive of no members: POSIX.1-2001 pax, "two blocks of zeros". */
#define EMPTY_TAR_SIZE 1024

const struct step_kind *
step_kind_of(enum instr_kind kind)
{
	static const struct step_kind *const kinds[INSTR_KINDS] = {
		[INSTR_ADD] = &step_copy,
		[INSTR_COPY] = &step_copy,
		[INSTR_RUN] = &step_run,
		[INSTR_WORKDIR] = &step_workdir,
	};

	return kinds[kind];
}

int
step_new(const struct site *site, const struct plan_stage *stage, size_t index,
	struct state *state, struct view *view, struct step **ret,
	struct error *err)
{
	cleanup(step_free) struct step *s = mem_zalloc(sizeof(*s));
	int r;

	s->site = site;
	s->stage = stage;
	s->index = index;
	s->instr = stage->instrs[index];
	s->state = state;
	s->view = view;
	r = step_kind_of(s->instr->kind)->prepare(s, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&s);
	return 0;
}

struct step *
step_free(struct step *s)
{
	if (!s)
		return NULL;
	if (s->detail)
		step_kind_of(s->instr->kind)->release(s->detail);
	key_release(&s->key);
	free(s->created_by);
	free(s);
	return NULL;
}

/* The layer of nothing at all. */
static int
empty_layer(struct store *s, struct layer *ret, struct error *err)
{
	static const char zeros[EMPTY_TAR_SIZE];
	struct digest digest;
	int r;

	r = store_write_blob(s, zeros, sizeof(zeros), &digest, err);
	if (r < 0)
		return r;
	layer_init(ret, &digest, sizeof(zeros));
	return 0;
}

int
step_take_layer(const struct site *site, struct rootfs *r, struct layer *ret,
	struct error *err)
{
	autofree char *name = NULL;
	int unchanged, failed;

	unchanged = rootfs_is_unchanged(r, err);
	if (unchanged < 0)
		return unchanged;
	if (unchanged)
		return empty_layer(site->store, ret, err);
	failed = rootfs_take_upper(r, &name, err);
	if (failed < 0)
		return failed;
	return layer_from_tree(site->store, name, site->clamp_mtime, ret, err);
}

static int
write_tree(struct step *s, step_writer *write, struct layer *ret,
	struct error *err)
{
	cleanup(rootfs_close) struct rootfs *root = NULL;
	cleanup(target_free) struct target *t = NULL;
	int r;

	r = stack_open_draft_bare(s->site->store, s->state->draft, &root, err);
	if (r < 0)
		return r;
	t = target_to_tree(rootfs_fd(root));
	r = write(s, t, rootfs_fd(root), err);
	if (r < 0)
		return r;
	r = target_finish(t, err);
	if (r < 0)
		return r;
	t = target_free(t);
	view_forget(s->view);
	return step_take_layer(s->site, root, ret, err);
}

static int
write_tar(struct step *s, step_writer *write, struct layer *ret,
	struct error *err)
{
	cleanup(blob_free) struct blob *blob = NULL;
	cleanup(target_free) struct target *t = NULL;
	struct digest digest;
	uint64_t size;
	int r;

	r = view_open(s->view, s->state->draft, err);
	if (r < 0)
		return r;
	r = blob_begin(s->site->store, &blob, err);
	if (r < 0)
		return r;
	view_begin_layer(s->view);
	t = target_to_tar(blob_sink(blob), s->view, s->site->clamp_mtime);
	r = write(s, t, -1, err);
	if (r < 0)
		return r;
	r = target_finish(t, err);
	if (r < 0)
		return r;
	r = blob_commit(blob, NULL, &digest, &size, err);
	if (r < 0)
		return r;
	return layer_from_blob(s->site->store, &digest, size, ret, err);
}

/* Is the layer before it or behind it no RUN's? */
static bool
is_in_a_row(const struct step *s)
{
	if (view_is_open(s->view))
		return true;
	for (size_t n = s->index + 1; n < s->stage->count; n++) {
		enum instr_kind kind = s->stage->instrs[n]->kind;

		if (step_kind_of(kind))
			return kind != INSTR_RUN;
	}
	return false;
}

/* Small ones in a row are written as tars over one mount of what is below them,
 * and unpacked when a RUN comes: that is less work than a mount for each. */
static bool
goes_into_tree(const struct step *s, enum step_size size)
{
	if (size == STEP_NEEDS_TREE)
		return true;
	return plan_wants_tree(s->site->plan, s->stage->number, s->index) &&
		!(size == STEP_SMALL && is_in_a_row(s));
}

int
step_write_layer(struct step *s, enum step_size size, step_writer *write,
	struct layer *ret, struct error *err)
{
	autoerror why = { 0 };
	int r;

	if (goes_into_tree(s, size))
		return write_tree(s, write, ret, err);
	r = write_tar(s, write, ret, &why);
	if (r != -EEXIST)
		return r < 0 ? error_move(err, &why) : r;
	view_forget(s->view);
	return write_tree(s, write, ret, err);
}

int
step_find_accounts(struct step *s, int root_fd, int *ret_fd, struct error *err)
{
	static const char *const files[] = { "etc", "etc/passwd", "etc/group" };

	if (root_fd >= 0) {
		*ret_fd = root_fd;
		return 0;
	}
	for (size_t n = 0; n < ARRAY_SIZE(files); n++) {
		if (view_has_noted(s->view, files[n]))
			return error_set(
				err, EEXIST, "'/%s' is in a tar", files[n]);
	}
	return view_root(s->view, s->state->draft, ret_fd, err);
}
