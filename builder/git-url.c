/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/git-url.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "builder/git-query.h"
#include "builder/git-remote.h"
#include "oci/url.h"
#include "util/mem.h"
#include "util/scope.h"


static void
wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

void
git_url_release(struct git_url *u)
{
	free(u->remote);
	free(u->scheme);
	wipe(u->user);
	wipe(u->password);
	free(u->ref);
	free(u->subdir);
	free(u->checksum);
	free(u->name);
	*u = (struct git_url){ 0 };
}

/* "git+https://" is what some programs write. */
static const char *
without_plus(const char *text)
{
	return strncmp(text, "git+", 4) == 0 ? text + 4 : text;
}

static size_t
plain_length(const char *text)
{
	return strcspn(text, "?#");
}

static bool
ends_with_git(const char *text)
{
	size_t len = plain_length(text);

	return len > 4 && strncasecmp(text + len - 4, ".git", 4) == 0;
}

/* https://dev.azure.com/org/project/_git/repository, and the older host. */
static bool
is_azure(const char *text)
{
	static const char old[] = ".visualstudio.com";
	autofree char *plain = mem_strndup(text, plain_length(text));
	const char *host = strstr(plain, "://") + 3;
	size_t len = strcspn(host, "/");
	const char *at = memrchr(host, '@', len);

	if (strncasecmp(plain, "https", 5) != 0 ||
		!strcasestr(host + len, "/_git/"))
		return false;
	len -= at ? (size_t)(at + 1 - host) : 0;
	host = at ? at + 1 : host;
	return (len == 13 && strncasecmp(host, "dev.azure.com", len) == 0) ||
		(len > sizeof(old) - 1 &&
			strncasecmp(host + len - (sizeof(old) - 1), old,
				sizeof(old) - 1) == 0);
}

bool
git_url_is(const char *text)
{
	const char *plain = without_plus(text);
	const char *scheme = git_remote_scheme(plain);

	if (!scheme)
		return git_remote_scp(text) > 0;
	if (strcmp(scheme, "file") == 0)
		return false;
	if (plain != text || scheme[0] != 'h')
		return true;
	return ends_with_git(plain) || is_azure(plain);
}

bool
git_url_is_context(const char *text)
{
	const char *plain = without_plus(text);
	const char *scheme = git_remote_scheme(plain);

	if (scheme && strcmp(scheme, "file") == 0)
		return plain != text || ends_with_git(plain);
	return git_url_is(text) || strncmp(text, "github.com/", 11) == 0;
}

/* ref[:subdir] */
static void
read_fragment(struct git_url *u, const char *text)
{
	size_t len = strcspn(text, ":");

	if (len)
		u->ref = mem_strndup(text, len);
	if (text[len] && text[len + 1])
		u->subdir = mem_strdup(text + len + 1);
}

int
git_url_set_checksum(struct git_url *u, const char *text, struct error *err)
{
	if (!git_is_short_id(text))
		return error_set(err, EINVAL,
			"'%s' is no checksum of a commit", text);
	if (!u->ref && git_is_id(text))
		u->ref = mem_strdup(text);
	return git_query_set(&u->checksum, "checksum", mem_strdup(text), err);
}

static bool
has_control(const char *text)
{
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return true;
	return false;
}

static int
check(const struct git_url *u, struct error *err)
{
	if (u->ref && !git_is_ref(u->ref))
		return error_set(err, EINVAL,
			"'%s' is no name of a branch, tag or commit", u->ref);
	if (u->subdir && has_control(u->subdir))
		return error_set(err, EINVAL,
			"the subdirectory has control characters");
	if (u->checksum && !git_is_short_id(u->checksum))
		return error_set(err, EINVAL,
			"'%s' is no checksum of a commit", u->checksum);
	if ((u->user && has_control(u->user)) ||
		(u->password && has_control(u->password)))
		return error_set(err, EINVAL,
			"the git URL has control characters in its user");
	return 0;
}

static void
set_name(struct git_url *u)
{
	u->name = mem_printf("%s%s%s%s%s", u->remote,
		u->ref || u->subdir ? "#" : "", u->ref ? u->ref : "",
		u->subdir ? ":" : "", u->subdir ? u->subdir : "");
}

static int
parse(const char *text, struct git_url *u, struct error *err)
{
	const char *fragment = strchr(text, '#');
	autofree char *whole =
		mem_strndup(text, fragment ? (size_t)(fragment - text) :
			strlen(text));
	char *query = git_remote_scheme(whole) ? strchr(whole, '?') : NULL;
	autofree char *words = NULL;
	int r;

	if (query)
		*query = '\0';
	if (fragment)
		words = git_remote_scheme(text) ? url_unescape(fragment + 1) :
			mem_strdup(fragment + 1);
	if (words)
		read_fragment(u, words);
	r = git_remote_read(u, whole, err);
	if (r == 0 && query)
		r = git_query_read(u, query + 1, err);
	explicit_bzero(whole, strlen(whole));
	if (r == 0 && u->checksum && !u->ref)
		u->ref = mem_strdup(u->checksum);
	return r < 0 ? r : check(u, err);
}

int
git_url_parse(const char *text, struct git_url *ret, struct error *err)
{
	cleanup_value(git_url_release) struct git_url u = { 0 };
	const char *plain = without_plus(text);
	autofree char *full = mem_printf("%s%s",
		strncmp(plain, "github.com/", 11) == 0 ? "https://" : "",
		plain);
	int r;

	r = parse(full, &u, err);
	wipe(take_ptr(&full));
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	set_name(&u);
	*ret = u;
	u = (struct git_url){ 0 };
	return 0;
}

int
git_url_parse_remote(const char *text, const char *base, struct git_url *ret,
	struct error *err)
{
	cleanup_value(git_url_release) struct git_url u = { 0 };
	autofree char *full = NULL;
	int r = 0;

	if (strncmp(text, "./", 2) == 0 || strncmp(text, "../", 3) == 0)
		r = git_remote_go_on(text, base, &full, err);
	else
		full = mem_strdup(text);
	if (r == 0)
		r = git_remote_read(&u, full, err);
	if (r == 0)
		r = check(&u, err);
	if (r < 0)
		return r;
	set_name(&u);
	*ret = u;
	u = (struct git_url){ 0 };
	return 0;
}

char *
git_url_origin(const struct git_url *u)
{
	return url_origin(u->remote);
}
