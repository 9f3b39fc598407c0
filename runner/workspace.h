/* SPDX-License-Identifier: Apache-2.0 */
/* workspace: the private copy of a context that the steps of a run share. */
#ifndef RUNNER_WORKSPACE_H
#define RUNNER_WORKSPACE_H

#include "sandbox/userns.h"
#include "util/error.h"
#include "util/scope.h"

/* STATE/runs/ID/workspace, and the run's directory with it. */
struct workspace;

/*
 * Make the run's directory below `state_path` and copy `context` into it, by
 * reflink where the file system can: directories, regular files and symbolic
 * links, with modes and times; anything else is left out. "/dev/null" is an
 * empty context. Errors of run_dir_open(), which explains `identity`, too;
 * -ENOENT, -ENOTDIR: no such context (ERROR_LOCAL).
 */
int workspace_open(const char *state_path, const char *id, const char *context,
	enum identity identity, struct workspace **ret, struct error *err);
/* Removes it all; what cannot be removed is told as a warning. */
struct workspace *workspace_free(struct workspace *w);

/* Absolute host path of the copy; borrowed. */
const char *workspace_path(const struct workspace *w);
/* The run's directory, open, and its absolute path; borrowed. */
int workspace_run_fd(const struct workspace *w);
const char *workspace_run_path(const struct workspace *w);
/* Absolute host path of an empty directory that is home to all steps;
 * borrowed. */
const char *workspace_home(const struct workspace *w);
/* The copy, open; borrowed. What steps did to it may be links to anywhere:
 * resolve below this. */
int workspace_fd(const struct workspace *w);
/* Eight random letters and digits, a letter first: good as a tag, too. */
char *workspace_new_id(void);

DEFINE_CLEANUP(struct workspace *, workspace_free);

#endif
