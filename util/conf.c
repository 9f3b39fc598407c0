/* SPDX-License-Identifier: Apache-2.0 */
#include "util/conf.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/cli.h"
#include "util/fs.h"
#include "util/map.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/strv.h"

#define FILE_MAX KiB(256)

#ifndef SLIPWAY_SYSCONF
#define SLIPWAY_SYSCONF "/etc"
#endif
#ifndef SLIPWAY_LIBEXEC
#define SLIPWAY_LIBEXEC "/usr/libexec/slipway"
#endif

struct conf {
	struct map *options; /* conf_set() */
	struct map *environment;
	struct map *file;
};

static const struct {
	const char *name;
	const char *help;
} settings[] = {
	{ "emulation", "of other machines: auto, binfmt, host or exec" },
	{ "identity", "how to become somebody: auto, range, single or root" },
	{ "log", "messages: quiet, error, warning, info or debug" },
	{ "network", "of programs: default, private, host or none" },
	{ "progress", "display: auto, terminal, plain, json, quiet or ci" },
	{ "registry", "registry of a task's run: {{.Run.Registry}}" },
	{ "root", "directory of the store" },
};

const char *
conf_setting(size_t index, const char **ret_help)
{
	if (index >= ARRAY_SIZE(settings))
		return NULL;
	if (ret_help)
		*ret_help = settings[index].help;
	return settings[index].name;
}

static bool
is_setting(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (strcmp(settings[i].name, name) == 0)
			return true;
	return false;
}

static const char *
nearest_setting(const char *name)
{
	const char *names[ARRAY_SIZE(settings)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		names[i] = settings[i].name;
	return cli_nearest(name, names, ARRAY_SIZE(names));
}

/* The environment's variable for a setting: "root" is SLIPWAY_ROOT. */
static char *
variable_of(const char *name)
{
	char *variable = mem_printf("SLIPWAY_%s", name);
	char *c;

	for (c = variable; *c; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	return variable;
}

static void
read_environment(struct conf *c)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		autofree char *variable = variable_of(settings[i].name);
		const char *value = getenv(variable);

		if (value && *value)
			map_set(c->environment, settings[i].name,
				mem_strdup(value));
	}
}

static char *
trimmed(const char *text, size_t len)
{
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	while (len && isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	if (len >= 2 && *text == '"' && text[len - 1] == '"')
		return mem_strndup(text + 1, len - 2);
	return mem_strndup(text, len);
}

static int
unknown_setting(const char *name, struct error *err)
{
	const char *near = nearest_setting(name);

	error_set(err, EINVAL, "unknown setting '%s'", name);
	if (near)
		error_hint(err, "did you mean '%s'?", near);
	return -EINVAL;
}

static int
read_line(struct conf *c, const char *line, struct error *err)
{
	autofree char *name = NULL;
	const char *equals;

	line += strspn(line, " \t");
	if (!*line || *line == '#')
		return 0;
	equals = strchr(line, '=');
	if (!equals)
		return error_set(err, EINVAL, "no '=' in '%s'", line);
	name = trimmed(line, (size_t)(equals - line));
	if (!is_setting(name))
		return unknown_setting(name, err);
	map_set(c->file, name, trimmed(equals + 1, strlen(equals + 1)));
	return 0;
}

static int
read_text(struct conf *c, const char *path, const struct buf *text,
	struct error *err)
{
	cleanup_value(strv_release) struct strv lines = { 0 };
	size_t i;
	int r;

	if (memchr(buf_text(text), '\0', text->len))
		return error_set(err, EINVAL, "'%s' is not a text", path);
	strv_split(&lines, buf_text(text), '\n');
	for (i = 0; i < lines.count; i++) {
		r = read_line(c, lines.items[i], err);
		if (r < 0)
			return error_wrap(err, "%s:%zu", path, i + 1);
	}
	return 0;
}

/* -ENOENT when there is no such file. */
static int
read_file(struct conf *c, const char *path, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	buf_init(&text, FILE_MAX);
	r = fs_read_file(AT_FDCWD, path, FILE_MAX, &text, err);
	if (r < 0)
		return r;
	return read_text(c, path, &text, err);
}

static int
read_files(struct conf *c, struct error *err)
{
	const char *named = getenv("SLIPWAY_CONFIG");
	autofree char *dir = NULL;
	autofree char *path = NULL;
	int r;

	if (named && *named)
		return read_file(c, named, err);
	dir = conf_xdg_path("CONFIG");
	path = path_join(dir, "slipway.conf");
	r = read_file(c, path, err);
	if (r == -ENOENT) {
		error_release(err);
		r = read_file(c, SLIPWAY_SYSCONF "/slipway.conf", err);
	}
	if (r == -ENOENT) {
		error_release(err);
		r = 0;
	}
	return r;
}

int
conf_load(struct conf **ret, struct error *err)
{
	cleanup(conf_free) struct conf *c = NULL;
	autoerror local = { 0 };
	int r;

	c = mem_zalloc(sizeof(*c));
	c->options = map_new(free);
	c->environment = map_new(free);
	c->file = map_new(free);
	read_environment(c);
	r = read_files(c, &local);
	if (r < 0) {
		error_kind(&local, ERROR_REQUEST);
		return error_move(err, &local);
	}
	*ret = take_ptr(&c);
	return 0;
}

struct conf *
conf_free(struct conf *c)
{
	if (!c)
		return NULL;
	map_free(c->options);
	map_free(c->environment);
	map_free(c->file);
	free(c);
	return NULL;
}

void
conf_set(struct conf *c, const char *name, const char *value)
{
	if (value)
		map_set(c->options, name, mem_strdup(value));
}

const char *
conf_get(const struct conf *c, const char *name)
{
	const struct map *const maps[] = { c->options, c->environment,
		c->file };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(maps); i++)
		if (map_has(maps[i], name))
			return map_get(maps[i], name);
	return NULL;
}

