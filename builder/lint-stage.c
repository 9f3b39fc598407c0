/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about stages and what they stand on. */
#include "builder/lint-rule.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "oci/config.h"
#include "oci/ref.h"
#include "util/cli.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/scope.h"

#define URL(name) "https://docs.docker.com/go/dockerfile/rule/" name "/"

static const struct stage *
stage_of(const struct lint *l, size_t number)
{
	return &l->file->stages[number];
}

static void
lower_name(struct lint *l, size_t number)
{
	const struct instr *from = &stage_of(l, number)->from;
	const char *name = from->args.count > 2 ? from->args.items[2] : "";

	for (const char *p = name; *p; p++) {
		if (!isupper((unsigned char)*p))
			continue;
		lint_find(l, from, name, "Stage name '%s' should be lowercase",
			name);
		return;
	}
}

static void
unique_name(struct lint *l, size_t number)
{
	const struct stage *s = stage_of(l, number);

	for (size_t n = 0; s->name && n < number; n++) {
		const char *other = stage_of(l, n)->name;

		if (!other || strcmp(other, s->name) != 0)
			continue;
		lint_find(l, &s->from, s->from.args.items[2],
			"Duplicate stage name \"%s\", stage names should be unique",
			s->name);
		return;
	}
}

static void
reserved_name(struct lint *l, size_t number)
{
	const struct stage *s = stage_of(l, number);

	if (s->name &&
		(strcmp(s->name, "scratch") == 0 ||
			strcmp(s->name, "context") == 0))
		lint_find(l, &s->from, s->from.args.items[2],
			"Stage name should not use the same name as reserved stage \"%s\"",
			s->name);
}

/* The known name nearest to one that is not, as "(did you mean X?)"; yours. */
static char *
suggest(const struct lint *l, const char *name)
{
	const struct strv *known = &l->in->args->globals;
	cleanup_value(strv_release) struct strv names = { 0 };
	const char *near;

	for (size_t n = 0; n < known->count; n++)
		strv_take(&names,
			mem_strndup(known->items[n],
				strcspn(known->items[n], "=")));
	near = cli_nearest(
		name, (const char *const *)strv_view(&names), names.count);
	return near ? mem_printf(" (did you mean %s?)", near) : mem_strdup("");
}

static bool
is_declared(const struct lint *l, const char *name)
{
	size_t len = strlen(name);

	for (size_t n = 0; n < l->file->global_count; n++) {
		const struct strv *args = &l->file->global_args[n].args;

		for (size_t w = 0; w < args->count; w++) {
			const char *end = args->items[w] + len;

			if (strncmp(args->items[w], name, len) == 0 &&
				(*end == '\0' || *end == '='))
				return true;
		}
	}
	return false;
}

static void
declared_args(struct lint *l, size_t number)
{
	const struct stage *s = stage_of(l, number);
	cleanup_value(strv_release) struct strv unset = { 0 };

	free(lint_expand_global(l, s->base, &unset));
	if (s->platform)
		free(lint_expand_global(l, s->platform, &unset));
	for (size_t n = 0; n < unset.count; n++) {
		autofree char *near = suggest(l, unset.items[n]);

		if (!is_declared(l, unset.items[n]))
			lint_find(l, &s->from, unset.items[n],
				"FROM argument '%s' is not declared%s",
				unset.items[n], near);
	}
}

/* The ARGs before the first FROM as they are when nobody gives any. */
static void
fill_defaults(const struct lint *l, struct args *ret)
{
	const struct dockerfile *d = l->file;
	struct platform host;

	platform_host(&host);
	args_set_platforms(ret, l->in->platform, &host,
		d->stages[d->stage_count - 1].name);
	(void)args_read_globals(ret, d, NULL);
}

static bool
is_base_name(const char *text)
{
	autoref ref = { 0 };
	uint64_t size = strlen(text);

	return strcmp(text, "scratch") == 0 || size == 64 ||
		ref_parse(text, &ref, NULL) == 0;
}

static void
default_args(struct lint *l, size_t number)
{
	const struct stage *s = stage_of(l, number);
	cleanup_value(args_release) struct args defaults = { 0 };
	const struct lint_input in = { .args = &defaults };
	const struct lint plain = { .in = &in, .file = l->file };
	autofree char *base = NULL;

	if (!strchr(s->base, '$'))
		return;
	fill_defaults(l, &defaults);
	base = lint_expand_global(&plain, s->base, NULL);
	if (!is_base_name(base))
		lint_find(l, &s->from, s->base,
			"Default value for ARG %s results in empty or invalid base image name",
			s->base);
}

static void
redundant_platform(struct lint *l, size_t number)
{
	const struct stage *s = stage_of(l, number);

	if (s->platform &&
		(strcmp(s->platform, "$TARGETPLATFORM") == 0 ||
			strcmp(s->platform, "${TARGETPLATFORM}") == 0))
		lint_find(l, &s->from, s->platform,
			"Setting platform to predefined %s in FROM is redundant as this is the default behavior",
			s->platform);
}

/* A stage whose name says which platform it is for may be for that alone. */
static bool
names_platform(const struct stage *s)
{
	struct platform p;

	if (!s->name || platform_parse(s->platform, &p, NULL) < 0)
		return false;
	return strstr(s->name, p.os) || (p.arch[0] && strstr(s->name, p.arch));
}

