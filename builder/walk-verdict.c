/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/walk-verdict.h"

#include <stdlib.h>

#include "builder/ignore.h"
#include "util/mem.h"

void
verdict_release(struct verdict *v)
{
	free(v->ignore_hits);
	free(v->exclude_hits);
	*v = (struct verdict){ 0 };
}

static void
make_room(const struct walk_filter *f, struct verdict *v)
{
	v->ignore_hits = mem_array(ignore_count(f->ignore) + 1, sizeof(bool));
	v->exclude_hits = mem_array(ignore_count(f->exclude) + 1, sizeof(bool));
}

void
verdict_start(const struct walk_filter *f, const char *path,
	struct verdict *ret)
{
	make_room(f, ret);
	ret->ignored = ignore_matches_start(f->ignore, path, ret->ignore_hits);
}

void
verdict_dir(const struct walk_filter *f, const struct verdict *above,
	const struct verdict_path *path, struct verdict *ret)
{
	make_room(f, ret);
	ret->ignored = ignore_matches_below(f->ignore, above->ignore_hits,
		path->below_root, ret->ignore_hits);
	ret->excluded = ignore_matches_below(f->exclude, above->exclude_hits,
		path->below_start, ret->exclude_hits);
}

bool
verdict_is_out(const struct walk_filter *f, const struct verdict *above,
	const struct verdict_path *path)
{
	return ignore_matches_below(f->ignore, above->ignore_hits,
		       path->below_root, NULL) ||
		ignore_matches_below(f->exclude, above->exclude_hits,
			path->below_start, NULL);
}

bool
verdict_may_come_back(const struct walk_filter *f, const struct verdict *v,
	const struct verdict_path *path)
{
	if (v->ignored && !ignore_may_reinclude(f->ignore, path->below_root))
		return false;
	return !v->excluded ||
		ignore_may_reinclude(f->exclude, path->below_start);
}
