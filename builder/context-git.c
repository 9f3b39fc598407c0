/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/context-open.h"
#include "util/scope.h"

static bool
keeps_dir(const struct git_url *u, const struct context_request *request)
{
	return u->keep_dir == GIT_UNSAID ? request->keeps_git_dir :
		u->keep_dir == GIT_YES;
}

static int
fill(struct store *s, const struct git_url *u, const struct git_commit *c,
	const struct context_request *request, struct context *to,
	struct error *err)
{
	int fd = context_root_fd(to), r;
	int64_t when;

	r = git_check_out(s, u, c, &request->git, fd, err);
	if (r == 0)
		r = git_commit_time(s, u, c, &when, err);
	if (r == 0 && keeps_dir(u, request))
		r = git_add_dir(s, u, c, &request->git, fd, err);
	if (r < 0)
		return r;
	context_disown(to);
	context_set_time(to, when);
	context_set_commit(to, c->id);
	return u->subdir ? context_enter(to, u->subdir, err) : 0;
}

int
context_open_git(struct store *s, const struct git_url *u,
	const struct git_commit *c, const struct context_request *request,
	struct context **ret, struct error *err)
{
	cleanup_value(git_commit_release) struct git_commit found = { 0 };
	cleanup(context_free) struct context *made = NULL;
	int r = 0;

	if (!c)
		r = git_resolve(s, u, &request->git, &found, err);
	if (r == 0)
		r = context_make_dir(s, u->name, &made, err);
	if (r == 0)
		r = fill(s, u, c ? c : &found, request, made, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&made);
	return 0;
}
