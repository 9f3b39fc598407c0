/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/cloned.h"

#include "builder/context-open.h"
#include "builder/git-lock.h"

int
cloned_init(const char *text, struct cloned *ret, struct error *err)
{
	struct cloned c = { 0 };
	int r;

	r = git_url_parse(text, &c.url, err);
	if (r == 0)
		*ret = c;
	return r;
}

void
cloned_release(struct cloned *c)
{
	git_url_release(&c->url);
	git_commit_release(&c->commit);
	context_free(c->context);
	*c = (struct cloned){ 0 };
}

int
cloned_set(struct cloned *c, const char *checksum, bool keeps_dir,
	struct error *err)
{
	if (keeps_dir && c->url.keep_dir == GIT_UNSAID)
		c->url.keep_dir = GIT_YES;
	return checksum ? git_url_set_checksum(&c->url, checksum, err) : 0;
}

int
cloned_pin(struct cloned *c, const struct lock *l, struct error *err)
{
	int r = l ? git_lock_get(l, &c->url, &c->commit, err) : 0;

	return r < 0 ? r : 0;
}

int
cloned_resolve(struct cloned *c, struct store *s,
	const struct git_settings *settings, struct error *err)
{
	return c->commit.id ? 0 :
		git_resolve(s, &c->url, settings, &c->commit, err);
}

void
cloned_add_key(const struct cloned *c, struct key *k)
{
	key_add(k, "commit", c->commit.id);
	key_add(k, "subdirectory", c->url.subdir);
	key_add_number(k, "submodules", c->url.submodules != GIT_NO);
	if (c->url.keep_dir != GIT_YES)
		return;
	key_add(k, "repository", c->url.remote);
	key_add(k, "ref", c->commit.ref);
}

int
cloned_get(struct cloned *c, struct store *s,
	const struct git_settings *settings, struct error *err)
{
	const struct context_request request = { .git = *settings };
	int r;

	if (c->context)
		return 0;
	r = context_open_git(s, &c->url, &c->commit, &request, &c->context,
		err);
	return r < 0 ? error_wrap(err, "'%s'", c->url.name) : 0;
}
