/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/walk-verdict.h"

#include <stdlib.h>

#include "builder/ignore.h"
#include "util/mem.h"

void
verdict_release(struct verdict *v)
{
	for (int n = 0; n < VERDICT_LISTS; n++)
		free(v->hits[n]);
	*v = (struct verdict){ 0 };
}

static const struct ignore *
list_of(const struct walk_filter *f, int n)
{
	const struct ignore *const lists[VERDICT_LISTS] = {
		[VERDICT_IGNORE] = f->ignore,
		[VERDICT_EXCLUDE] = f->exclude,
		[VERDICT_INCLUDE] = f->include,
	};

	return lists[n];
}

static const char *
path_for(const struct verdict_path *path, int n)
{
	return n == VERDICT_IGNORE ? path->below_root : path->below_start;
}

static void
make_room(const struct walk_filter *f, struct verdict *v)
{
	for (int n = 0; n < VERDICT_LISTS; n++)
		v->hits[n] = mem_array(
			ignore_count(list_of(f, n)) + 1, sizeof(bool));
}

void
verdict_start(const struct walk_filter *f, const char *path,
	struct verdict *ret)
{
	make_room(f, ret);
	ret->is_out[VERDICT_IGNORE] = ignore_matches_start(
		f->ignore, path, ret->hits[VERDICT_IGNORE]);
}

void
verdict_dir(const struct walk_filter *f, const struct verdict *above,
	const struct verdict_path *path, struct verdict *ret)
{
	make_room(f, ret);
	for (int n = 0; n < VERDICT_LISTS; n++)
		ret->is_out[n] = ignore_matches_below(list_of(f, n),
			above->hits[n], path_for(path, n), ret->hits[n]);
}

bool
verdict_leaves_out(const struct verdict *v)
{
	bool is_out = false;

	for (int n = 0; n < VERDICT_LISTS; n++)
		is_out = is_out || v->is_out[n];
	return is_out;
}

bool
verdict_is_out(const struct walk_filter *f, const struct verdict *above,
	const struct verdict_path *path)
{
	for (int n = 0; n < VERDICT_LISTS; n++) {
		if (ignore_matches_below(list_of(f, n), above->hits[n],
			    path_for(path, n), NULL))
			return true;
	}
	return false;
}

bool
verdict_may_come_back(const struct walk_filter *f, const struct verdict *v,
	const struct verdict_path *path)
{
	for (int n = 0; n < VERDICT_LISTS; n++) {
		if (v->is_out[n] &&
			!ignore_may_reinclude(list_of(f, n), path_for(path, n)))
			return false;
	}
	return true;
}
