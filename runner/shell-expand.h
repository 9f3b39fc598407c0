/* SPDX-License-Identifier: Apache-2.0 */
/* shell-expand: words of a script to the words of a command. */
#ifndef RUNNER_SHELL_EXPAND_H
#define RUNNER_SHELL_EXPAND_H

#include "runner/shell.h"

/* Where variables and files are looked for; borrowed. */
struct shell_place {
	const struct strv *env;
	const char *root_name;	/* what programs call the root: "/workspace" */
	int root_fd;		/* nothing above it is ever seen */
	const char *directory;	/* below the root, "." for itself */
};

/*
 * Adds what `w` stands for: variables replaced, what was not quoted split at
 * blanks and then, with * ? [ in it, replaced by the sorted names of the files
 * it matches, if any. A variable that is not set is empty; its name is added
 * to `ret_unset`. -E2BIG beyond 100000 names.
 */
int shell_expand(const struct shell_word *w, const struct shell_place *place,
	struct strv *ret, struct strv *ret_unset, struct error *err);

/*
 * Open a file of the host's that a script names: relative to the place's
 * directory, or absolute below `root_name`. Whatever leads out of the root is
 * -EXDEV. /dev/null is there, too.
 */
int shell_open(const struct shell_place *place, const char *path, int flags,
	int *ret_fd, struct error *err);

/* The directory that `path` leads to from the place's, for `cd`; yours. */
int shell_directory(const struct shell_place *place, const char *path,
	char **ret, struct error *err);

#endif