/* $HOME, else the password file's word; NULL when there is none. */
static char *
home_path(void)
{
	const char *home = getenv("HOME");
	const struct passwd *entry;

	if (home && *home == '/')
		return mem_strdup(home);
	entry = getpwuid(getuid());
	if (entry && entry->pw_dir && *entry->pw_dir == '/')
		return mem_strdup(entry->pw_dir);
	return NULL;
}

static const struct {
	const char *which;
	const char *variable;
	const char *below_home;
} bases[] = {
	{ "CACHE", "XDG_CACHE_HOME", ".cache" },
	{ "CONFIG", "XDG_CONFIG_HOME", ".config" },
	{ "DATA", "XDG_DATA_HOME", ".local/share" },
	{ "STATE", "XDG_STATE_HOME", ".local/state" },
};

static char *
base_path(const char *variable, const char *below_home)
{
	const char *value = getenv(variable);
	autofree char *home = NULL;

	/* The XDG specification: a relative path is invalid, ignore it. */
	if (value && *value == '/')
		return mem_strdup(value);
	home = home_path();
	if (!home)
		return mem_printf("/var/tmp/slipway-%u", (unsigned)getuid());
	return path_join(home, below_home);
}

char *
conf_xdg_path(const char *which)
{
	autofree char *base = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bases) - 1; i++)
		if (strcmp(bases[i].which, which) == 0)
			break;
	base = base_path(bases[i].variable, bases[i].below_home);
	return path_join(base, "slipway");
}

char *
conf_store_path(const struct conf *c)
{
	const char *root = conf_get(c, "root");

	return root ? path_clean(root) : conf_xdg_path("DATA");
}

char *
conf_libexec_path(void)
{
	const char *named = getenv("SLIPWAY_LIBEXEC");
	autofree char *dir = NULL;
	autofree char *helper = NULL;
	char self[PATH_MAX];
	ssize_t len;

	if (named && *named)
		return mem_strdup(named);
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (len <= 0)
		return mem_strdup(SLIPWAY_LIBEXEC);
	self[len] = '\0';
	dir = path_dir(self);
	helper = path_join(dir, "slipway-net");
	if (access(helper, X_OK) == 0)
		return take_ptr(&dir);
	return mem_strdup(SLIPWAY_LIBEXEC);
}
