/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/container.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder/args.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

#define ENV_FILE_MAX MiB(1)
#define DEFAULT_PATH                                                           \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

void
container_release(struct container *c)
{
	strv_release(&c->argv);
	strv_release(&c->env);
	free(c->cwd);
	account_release(&c->user);
	*c = (struct container){ 0 };
}

/* An entrypoint of one's own goes without the image's arguments, as theirs are
 * for theirs. */
static int
make_argv(const struct config *config, const struct container_options *o,
	struct strv *ret, struct error *err)
{
	int r = 0;

	if (!o->entrypoint)
		r = config_get_list(config, "Entrypoint", ret, err);
	else if (*o->entrypoint)
		strv_add(ret, o->entrypoint);
	if (r < 0)
		return r;
	if (o->args->count)
		strv_add_all(ret, o->args);
	else if (!o->entrypoint)
		r = config_get_list(config, "Cmd", ret, err);
	if (r < 0)
		return r;
	if (ret->count)
		return 0;
	(void)error_set(err, EINVAL,
		"the image has no command, and none was given");
	return error_kind(err, ERROR_REQUEST);
}

/* "NAME=value" or "NAME" */
static int
add_variable(struct strv *env, const char *item, struct error *err)
{
	size_t len = strcspn(item, "=");
	autofree char *name = mem_strndup(item, len);
	const char *value = item[len] ? item + len + 1 : getenv(name);

	if (!len) {
		(void)error_set(err, EINVAL, "'%s' is not NAME[=VALUE]", item);
		return error_kind(err, ERROR_REQUEST);
	}
	if (value)
		strv_env_set(env, name, value);
	else
		strv_env_unset(env, name);
	return 0;
}

/* One variable after the other, each ended by a NUL: as they are. */
static int
add_raw(struct strv *env, const struct buf *text, struct error *err)
{
	const char *end = text->data + text->len;
	const char *at;
	int r = 0;

	for (at = text->data; r == 0 && at < end; at += strlen(at) + 1)
		r = add_variable(env, at, err);
	return r;
}

static int
add_lines(struct strv *env, const struct buf *text, struct error *err)
{
	cleanup_value(strv_release) struct strv lines = { 0 };
	const char *line;
	size_t i;
	int r = 0;

	strv_split(&lines, buf_text(text), '\n');
	for (i = 0; r == 0 && i < lines.count; i++) {
		line = lines.items[i] + strspn(lines.items[i], " \t");
		if (*line && *line != '#')
			r = add_variable(env, line, err);
	}
	return r;
}

static int
add_file(struct strv *env, const char *path, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	buf_init(&text, ENV_FILE_MAX);
	r = fs_read_file(AT_FDCWD, path, ENV_FILE_MAX, &text, err);
	if (r < 0)
		return error_kind(err, ERROR_LOCAL);
	if (text.len && memchr(text.data, '\0', text.len))
		r = add_raw(env, &text, err);
	else
		r = add_lines(env, &text, err);
	return r < 0 ? error_wrap(err, "'%s'", path) : 0;
}

/* What our environment says of proxies, as programs may reach nothing
 * without. */
static void
add_proxies(struct strv *env)
{
	for (char **item = environ; *item; item++) {
		autofree char *name = mem_strndup(*item, strcspn(*item, "="));

		if (args_is_proxy(name) && !strv_env_get(env, name))
			strv_add(env, *item);
	}
}

/* The image's, then the files', then the options'. */
static int
make_env(const struct config *config, const struct container_options *o,
	struct strv *ret, struct error *err)
{
	size_t i;
	int r;

	r = config_get_list(config, "Env", ret, err);
	if (r == 0 && !strv_env_get(ret, "PATH"))
		strv_env_set(ret, "PATH", DEFAULT_PATH);
	if (r == 0 && o->tty)
		strv_env_set(ret, "TERM", "xterm");
	add_proxies(ret);
	for (i = 0; r == 0 && i < o->env_files->count; i++)
		r = add_file(ret, o->env_files->items[i], err);
	for (i = 0; r == 0 && i < o->env->count; i++)
		r = add_variable(ret, o->env->items[i], err);
	return r;
}

static int
find_user(const struct config *config, const char *wanted, int root_fd,
	struct account *ret, struct error *err)
{
	const char *user = wanted ? wanted : config_get_text(config, "User");
	int r;

	r = account_find(root_fd, user, ret, err);
	return r < 0 ? error_kind(err, ERROR_REQUEST) : 0;
}

/* Relative to the image's. */
static char *
make_cwd(const struct config *config, const char *wanted)
{
	const char *cwd = config_get_text(config, "WorkingDir");
	autofree char *base = path_resolve("/", cwd ? cwd : "");

	return path_resolve(base, wanted ? wanted : "");
}

int
container_make(const struct image *i, const struct container_options *o,
	int root_fd, struct container *ret, struct error *err)
{
	cleanup_value(container_release) struct container c = { 0 };
	const struct config *config = image_config(i);
	int r;

	r = make_argv(config, o, &c.argv, err);
	if (r == 0)
		r = make_env(config, o, &c.env, err);
	if (r == 0)
		r = find_user(config, o->user, root_fd, &c.user, err);
	if (r < 0)
		return r;
	c.cwd = make_cwd(config, o->cwd);
	if (!strv_env_get(&c.env, "HOME"))
		strv_env_set(&c.env, "HOME", c.user.home);
	*ret = c;
	c = (struct container){ 0 };
	return 0;
}