static void
constant_platform(struct lint *l, size_t number)
{
	const struct stage *s = stage_of(l, number);

	if (s->platform && !strchr(s->platform, '$') && !names_platform(s))
		lint_find(l, &s->from, s->platform,
			"FROM --platform flag should not use constant value \"%s\"",
			s->platform);
}

static int
read_platform(const struct image *image, struct platform *ret)
{
	const struct config *c = image_config(image);

	return platform_from_words(config_get_top(c, "os"),
		config_get_top(c, "architecture"), config_get_top(c, "variant"),
		ret, NULL);
}

static void
base_platform(struct lint *l, size_t number)
{
	const struct stage *s = stage_of(l, number);
	const struct image *image = l->in->bases ? l->in->bases[number] : NULL;
	struct platform want = *l->in->platform, have;
	autofree char *text = NULL;
	autofree char *wanted = NULL, *had = NULL;

	if (s->platform)
		text = lint_expand_global(l, s->platform, NULL);
	if (!image || read_platform(image, &have) < 0 ||
		(text && platform_parse(text, &want, NULL) < 0) ||
		platform_match(&want, &have) > 0)
		return;
	wanted = platform_format(&want);
	had = platform_format(&have);
	lint_find(l, &s->from, s->base,
		"Base image %s was pulled with platform \"%s\", expected \"%s\" for current build",
		s->base, had, wanted);
}

/* Does a later stage stand on stage `number`, or read files of it? A name in a
 * place that cannot be expanded yet counts for every stage. */
static bool
is_named_by(const struct lint *l, size_t number, const char *from)
{
	autofree char *text = lint_expand_global(l, from, NULL);
	uint64_t n;

	return num_parse(text, UINT32_MAX, &n, NULL) == 0 ? n == number
							  : *text == '\0';
}

static bool
is_read_by(const struct lint *l, size_t number, const struct instr *i)
{
	cleanup_value(strv_release) struct strv froms = { 0 };
	cleanup_value(strv_release) struct strv mounts = { 0 };

	if (i->kind == INSTR_ONBUILD)
		return true;
	instr_flag_list(i, "from", &froms);
	for (size_t n = 0; n < froms.count; n++) {
		if (is_named_by(l, number, froms.items[n]))
			return true;
	}
	instr_flag_list(i, "mount", &mounts);
	for (size_t n = 0; n < mounts.count; n++) {
		const char *from = strstr(mounts.items[n], "from=");
		autofree char *name = from
			? mem_strndup(from + 5, strcspn(from + 5, ","))
			: NULL;

		if (name && is_named_by(l, number, name))
			return true;
	}
	return false;
}

/* A stage with a name may be somebody's --target; one without can only be
 * reached by its number. */
static void
unused_stage(struct lint *l, size_t number)
{
	const struct stage *s = stage_of(l, number);

	if (s->name || number + 1 == l->file->stage_count)
		return;
	for (size_t n = number + 1; n < l->file->stage_count; n++) {
		for (size_t i = 0; i < stage_of(l, n)->count; i++) {
			if (is_read_by(l, number, &stage_of(l, n)->instrs[i]))
				return;
		}
	}
	lint_find(l, &s->from, NULL,
		"Stage %zu has no name and no later stage uses it", number);
}

static void
pinned_base(struct lint *l, size_t number)
{
	const struct stage *s = stage_of(l, number);
	autofree char *base = lint_expand_global(l, s->base, NULL);

	if (strcmp(base, "scratch") != 0 && l->base_stages[number] < 0 &&
		!strstr(base, "@sha256:"))
		lint_find(l, &s->from, s->base,
			"Base image %s is not pinned to a digest", base);
}

const struct lint_rule lint_stage_rules[] = {
	{ { "StageNameCasing", "Stage names should be lowercase",
		  URL("stage-name-casing") },
		.stage = lower_name },
	{ { "DuplicateStageName", "Stage names should be unique",
		  URL("duplicate-stage-name") },
		.stage = unique_name },
	{ { "ReservedStageName",
		  "Reserved words should not be used as stage names",
		  URL("reserved-stage-name") },
		.stage = reserved_name },
	{ { "UndefinedArgInFrom", "FROM command must use declared ARGs",
		  URL("undefined-arg-in-from") },
		.stage = declared_args },
	{ { "InvalidDefaultArgInFrom",
		  "Default value for global ARG results in an empty or invalid base image name",
		  URL("invalid-default-arg-in-from") },
		.stage = default_args },
	{ { "RedundantTargetPlatform",
		  "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
		  URL("redundant-target-platform") },
		.stage = redundant_platform },
	{ { "FromPlatformFlagConstDisallowed",
		  "FROM --platform flag should not use a constant value",
		  URL("from-platform-flag-const-disallowed") },
		.stage = constant_platform },
	{ { "InvalidBaseImagePlatform",
		  "Base image platform does not match expected target platform",
		  URL("invalid-base-image-platform") },
		.stage = base_platform },
	{ { "UnusedStage", "A stage that nothing can use is never built",
		  NULL },
		.stage = unused_stage },
	{ { "UnpinnedImage",
		  "A base image without a digest may be another one tomorrow",
		  NULL },
		.is_experimental = true, .stage = pinned_base },
	{ { 0 } },
};
