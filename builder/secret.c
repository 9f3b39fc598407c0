/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/csv.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

/* The parts of --secret, borrowed. */
struct given {
	const char *id, *source, *env, *type;
};

static void
wipe(struct secret *s)
{
	if (s->value)
		explicit_bzero(s->value, s->len);
	free(s->value);
	free(s->id);
	*s = (struct secret){ 0 };
}

void
secrets_release(struct secrets *s)
{
	for (size_t n = 0; n < s->count; n++)
		wipe(&s->items[n]);
	free(s->items);
	*s = (struct secrets){ 0 };
}

static int
read_field(struct given *g, const char *item, struct error *err)
{
	const struct {
		const char *name;
		const char **value;
	} names[] = {
		{ "id=", &g->id }, { "src=", &g->source },
		{ "source=", &g->source }, { "env=", &g->env },
		{ "type=", &g->type },
	};

	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		size_t len = strlen(names[n].name);

		if (strncmp(item, names[n].name, len) != 0)
			continue;
		*names[n].value = item + len;
		return 0;
	}
	return error_set(err, EINVAL,
		"'%s' is not one of id=, src=, env= and type=", item);
}

/* Either `env` or `source` is set afterwards. */
static int
choose_source(struct given *g, struct error *err)
{
	bool is_env = g->type && strcmp(g->type, "env") == 0;

	if (!g->id || !*g->id)
		return error_set(err, EINVAL, "it needs an id");
	if (g->type && !is_env && strcmp(g->type, "file") != 0)
		return error_set(err, EINVAL, "type '%s' is not file or env",
			g->type);
	if (g->env && g->source)
		return error_set(err, EINVAL, "it has both src and env");
	if (is_env && !g->env) {
		g->env = g->source ? g->source : g->id;
		g->source = NULL;
	}
	if (!g->env && !g->source && !g->type && getenv(g->id))
		g->env = g->id;
	if (!g->env && !g->source)
		g->source = g->id;
	return 0;
}

static int
read_variable(struct secret *s, const char *name, struct error *err)
{
	const char *value = getenv(name);

	if (!value) {
		(void)error_set(err, ENOENT,
			"there is no variable '%s' in the environment", name);
		return error_kind(err, ERROR_LOCAL);
	}
	s->len = strlen(value);
	s->value = mem_strdup(value);
	return 0;
}

static int
read_whole(struct secret *s, const char *path, struct error *err)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buf text;
	int r;

	if (fd < 0) {
		(void)error_errno(err, "cannot open '%s'", path);
		return error_kind(err, ERROR_LOCAL);
	}
	buf_init(&text, SECRET_MAX);
	r = fs_read_fd(fd, SECRET_MAX, &text, err);
	if (r < 0) {
		if (text.data)
			explicit_bzero(text.data, text.len);
		buf_release(&text);
		(void)error_wrap(err, "'%s'", path);
		return error_kind(err, ERROR_LOCAL);
	}
	s->len = text.len;
	s->value = buf_steal(&text);
	return 0;
}

static int
read_secret(const char *text, struct secret *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv items = { 0 };
	struct given g = { 0 };
	int r;

	r = csv_split(text, &items, err);
	for (size_t n = 0; r == 0 && n < items.count; n++)
		r = read_field(&g, items.items[n], err);
	if (r == 0)
		r = choose_source(&g, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	ret->id = mem_strdup(g.id);
	if (g.env)
		return read_variable(ret, g.env, err);
	return read_whole(ret, g.source, err);
}

int
secrets_add(struct secrets *s, const char *text, struct error *err)
{
	cleanup_value(wipe) struct secret secret = { 0 };

	if (read_secret(text, &secret, err) < 0)
		return error_wrap(err, "--secret");
	s->items = mem_resize(s->items, s->count + 1, sizeof(*s->items));
	s->items[s->count++] = secret;
	secret = (struct secret){ 0 };
	return 0;
}

const struct secret *
secrets_find(const struct secrets *s, const char *id)
{
	for (size_t n = s->count; n > 0; n--) {
		if (strcmp(s->items[n - 1].id, id) == 0)
			return &s->items[n - 1];
	}
	return NULL;
}

/* The socket of an agent, of our own when `path` is that of keys. */
static int
find_agent(const char *path, struct agents *own, const char **ret,
	struct error *err)
{
	autofree char *first = mem_strndup(path, strcspn(path, ","));
	struct stat st;

	*ret = path;
	if (stat(first, &st) < 0) {
		(void)error_errno(err, "cannot find agent or key '%s'", first);
		return error_kind(err, ERROR_LOCAL);
	}
	return S_ISSOCK(st.st_mode) ? 0 : agents_start(own, path, ret, err);
}

int
secret_add_agent(struct strv *ret, struct agents *own, const char *text,
	struct error *err)
{
	size_t len = strcspn(text, "=");
	autofree char *id = mem_strndup(text, len);
	const char *path = text[len] ? text + len + 1 : NULL;

	if (!path)
		path = getenv("SSH_AUTH_SOCK");
	if (!*id || !path || !*path) {
		(void)error_set(err, EINVAL, !*id ? "--ssh: it needs an id" :
			"--ssh: no agent for '%s': SSH_AUTH_SOCK is not set",
			id);
		return error_kind(err, ERROR_REQUEST);
	}
	if (find_agent(path, own, &path, err) < 0)
		return error_wrap(err, "--ssh");
	strv_env_set(ret, id, path);
	return 0;
}
