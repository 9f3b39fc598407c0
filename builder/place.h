/* SPDX-License-Identifier: Apache-2.0 */
/* place: where a path of the image leads, links followed inside the root. */
#ifndef BUILDER_PLACE_H
#define BUILDER_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

enum place_kind { PLACE_NOTHING, PLACE_DIR, PLACE_LINK, PLACE_OTHER };

/*
 * Somebody who can say what stands at a path that holds no links (no leading
 * slash, not empty). For a link, `*ret_link` is its target, yours to free.
 */
struct looker {
	int (*look)(struct looker *l, const char *path,
		enum place_kind *ret_kind, char **ret_link, struct error *err);
};

/* All-zero is the root. */
struct place {
	char *path;		/* below the root, no links, no leading slash;
				 * "" is the root */
	enum place_kind kind;	/* never PLACE_LINK */
	size_t known;		/* length of the part of `path` that is there */
};

void place_release(struct place *p);
/*
 * Resolve `path` as chroot(2) would: "/" and ".." stay inside, the last link is
 * followed too, also one that leads to nothing. -ENOTDIR when something on the
 * way is a file, -ELOOP after 40 links.
 */
int place_find(struct looker *l, const char *path, struct place *ret,
	struct error *err);

/* A looker that asks a directory descriptor. */
struct tree_looker {
	struct looker looker;
	int root_fd;
};
void tree_looker_init(struct tree_looker *l, int root_fd);

#endif
