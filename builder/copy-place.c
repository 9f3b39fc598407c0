/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "builder/copy-job.h"
#include "util/mem.h"
#include "util/path.h"

/* What a directory made on the way looks like: 0755 or the octal mode, of the
 * forced owner or root, with the time of what it was made for, so that the
 * layer does not tell when it was built. */
static struct tar_entry
sample_dir(const struct copy_job *j, time_t mtime)
{
	struct tar_entry e = { .kind = TAR_DIR, .mode = 0755, .mtime = mtime };

	if (j->copy->chmod.is_octal)
		e.mode = j->copy->chmod.octal;
	if (j->owner->is_forced) {
		e.uid = j->owner->uid;
		e.gid = j->owner->gid;
	}
	return e;
}

/* The parents of the place, when the place itself will be a file. */
static int
make_parents(struct copy_job *j, const struct place *p,
	const struct tar_entry *sample, struct error *err)
{
	autofree char *dir = path_dir(p->path);
	const struct place parent = {
		.path = dir, .kind = p->kind, .known = p->known
	};

	if (p->kind != PLACE_NOTHING || strcmp(dir, ".") == 0)
		return 0;
	return target_make_dirs(j->target, &parent, sample, err);
}

static int
not_a_directory(const struct copy_job *j, const char *source, struct error *err)
{
	(void)error_set(err, ENOTDIR,
		"cannot copy to non-directory: '%s' into '%s'", source,
		j->copy->dest);
	return error_kind(err, ERROR_WORK);
}

/* A heredoc's name may be a path, and may lead out of the destination. */
static bool
is_path(const char *name)
{
	return strchr(name, '/') || strcmp(name, ".") == 0 ||
		strcmp(name, "..") == 0;
}

static int
find_path_place(struct copy_job *j, const char *dir, const char *name,
	const struct tar_entry *sample, char **ret, struct error *err)
{
	cleanup_value(place_release) struct place p = { 0 };
	autofree char *path = path_join(dir, name);
	int r;

	r = place_find(j->target->looker, path, &p, err);
	if (r == 0)
		r = make_parents(j, &p, sample, err);
	if (r < 0)
		return r;
	if (p.kind == PLACE_DIR)
		return error_set(err, EISDIR, "'%s' is a directory", path);
	*ret = mem_strdup(p.path);
	return 0;
}

int
copy_find_file_place(struct copy_job *j, const char *name, time_t mtime,
	char **ret, struct error *err)
{
	const struct tar_entry sample = sample_dir(j, mtime);
	cleanup_value(place_release) struct place p = { 0 };
	int r;

	r = place_find(j->target->looker, j->copy->dest, &p, err);
	if (r < 0)
		return r;
	if (p.kind == PLACE_DIR || j->copy->dest_is_dir) {
		if (p.kind == PLACE_OTHER)
			return not_a_directory(j, name, err);
		r = target_make_dirs(j->target, &p, &sample, err);
		if (r == 0 && is_path(name))
			return find_path_place(
				j, p.path, name, &sample, ret, err);
		if (r == 0)
			*ret = path_join(p.path, name);
		return r;
	}
	if (j->is_several) {
		(void)error_set(err, EINVAL,
			"when using %s with more than one source file, the destination must be a directory and end with a /",
			instr_name(j->copy->instr->kind));
		return error_kind(err, ERROR_REQUEST);
	}
	r = make_parents(j, &p, &sample, err);
	if (r == 0)
		*ret = mem_strdup(p.path);
	return r;
}

int
copy_find_dir_place(struct copy_job *j, const struct selected *s, time_t mtime,
	struct place *ret, struct error *err)
{
	const struct tar_entry sample = sample_dir(j, mtime);
	int r;

	r = place_find(j->target->looker, j->copy->dest, ret, err);
	if (r < 0)
		return r;
	if (ret->kind == PLACE_OTHER)
		return not_a_directory(j, s->path, err);
	if (ret->kind == PLACE_NOTHING && j->is_several &&
		!j->copy->dest_is_dir) {
		(void)error_set(err, EINVAL,
			"when using %s with more than one source, the destination must be a directory and end with a /",
			instr_name(j->copy->instr->kind));
		return error_kind(err, ERROR_REQUEST);
	}
	return target_make_dirs(j->target, ret, &sample, err);
}
