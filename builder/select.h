/* SPDX-License-Identifier: Apache-2.0 */
/* select: the sources of one COPY or ADD as paths that are there
 * (slipway-dockerfile(5), COPY). */
#ifndef BUILDER_SELECT_H
#define BUILDER_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "builder/ignore.h"
#include "util/error.h"

struct filehash;

/* A tree to copy from: a context, a stage's or an image's files. All borrowed;
 * context_root() fills one for a context. */
struct copy_root {
	int fd;
	const char *name;		/* for messages: "context '.'" */
	const struct ignore *ignore;	/* NULL: nothing is left out */
	const char *ignore_file;	/* where the patterns stand, or NULL */
	struct filehash *filehash;	/* NULL: every file is read */
	bool keep_owners;		/* false: all belongs to 0:0 */
};

/* One source. `path` holds no symbolic link and no leading slash, "." is the
 * root itself; open it with fs_open_in(..., FS_NO_LINKS, ...). */
struct selected {
	char *path;		/* after all links were followed */
	char *name;		/* base name as written or matched: its name
				 * when the destination is a directory */
	mode_t kind;		/* S_IFREG, S_IFDIR, ...; never S_IFLNK */
	bool is_wildcard;	/* a wildcard's match, not named itself */
	struct ignore *include;	/* --parents: which files below it, see
				 * walk.h; NULL: all */
};

/* All-zero is empty. In the order of the sources; matches of one wildcard in
 * the order of walk.h. */
struct selection {
	struct selected *items;
	size_t count;
};

void selection_release(struct selection *s);

/*
 * Add what `source` (expanded, as written) means below `r`: a path, or a
 * pattern of filepath.Match whose `*` and `?` stay within one component. ".."
 * and links cannot leave the root. What is ignored is not there. A wildcard
 * without a match adds nothing. -ENOENT: `"/x": not found in context '.'`, with
 * the ignore file when that is why; -EINVAL malformed pattern; -ELOOP; -E2BIG
 * over 1,000,000 matches.
 */
int selection_add(struct selection *s, const struct copy_root *r,
	const char *source, struct error *err);
/*
 * The same for COPY --parents: `source` is BASE/./PATTERN or PATTERN alone,
 * whose base is the root. Adds the directories that BASE means, each with the
 * pattern (of the ignore file's kind, with "**") as what it includes. -ENOENT
 * when neither has a wildcard and nothing is there, -ENOTDIR when BASE is a
 * file.
 */
int selection_add_parents(struct selection *s, const struct copy_root *r,
	const char *source, struct error *err);
/* The -ENOENT of both: `path` is not below `r`, or left out there. */
int selection_fail_missing(const struct copy_root *r, const char *path,
	bool is_ignored, struct error *err);

#endif
