/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/source-flags.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder/args.h"
#include "oci/commands.h"
#include "util/fs.h"
#include "util/mem.h"

#define ARG_FILE_MAX MiB(1)

/* What our environment says of proxies is given, too: programs of a RUN may
 * reach nothing without. It is no part of an image, a key or a history. */
static void
add_proxies(struct strv *ret)
{
	for (char **item = environ; *item; item++) {
		autofree char *name = mem_strndup(*item, strcspn(*item, "="));

		if (args_is_proxy(name) && !strv_env_get(ret, name))
			strv_add(ret, *item);
	}
}

static void
add_argument(struct strv *ret, const char *item)
{
	const char *value = strchr(item, '=') ? NULL : getenv(item);

	if (strchr(item, '='))
		strv_add(ret, item);
	else if (value)
		strv_addf(ret, "%s=%s", item, value);
}

/* A line each; blank ones and those that begin with '#' say nothing. */
static int
read_file(const char *path, struct strv *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup_value(strv_release) struct strv lines = { 0 };
	int r;

	r = fs_read_file(AT_FDCWD, path, ARG_FILE_MAX, &text, err);
	if (r < 0) {
		(void)error_wrap(err, "--build-arg-file '%s'", path);
		return error_kind(err, ERROR_LOCAL);
	}
	strv_split(&lines, buf_text(&text), '\n');
	for (size_t n = 0; n < lines.count; n++) {
		const char *line = lines.items[n];

		line += strspn(line, " \t");
		if (*line && *line != '#')
			add_argument(ret, line);
	}
	return 0;
}

int
source_flags_arguments(
	const struct source_flags *f, struct strv *ret, struct error *err)
{
	int r = 0;

	for (size_t n = 0; r == 0 && n < f->arg_files.count; n++)
		r = read_file(f->arg_files.items[n], ret, err);
	for (size_t n = 0; n < f->build_args.count; n++)
		add_argument(ret, f->build_args.items[n]);
	add_proxies(ret);
	return r;
}

static int
add_platform(struct source_flags *f, const char *text, struct error *err)
{
	struct platform p;

	if (command_platform(text, &p, err) < 0)
		return error_kind(err, ERROR_REQUEST);
	/* Said twice is meant once. */
	for (size_t n = 0; n < f->platform_count; n++) {
		if (platform_equal(&p, &f->platforms[n]))
			return 0;
	}
	f->platforms = mem_resize(
		f->platforms, f->platform_count + 1, sizeof(*f->platforms));
	f->platforms[f->platform_count++] = p;
	return 0;
}

/* The host's, with what --os, --arch and --variant change. */
static char *
usual_platform(const struct source_flags *f)
{
	struct platform host;
	const char *variant = f->variant;

	platform_host(&host);
	if (!variant && !f->arch)
		variant = host.variant;
	return mem_printf("%s/%s%s%s", f->os ? f->os : host.os,
		f->arch ? f->arch : host.arch, variant && *variant ? "/" : "",
		variant ? variant : "");
}

/* "a,b" and several options are the same; else what the environment says, else
 * the host's. */
static int
read_platforms(struct source_flags *f, struct error *err)
{
	cleanup_value(strv_release) struct strv list = { 0 };
	const char *usual = getenv("DOCKER_DEFAULT_PLATFORM");
	int r = 0;

	for (size_t n = 0; n < f->platform_texts.count; n++)
		strv_split(&list, f->platform_texts.items[n], ',');
	if (!list.count && usual && *usual)
		strv_split(&list, usual, ',');
	if (!list.count)
		strv_take(&list, usual_platform(f));
	for (size_t n = 0; r == 0 && n < list.count; n++)
		r = add_platform(f, list.items[n], err);
	return r;
}

static bool
is_true(const char *text)
{
	return text && *text && strcmp(text, "0") != 0 &&
		strcmp(text, "false") != 0;
}

int
source_flags_read(
	struct source_flags *f, struct build_options *ret, struct error *err)
{
	int r;

	ret->file = f->file;
	ret->ignore_file = f->ignore_file;
	ret->contexts = &f->contexts;
	ret->ignore_remote = f->ignore_remote;
	ret->own_agent = getenv("SSH_AUTH_SOCK");
	ret->target = f->target;
	ret->ignores_syntax = f->ignore_syntax;
	ret->is_locked = f->locked;
	ret->from = f->from;
	ret->output.wants_index = is_true(
		strv_env_get(ret->build_args, "BUILDKIT_MULTI_PLATFORM"));
	r = read_platforms(f, err);
	ret->platforms = f->platforms;
	ret->platform_count = f->platform_count;
	return r;
}

int
source_flags_call(
	const struct source_flags *f, struct call *ret, struct error *err)
{
	*ret = (struct call){ .method = f->check ? CALL_CHECK : CALL_BUILD };
	return f->call ? call_parse(f->call, ret, err) : 0;
}

void
source_flags_release(struct source_flags *f)
{
	strv_release(&f->build_args);
	strv_release(&f->contexts);
	strv_release(&f->arg_files);
	strv_release(&f->platform_texts);
	free(f->platforms);
	*f = (struct source_flags){ 0 };
}
