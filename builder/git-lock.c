/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/git-lock.h"

#include <errno.h>

#include "util/mem.h"
#include "util/scope.h"

static bool
is_fixed(const struct git_url *u)
{
	return u->checksum || (u->ref && git_is_id(u->ref));
}

/* Whichever directory of it is used. */
static char *
name_of(const struct git_url *u)
{
	return mem_printf("%s#%s", u->remote, u->ref ? u->ref : "HEAD");
}

int
git_lock_add(struct lock *l, struct store *s, const struct git_url *u,
	const struct git_settings *settings, struct error *err)
{
	cleanup_value(git_commit_release) struct git_commit c = { 0 };
	autofree char *name = name_of(u);
	int r;

	if (is_fixed(u))
		return 0;
	r = git_resolve(s, u, settings, &c, err);
	if (r == 0)
		lock_set(l, LOCK_COMMIT, name, c.id);
	return r;
}

int
git_lock_get(const struct lock *l, const struct git_url *u,
	struct git_commit *ret, struct error *err)
{
	autofree char *name = name_of(u);
	const char *id;
	int r;

	if (is_fixed(u))
		return 0;
	r = lock_get(l, LOCK_COMMIT, name, &id, err);
	if (r < 0)
		return r;
	if (!git_is_id(id)) {
		(void)error_set(err, EBADMSG,
			"'%s' has no commit in the lock file", name);
		return error_kind(err, ERROR_POLICY);
	}
	*ret = (struct git_commit){ .id = mem_strdup(id) };
	return 1;
}
