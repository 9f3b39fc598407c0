/* SPDX-License-Identifier: Apache-2.0 */
/* walk-verdict: what the filters of a walk say of a path in it. */
#ifndef BUILDER_WALK_VERDICT_H
#define BUILDER_WALK_VERDICT_H

#include <stdbool.h>

#include "builder/walk.h"

enum { VERDICT_IGNORE, VERDICT_EXCLUDE, VERDICT_INCLUDE, VERDICT_LISTS };

/* Of a directory, with the hits (ignore.h) of each list for what is below it.
 * All-zero is empty. */
struct verdict {
	bool *hits[VERDICT_LISTS];
	bool is_out[VERDICT_LISTS];	/* by this list */
};

/* A path below the root and, the end of it, below the start. */
struct verdict_path {
	const char *below_root, *below_start;
};

void verdict_release(struct verdict *v);
/* Of the directory where a walk begins; it is never excluded. */
void verdict_start(const struct walk_filter *f, const char *path,
	struct verdict *ret);
/* Of a directory in the one that `above` is about. */
void verdict_dir(const struct walk_filter *f, const struct verdict *above,
	const struct verdict_path *path, struct verdict *ret);
/* Is the directory left out by any of them? */
bool verdict_leaves_out(const struct verdict *v);
/* Is a file in the directory that `above` is about left out? */
bool verdict_is_out(const struct walk_filter *f, const struct verdict *above,
	const struct verdict_path *path);
/* Must a directory that is left out be entered all the same? */
bool verdict_may_come_back(const struct walk_filter *f,
	const struct verdict *v, const struct verdict_path *path);

#endif
