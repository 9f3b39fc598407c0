/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/git-config.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "oci/url.h"
#include "util/base64.h"
#include "util/buf.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

#define CONFIG_MAX MiB(4)

/*
 * What git must not do, whatever a repository asks for: run hooks, watchers and
 * its own upkeep, speak protocols that were not named, wait for ever. Slow is
 * less than 1000 bytes a second for a minute.
 */
static const char settings_text[] =
	"[core]\n hooksPath = /dev/null\n fsmonitor = false\n"
	" attributesFile = /dev/null\n askPass =\n"
	"[credential]\n helper =\n"
	"[gc]\n auto = 0\n[maintenance]\n auto = false\n"
	"[fetch]\n recurseSubmodules = false\n writeCommitGraph = false\n"
	"[submodule]\n recurse = false\n"
	"[init]\n defaultBranch = main\n"
	"[http]\n lowSpeedLimit = 1000\n lowSpeedTime = 60\n"
	"[tar]\n umask = 0022\n"
	"[lfs]\n locksverify = false\n"
	"[protocol]\n allow = never\n";

void
git_config_release(struct git_config *c)
{
	for (unsigned n = 0; n < c->count; n++)
		(void)close(c->fds[n]);
	*c = (struct git_config){ 0 };
}

/* A file in memory, which no disk ever sees. */
static int
add_file(struct git_config *c, const struct buf *text, struct error *err)
{
	autoclose int fd = memfd_create("git", MFD_CLOEXEC);
	int r;

	if (c->count == GIT_CONFIG_FDS)
		return error_set(err, E2BIG,
			"more than %d secrets for git", GIT_CONFIG_FDS - 1);
	if (fd < 0)
		return error_errno(err, "cannot make a file in memory");
	r = fs_write(fd, text->data, text->len, err);
	if (r == 0)
		c->fds[c->count++] = take_fd(&fd);
	return r;
}

/* As it stands between double quotes in a configuration. */
static void
add_quoted(struct buf *b, const char *text)
{
	buf_addc(b, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_addc(b, '\\');
		buf_addc(b, *text);
	}
	buf_addc(b, '"');
}

static int
check_secret(const char *text, struct error *err)
{
	for (const char *c = text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f) {
			(void)error_set(err, EINVAL,
				"the secret for git has control characters");
			return error_kind(err, ERROR_REQUEST);
		}
	}
	return 0;
}

/*
 * "git credential" asks a helper, which answers from a file that only it and
 * we have. The shell that git starts for it sees nothing but our own words.
 */
static int
add_credential(struct git_config *c, struct buf *config, const char *origin,
	const char *user, const char *password, struct error *err)
{
	cleanup_value(buf_release) struct buf answer = { 0 };
	int r;

	r = check_secret(user, err);
	if (r == 0)
		r = check_secret(password, err);
	if (r < 0)
		return r;
	buf_init(&answer, SECRET_MAX + KiB(4));
	buf_addf(&answer, "username=%s\npassword=%s\n", user, password);
	/* The first is the configuration, which is made last. */
	r = add_file(c, &answer, err);
	if (answer.data)
		explicit_bzero(answer.data, answer.len);
	if (r < 0)
		return r;
	buf_adds(config, "[credential ");
	add_quoted(config, origin);
	buf_addf(config, "]\n helper = \"!cat /proc/self/fd/%u #\"\n",
		3 + c->count);
	return 0;
}

/* Some other scheme than Basic goes into each request, and no redirection is
 * followed, which could lead it astray. */
static int
add_header(struct buf *config, const char *origin, const char *value,
	struct error *err)
{
	autofree char *header = mem_printf("Authorization: %s", value);
	int r;

	r = check_secret(value, err);
	if (r < 0)
		return r;
	buf_adds(config, "[http ");
	add_quoted(config, origin);
	buf_adds(config, "]\n followRedirects = false\n extraHeader = ");
	add_quoted(config, header);
	buf_addc(config, '\n');
	explicit_bzero(header, strlen(header));
	return 0;
}

