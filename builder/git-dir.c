/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "builder/git-repo.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

/* git in the work tree; the arguments end with a NULL. */
static int __attribute__((sentinel))
run(struct git_child *child, int dir_fd, struct error *err, ...)
{
	cleanup_value(strv_release) struct strv args = { 0 };
	const char *word;
	va_list list;

	va_start(list, err);
	while ((word = va_arg(list, const char *)))
		strv_add(&args, word);
	va_end(list);
	return git_child_run_in(child, dir_fd, &args, err);
}

/* A branch is checked out, anything else is a HEAD of its own. */
static int
set_head(struct git_child *child, const struct git_commit *c, int dir_fd,
	struct error *err)
{
	bool is_branch = c->ref && strncmp(c->ref, "refs/heads/", 11) == 0;
	int r = 0;

	if (c->ref && strncmp(c->ref, "refs/", 5) == 0)
		r = run(child, dir_fd, err, "update-ref", c->ref, c->id, NULL);
	if (r == 0 && is_branch)
		return run(child, dir_fd, err, "symbolic-ref", "HEAD", c->ref,
			NULL);
	return r < 0 ? r : run(child, dir_fd, err, "update-ref", "--no-deref",
		"HEAD", c->id, NULL);
}

static int
fill(const struct git_repo *repo, const struct git_commit *c, int dir_fd,
	struct error *err)
{
	autofree char *from = mem_printf("file://%s", repo->path);
	autofree char *what = mem_printf("refs/slipway/%s", c->id);
	int r;

	r = run(repo->child, dir_fd, err, "init", "--quiet", "--template=",
		strlen(c->id) == 64 ? "--object-format=sha256" : "--quiet",
		NULL);
	if (r == 0)
		r = run(repo->child, dir_fd, err, "-c",
			"protocol.file.allow=always", "-c", "pack.threads=1",
			"fetch", "--quiet", "--no-tags",
			"--no-write-fetch-head", "--depth=1", "--", from, what,
			NULL);
	if (r == 0)
		r = set_head(repo->child, c, dir_fd, err);
	if (r == 0)
		r = run(repo->child, dir_fd, err, "config",
			"remote.origin.url", repo->url->remote, NULL);
	return r < 0 ? r : run(repo->child, dir_fd, err, "read-tree", c->id,
		NULL);
}

int
git_add_dir(struct store *s, const struct git_url *u,
	const struct git_commit *c, const struct git_settings *settings,
	int dir_fd, struct error *err)
{
	cleanup(git_child_free) struct git_child *child = NULL;
	cleanup_value(git_repo_release) struct git_repo repo = { .fd = -1 };
	const struct git_settings nobody = {
		.timeout_ms = settings->timeout_ms };
	int r;

	r = git_child_open(u, &nobody, NULL, &child, err);
	if (r == 0)
		r = git_repo_open(s, u, c->id, child, &repo, err);
	return r < 0 ? r : fill(&repo, c, dir_fd, err);
}
