/* SPDX-License-Identifier: Apache-2.0 */
/* git-tree: what is in a commit, before anything of it is on disk; for git*.c
 * only. */
#ifndef BUILDER_GIT_TREE_H
#define BUILDER_GIT_TREE_H

#include "builder/git-repo.h"

/* A submodule: where it goes, from where, which commit. */
struct git_module {
	char *path;
	char *url;		/* as .gitmodules has it, or NULL */
	char *commit;
};

/* All-zero is empty. */
struct git_tree {
	struct git_module *modules;
	size_t module_count;
	bool has_attributes;	/* a .gitattributes somewhere */
	bool has_modules_file;	/* .gitmodules, a plain file */
};

/* -EBADMSG for a path with ".git", ".." or such in it; -EFBIG, -E2BIG. */
int git_tree_read(struct git_repo *r, const char *commit,
	struct git_tree *ret, struct error *err);
void git_tree_release(struct git_tree *t);

/* For tests: of the texts that git prints. */
int git_tree_parse(const char *listing, size_t len, struct git_tree *ret,
	struct error *err);
/* The addresses of its submodules; what is said of others is passed over. */
void git_tree_parse_modules(struct git_tree *t, const char *config,
	size_t len);

#endif