static int
add_authorization(struct git_config *c, struct buf *config,
	const char *origin, const char *value, struct error *err)
{
	cleanup_value(buf_release) struct buf plain = { 0 };
	char *colon;
	int r;

	buf_init(&plain, SECRET_MAX);
	if (strncasecmp(value, "basic ", 6) != 0 ||
		base64_parse(value + 6, &plain) < 0)
		return add_header(config, origin, value, err);
	colon = plain.data ? strchr(plain.data, ':') : NULL;
	if (!colon)
		return add_header(config, origin, value, err);
	*colon = '\0';
	r = add_credential(c, config, origin, plain.data, colon + 1, err);
	explicit_bzero(plain.data, plain.len);
	return r;
}

/* A secret's text without the newline that an editor leaves. */
static char *
text_of(const struct secret *s)
{
	char *text = mem_strndup(s->value, s->len);
	size_t len = strlen(text);

	while (len > 0 && strchr("\r\n", text[len - 1]))
		text[--len] = '\0';
	return text;
}

static int
add_secret(struct git_config *c, struct buf *config, const char *origin,
	const struct secret *s, struct error *err)
{
	autofree char *text = text_of(s);
	int r;

	if (strncmp(s->id, "GIT_AUTH_TOKEN", 14) == 0)
		r = add_credential(c, config, origin, "x-access-token", text,
			err);
	else
		r = add_authorization(c, config, origin, text, err);
	explicit_bzero(text, strlen(text));
	return r < 0 ? error_wrap(err, "secret '%s'", s->id) : 0;
}

/* Is this secret for `origin`? "GIT_AUTH_TOKEN.host" and ".host:port" are for
 * that, the bare names for where the user's own URL leads. */
static bool
is_for(const struct secret *s, const char *origin, const char *home)
{
	static const char *const names[] = { "GIT_AUTH_TOKEN",
		"GIT_AUTH_HEADER" };
	const char *host = strstr(origin, "://") + 3;

	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		size_t len = strlen(names[n]), host_len;

		if (strncmp(s->id, names[n], len) != 0)
			continue;
		if (!s->id[len])
			return home && strcmp(origin, home) == 0;
		host_len = strlen(s->id + len + 1);
		return s->id[len] == '.' &&
			strncasecmp(host, s->id + len + 1, host_len) == 0 &&
			(!host[host_len] || host[host_len] == ':');
	}
	return false;
}

/* The URL's own user first, then a secret for that host, then for any. */
static int
add_credentials(struct git_config *c, const struct git_url *u,
	const struct secrets *secrets, const char *home, struct buf *config,
	struct error *err)
{
	autofree char *origin = git_url_origin(u);
	const struct secret *best = NULL;

	if (!origin)
		return 0;
	if (u->user)
		return add_credential(c, config, origin, u->user, u->password,
			err);
	for (size_t n = 0; secrets && n < secrets->count; n++) {
		const struct secret *s = &secrets->items[n];

		if (is_for(s, origin, home) &&
			(!best || !strchr(best->id, '.') ||
				strchr(s->id, '.')))
			best = s;
	}
	return best ? add_secret(c, config, origin, best, err) : 0;
}

static int
make(const struct git_url *u, const struct git_settings *settings,
	const char *home, struct git_config *c, struct buf *text,
	struct error *err)
{
	int r, first;

	buf_adds(text, settings_text);
	buf_addf(text, "[protocol \"%s\"]\n allow = always\n", u->scheme);
	/* https may be what http is redirected to, not the reverse. */
	if (strcmp(u->scheme, "http") == 0)
		buf_adds(text, "[protocol \"https\"]\n allow = always\n");
	r = add_credentials(c, u, settings->secrets, home, text, err);
	if (r == 0)
		r = buf_check(text, "git's configuration", err);
	if (r == 0)
		r = add_file(c, text, err);
	if (r < 0)
		return r;
	/* It is to be descriptor 3, before the credentials. */
	first = c->fds[c->count - 1];
	memmove(c->fds + 1, c->fds, (c->count - 1) * sizeof(*c->fds));
	c->fds[0] = first;
	return 0;
}

int
git_config_make(const struct git_url *u, const struct git_settings *settings,
	const char *home, struct git_config *ret, struct error *err)
{
	cleanup_value(git_config_release) struct git_config c = { 0 };
	struct buf text;
	int r;

	buf_init(&text, CONFIG_MAX);
	r = make(u, settings, home, &c, &text, err);
	if (text.data)
		explicit_bzero(text.data, text.len);
	buf_release(&text);
	if (r < 0)
		return r;
	*ret = c;
	c = (struct git_config){ 0 };
	return 0;
}
