/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/git.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "builder/git-repo.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/scope.h"

void
git_commit_release(struct git_commit *c)
{
	free(c->id);
	free(c->ref);
	*c = (struct git_commit){ 0 };
}

static int
verify(const struct git_url *u, const struct git_commit *c, struct error *err)
{
	if (!u->checksum ||
		strncasecmp(c->id, u->checksum, strlen(u->checksum)) == 0)
		return 0;
	(void)error_set(err, EBADMSG, "'%s' is commit %s, not %s", u->name,
		c->id, u->checksum);
	return error_kind(err, ERROR_POLICY);
}

/* What all of them do first: `ret` is open, `ret_child` yours. */
static int
open_repo(struct store *s, const struct git_url *u, const char *id,
	const struct git_settings *settings, struct git_child **ret_child,
	struct git_repo *ret, struct error *err)
{
	autofree char *home = git_url_origin(u);
	int r;

	r = git_child_open(u, settings, home, ret_child, err);
	return r < 0 ? r : git_repo_open(s, u, id, *ret_child, ret, err);
}

int
git_resolve(struct store *s, const struct git_url *u,
	const struct git_settings *settings, struct git_commit *ret,
	struct error *err)
{
	cleanup(git_child_free) struct git_child *child = NULL;
	cleanup_value(git_repo_release) struct git_repo repo = { .fd = -1 };
	cleanup_value(git_commit_release) struct git_commit c = { 0 };
	int r = 0;

	if (u->ref && git_is_id(u->ref)) {
		c.id = mem_strdup(u->ref);
	} else {
		r = open_repo(s, u, NULL, settings, &child, &repo, err);
		if (r == 0)
			r = git_repo_resolve(&repo, &c, err);
	}
	if (r == 0)
		r = verify(u, &c, err);
	if (r < 0)
		return r;
	*ret = c;
	c = (struct git_commit){ 0 };
	return 0;
}

int
git_commit_time(struct store *s, const struct git_url *u,
	const struct git_commit *c, int64_t *ret, struct error *err)
{
	const struct git_settings nobody = { 0 };
	cleanup(git_child_free) struct git_child *child = NULL;
	cleanup_value(git_repo_release) struct git_repo repo = { .fd = -1 };
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *line = NULL;
	uint64_t seconds;
	int r;

	r = open_repo(s, u, c->id, &nobody, &child, &repo, err);
	if (r < 0)
		return r;
	buf_init(&text, KiB(4));
	r = git_repo_run(&repo, &text, NULL, err, "show", "--no-patch",
		"--no-notes", "--format=%ct", c->id, NULL);
	if (r < 0)
		return r;
	line = mem_strndup(buf_text(&text), strcspn(buf_text(&text), "\n"));
	r = num_parse(line, INT64_MAX, &seconds, err);
	if (r < 0)
		return error_wrap(err, "the time of commit %s", c->id);
	*ret = (int64_t)seconds;
	return 0;
}
