/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "builder/git-repo.h"
#include "util/mem.h"
#include "util/scope.h"

/* 1 and the whole id of what begins with u->ref, once everything is here; 0
 * when there is none, or more than one. */
static int
find_short(struct git_repo *r, struct git_commit *ret, struct error *err)
{
	autofree char *commit = mem_printf("%s^{commit}", r->url->ref);
	cleanup_value(buf_release) struct buf text = { 0 };
	int status, failed;

	failed = git_repo_fetch_all(r, err);
	if (failed < 0)
		return failed;
	buf_init(&text, KiB(4));
	failed = git_repo_run(r, &text, &status, err, "rev-parse", "--verify",
		"--quiet", commit, NULL);
	if (failed < 0 || status != 0)
		return failed;
	ret->id = mem_strndup(buf_text(&text), strcspn(buf_text(&text), "\n"));
	failed = git_repo_keep(r, ret->id, err);
	return failed < 0 ? failed : 1;
}

/* One line of "git ls-remote": the id of `name` in it, or NULL; yours. */
static char *
id_of(const char *listing, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = listing; *line;) {
		size_t end = strcspn(line, "\n"), id = strcspn(line, "\t");

		if (id < end && end - id - 1 == len &&
			memcmp(line + id + 1, name, len) == 0) {
			autofree char *found = mem_strndup(line, id);

			return git_is_id(found) ? take_ptr(&found) : NULL;
		}
		line += end + (line[end] == '\n');
	}
	return NULL;
}

/* A tag may be an object of its own, which leads to a commit. */
static bool
take_ref(const char *listing, char *name, struct git_commit *ret)
{
	autofree char *held = name;
	autofree char *peeled = mem_printf("%s^{}", name);

	ret->id = id_of(listing, peeled);
	if (!ret->id)
		ret->id = id_of(listing, name);
	if (ret->id)
		ret->ref = take_ptr(&held);
	return ret->id != NULL;
}

/* Branches go before tags, as git checkout has it. */
static bool
choose(const char *listing, const char *ref, struct git_commit *ret)
{
	if (!ref || strcmp(ref, "HEAD") == 0)
		return take_ref(listing, mem_strdup("HEAD"), ret);
	if (strncmp(ref, "refs/", 5) == 0)
		return take_ref(listing, mem_strdup(ref), ret);
	return take_ref(listing, mem_printf("refs/heads/%s", ref), ret) ||
		take_ref(listing, mem_printf("refs/tags/%s", ref), ret) ||
		take_ref(listing, mem_printf("refs/%s", ref), ret);
}

/* 1, 0 when it is not there, or negative. */
static int
ask(struct git_repo *r, struct git_commit *ret, struct error *err)
{
	const char *ref = r->url->ref ? r->url->ref : "HEAD";
	autofree char *peeled = mem_printf("%s^{}", ref);
	cleanup_value(buf_release) struct buf text = { 0 };
	int failed;

	buf_init(&text, MiB(16));
	failed = git_repo_run(r, &text, NULL, err, "ls-remote", "--quiet",
		"--", r->url->remote, ref, peeled, NULL);
	if (failed < 0)
		return failed;
	return choose(buf_text(&text), r->url->ref, ret);
}

int
git_repo_resolve(struct git_repo *r, struct git_commit *ret,
	struct error *err)
{
	const char *ref = r->url->ref;
	int found;

	if (ref && git_is_id(ref)) {
		ret->id = mem_strdup(ref);
		return 0;
	}
	found = ask(r, ret, err);
	if (found == 0 && ref && git_is_short_id(ref))
		found = find_short(r, ret, err);
	if (found != 0)
		return found < 0 ? found : 0;
	(void)error_set(err, ENOENT, "'%s' has no branch, tag or commit '%s'",
		r->url->remote, ref ? ref : "HEAD");
	return error_kind(err, ERROR_REMOTE);
}
