/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/action.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runner/action-words.h"
#include "util/csv.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"

int
action_complain(const struct error *err)
{
	(void)dprintf(STDERR_FILENO, "slipway: %s\n", err->text);
	if (err->hint)
		(void)dprintf(STDERR_FILENO, "hint: %s\n", err->hint);
	return error_exit_status(err);
}

static void
begin_argv(const struct action *s, struct strv *ret)
{
	strv_add(ret, "slipway");
	strv_add_all(ret, s->context->global);
}

/* No error comes back from an exec that succeeds. */
int
action_become(const struct action *s, const struct strv *argv)
{
	autoerror err = { 0 };

	(void)execv(s->context->program, strv_view(argv));
	(void)error_errno(&err, "cannot start '%s'", s->context->program);
	return action_complain(&err);
}

int
action_become_slipway(const struct action *s, const struct strv *words)
{
	cleanup_value(strv_release) struct strv argv = { 0 };

	begin_argv(s, &argv);
	strv_add_all(&argv, words);
	return action_become(s, &argv);
}

static void
add_option(struct strv *argv, const char *option, const char *value)
{
	if (!value || !*value)
		return;
	strv_add(argv, option);
	strv_add(argv, value);
}

/* A field of --mount, whose value may have any byte: as CSV has it. */
static void
add_field(struct buf *text, const char *name, const char *value)
{
	buf_adds(text, ",\"");
	buf_adds(text, name);
	buf_addc(text, '=');
	for (; *value; value++)
		buf_adds(text, (const char[]){ *value, *value == '"' ? '"' : '\0', '\0' });
	buf_addc(text, '"');
}

/* A directory of the host's whole, or what is below it and stays there. */
static void
add_bind(struct strv *argv, const char *source, const char *below,
	const char *target, bool read_only)
{
	cleanup_value(buf_release) struct buf text = { 0 };

	buf_init(&text, KiB(64));
	buf_adds(&text, "type=bind");
	add_field(&text, "source", source);
	if (*below)
		add_field(&text, "bind-subpath", below);
	add_field(&text, "target", target);
	if (read_only)
		buf_adds(&text, ",readonly");
	add_option(argv, "--mount", buf_text(&text));
}

static int
bad_volume(const char *text, const char *why, struct error *err)
{
	error_set(err, EINVAL, "volume '%s': %s", text, why);
	error_hint(err, "use a path below " STEP_WORKSPACE
		", or a volume of the task");
	return error_kind(err, ERROR_REQUEST);
}

/* As docker run has it: several, with commas; "z" and "Z" are labels that
 * nothing here needs. */
static bool
parse_volume_mode(const char *text, bool *ret_read_only)
{
	static const char *const harmless[] = { "rw", "z", "Z" };
	cleanup_value(strv_release) struct strv words = { 0 };
	size_t i, k;

	strv_split(&words, text, ',');
	for (i = 0; i < words.count; i++) {
		for (k = 0; k < ARRAY_SIZE(harmless); k++)
			if (strcmp(words.items[i], harmless[k]) == 0)
				break;
		if (strcmp(words.items[i], "ro") == 0)
			*ret_read_only = true;
		else if (k == ARRAY_SIZE(harmless))
			return false;
	}
	return true;
}

/* SOURCE:TARGET[:ro] of docker run, where SOURCE is in the workspace. */
static int
add_volume(const struct action *s, const char *text, struct strv *argv,
	struct error *err)
{
	cleanup_value(strv_release) struct strv parts = { 0 };
	autofree char *here = path_resolve(STEP_WORKSPACE, s->place->directory);
	autofree char *source = NULL;
	bool read_only = false;

	strv_split(&parts, text, ':');
	if (parts.count < 2 || parts.count > 3 || *parts.items[1] != '/')
		return bad_volume(text, "not SOURCE:/TARGET[:ro]", err);
	if (parts.count == 3 && !parse_volume_mode(parts.items[2], &read_only))
		return bad_volume(text, "the mode is not ro, rw, z or Z", err);
	source = path_resolve(here, parts.items[0]);
	if (!path_is_below(source, STEP_WORKSPACE))
		return bad_volume(text, "not in the workspace", err);
	add_bind(argv, s->context->workspace,
		source + strlen(STEP_WORKSPACE) +
			(source[strlen(STEP_WORKSPACE)] == '/'),
		parts.items[1], read_only);
	return 0;
}

/* What a field of --mount is called, and whether it has a value. */
struct mount_words {
	const char *type, *source, *target;
	bool read_only;
};

/* The last of several names that mean the same counts, as for docker. */
static bool
read_mount_field(const char *field, struct mount_words *ret)
{
	const struct {
		const char *name;
		const char **place;
	} names[] = {
		{ "type=", &ret->type },
		{ "source=", &ret->source },
		{ "src=", &ret->source },
		{ "target=", &ret->target },
		{ "dst=", &ret->target },
		{ "destination=", &ret->target },
	};

	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		size_t len = strlen(names[n].name);

		if (strncmp(field, names[n].name, len) != 0)
			continue;
		*names[n].place = field + len;
		return true;
	}
	if (strcmp(field, "ro") != 0 && strcmp(field, "readonly") != 0)
		return false;
	ret->read_only = true;
	return true;
}

