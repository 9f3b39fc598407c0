/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/git-remote.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "oci/url.h"
#include "util/mem.h"
#include "util/scope.h"

#define URL_MAX 8192

static const char *const schemes[] = { "https", "http", "ssh", "git", "file" };

/* The one that `text` begins with, in any case, or NULL. */
const char *
git_remote_scheme(const char *text)
{
	for (size_t n = 0; n < ARRAY_SIZE(schemes); n++) {
		size_t len = strlen(schemes[n]);

		if (strncasecmp(text, schemes[n], len) == 0 &&
			strncmp(text + len, "://", 3) == 0)
			return schemes[n];
	}
	return NULL;
}

/* Up to the colon of "user@host:path", 0 when it is none. */
size_t
git_remote_scp(const char *text)
{
	size_t user = strspn(text, "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
	size_t host;

	if (user == 0 || text[user] != '@')
		return 0;
	host = strspn(text + user + 1, "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.");
	if (host == 0 || text[user + 1 + host] != ':' ||
		text[user + 2 + host] == '\0')
		return 0;
	return user + 1 + host;
}

/* What could be read as another line of what git asks, or as an option. */
static bool
is_clean(const char *text)
{
	for (const char *c = text; *c; c++) {
		if ((unsigned char)*c <= ' ' || *c == 0x7f ||
			strncasecmp(c, "%0a", 3) == 0 ||
			strncasecmp(c, "%0d", 3) == 0 ||
			strncmp(c, "%00", 3) == 0)
			return false;
	}
	return true;
}

/* "user:password" of http; a lone word is a token, whoever it is from. */
static void
read_user(struct git_url *u, const char *text, size_t len)
{
	autofree char *info = mem_strndup(text, len);
	char *colon = strchr(info, ':');

	if (colon)
		*colon = '\0';
	u->user = colon ? url_unescape(info) : mem_strdup("dummy");
	u->password = url_unescape(colon ? colon + 1 : info);
	explicit_bzero(info, len);
}

static int
refuse_remote(const char *why, struct error *err)
{
	return error_set(err, EINVAL, "the git URL has %s", why);
}

/* SCHEME://[USER@]HOST/PATH without query and fragment. */
static int
read_remote(struct git_url *u, const char *text, struct error *err)
{
	const char *host = strstr(text, "://") + 3;
	size_t len = strcspn(host, "/");
	const char *at = memrchr(host, '@', len);
	const char *from = host;
	bool is_http = u->scheme[0] == 'h';

	if (at && is_http) {
		read_user(u, host, (size_t)(at - host));
		from = at + 1;
	} else if (at && memchr(host, ':', (size_t)(at - host))) {
		return refuse_remote(
			"a password, which is for http only", err);
	}
	if (strcmp(u->scheme, "file") == 0 ? host[0] != '/' :
		host[len] != '/' || !host[len + 1] || from == host + len)
		return refuse_remote("no host or no path", err);
	if (from[0] == '-' || (at && at[1] == '-'))
		return refuse_remote("a host that begins with '-'", err);
	/* A login of ours says nothing about one over there. */
	u->remote = mem_printf("%s://%s%s", u->scheme,
		strcmp(u->scheme, "ssh") == 0 && !at ? "git@" : "", from);
	return 0;
}

static int
read_scp(struct git_url *u, const char *text, size_t colon, struct error *err)
{
	const char *host = strchr(text, '@') + 1;

	if (text[0] == '-' || host[0] == '-' || text[colon + 1] == '-')
		return refuse_remote("a part that begins with '-'", err);
	u->scheme = mem_strdup("ssh");
	u->remote = mem_strdup(text);
	return 0;
}

int
git_remote_read(struct git_url *u, const char *text, struct error *err)
{
	const char *scheme = git_remote_scheme(text);
	size_t colon = scheme ? 0 : git_remote_scp(text);

	if (!scheme && !colon)
		return refuse_remote("a form that is not known", err);
	if (strlen(text) > URL_MAX || !is_clean(text))
		return refuse_remote("blanks or control characters", err);
	if (colon)
		return read_scp(u, text, colon, err);
	u->scheme = mem_strdup(scheme);
	return read_remote(u, text, err);
}

/* git-submodule(1): each "../" takes a component from the base's end, the part
 * behind "host:" the last. */
int
git_remote_go_on(const char *text, const char *base, char **ret,
	struct error *err)
{
	autofree char *at = mem_strdup(base);
	size_t len = strlen(at);

	while (len > 0 && at[len - 1] == '/')
		at[--len] = '\0';
	for (;;) {
		char *slash = strrchr(at, '/'), *colon = strrchr(at, ':');

		if (strncmp(text, "./", 2) == 0) {
			text += 2;
			continue;
		}
		if (strncmp(text, "../", 3) != 0)
			break;
		text += 3;
		if (slash && slash > at && slash[-1] != '/')
			*slash = '\0';
		else if (colon && !slash && colon[1])
			colon[1] = '\0';
		else
			return refuse_remote("too many '../'", err);
	}
	len = strlen(at);
	*ret = mem_printf("%s%s%s", at,
		len > 0 && at[len - 1] == ':' ? "" : "/", text);
	return 0;
}