/* A tmpfs, and in no field anything else. */
static bool
is_tmpfs(const struct strv *fields)
{
	static const char *const known[] = { "type=tmpfs", "target=", "dst=",
		"destination=", "tmpfs-size=", "tmpfs-mode=" };

	for (size_t i = 0; i < fields->count; i++) {
		size_t k = 0;

		while (k < ARRAY_SIZE(known) &&
			strncmp(fields->items[i], known[k],
				strlen(known[k])) != 0)
			k++;
		if (k == ARRAY_SIZE(known))
			return false;
	}
	return strv_has(fields, "type=tmpfs");
}

/* --mount of docker run: a tmpfs as it is, a bind as a volume. Nothing that
 * names a place of the host goes on without having been looked at. */
static int
add_mount(const struct action *s, const char *text, struct strv *argv,
	struct error *err)
{
	cleanup_value(strv_release) struct strv fields = { 0 };
	struct mount_words w = { 0 };
	autofree char *volume = NULL;
	int r;

	r = csv_split(text, &fields, err);
	if (r < 0)
		return bad_volume(text, "not fields with commas between", err);
	if (is_tmpfs(&fields)) {
		add_option(argv, "--mount", text);
		return 0;
	}
	for (size_t n = 0; n < fields.count; n++) {
		if (!read_mount_field(fields.items[n], &w))
			return bad_volume(text,
				"a field of it is not known here", err);
	}
	if (!w.type || strcmp(w.type, "bind") != 0)
		return bad_volume(text, "its type is not bind or tmpfs", err);
	if (!w.source || !w.target || strchr(w.source, ':') ||
		strchr(w.target, ':'))
		return bad_volume(text, "not source=...,target=/...", err);
	volume = mem_printf("%s:%s%s", w.source, w.target,
		w.read_only ? ":ro" : "");
	return add_volume(s, volume, argv, err);
}

static void
add_step(const struct step *s, struct strv *argv)
{
	autofree char *directory = step_inside_path(s);

	if (!s->disable_working_directory_override)
		add_option(argv, "--workdir", directory);
	add_option(argv, "--user", s->user);
	add_option(argv, "--entrypoint", s->entry_point);
	if (s->privileged)
		strv_add(argv, "--privileged");
	add_option(argv, "--cpus", s->cpus);
	if (s->memory_bytes)
		strv_addf(argv, "--memory=%" PRIu64, s->memory_bytes);
}

int
action_container_argv(const struct action *s, const struct flags *f,
	bool primary, struct strv *ret, struct error *err)
{
	size_t i;
	int r = 0;

	begin_argv(s, ret);
	strv_add(ret, "run");
	add_bind(ret, s->context->workspace, "", STEP_WORKSPACE, false);
	if (s->context->home)
		add_bind(ret, s->context->home, "", STEP_HOME, false);
	if (primary)
		add_step(s->step, ret);
	for (i = 0; r == 0 && i < f->volumes.count; i++)
		r = add_volume(s, f->volumes.items[i], ret, err);
	for (i = 0; r == 0 && i < f->mounts.count; i++)
		r = add_mount(s, f->mounts.items[i], ret, err);
	strv_add_all(ret, &f->forward);
	if (r == 0)
		strv_add_all(ret, &f->words);
	return r;
}

/* The step's, and over them the flags'. */
static void
make_env(const struct action *s, const struct flags *f, struct strv *ret)
{
	size_t i;

	if (s->context->home)
		strv_env_set(ret, "HOME", STEP_HOME);
	for (i = 0; i < s->step->env.count + f->env.count; i++) {
		const char *item = i < s->step->env.count
			? s->step->env.items[i]
			: f->env.items[i - s->step->env.count];
		size_t len = strcspn(item, "=");
		autofree char *name = mem_strndup(item, len);
		const char *value = item[len]
			? item + len + 1
			: strv_env_get(s->place->env, name);

		if (value)
			strv_env_set(ret, name, value);
	}
}

/* In memory, one variable after the other with a NUL between, as they may have
 * any other byte. Left open for the program that is to read it. */
static int
write_env(const struct strv *env, int *ret_fd, struct error *err)
{
	autoclose int fd = memfd_create("env", 0);
	size_t i;
	int r = 0;

	if (fd < 0)
		return error_errno(err, "cannot pass the environment");
	for (i = 0; r == 0 && i < env->count; i++)
		r = fs_write(
			fd, env->items[i], strlen(env->items[i]) + 1, err);
	if (r == 0)
		*ret_fd = take_fd(&fd);
	return r;
}

/* Files of the workspace, opened as such and left open for the program. */
static int
add_env_files(const struct action *s, struct flags *f, struct error *err)
{
	size_t i;
	int fd, r = 0;

	for (i = 0; r == 0 && i < f->env_files.count; i++) {
		r = shell_open(s->place, f->env_files.items[i], O_RDONLY, &fd,
			err);
		if (r == 0 && fcntl(fd, F_SETFD, 0) < 0)
			r = error_errno(err, "cannot pass a file");
		if (r == 0)
			strv_addf(&f->forward,
				"--env-file=/proc/self/fd/%d", fd);
	}
	return r;
}

int
action_pass_env(const struct action *s, struct flags *f, struct error *err)
{
	cleanup_value(strv_release) struct strv env = { 0 };
	int fd = -1, r;

	make_env(s, f, &env);
	r = add_env_files(s, f, err);
	if (r == 0)
		r = write_env(&env, &fd, err);
	if (r == 0)
		strv_addf(&f->forward, "--env-file=/proc/self/fd/%d", fd);
	return r;
}
