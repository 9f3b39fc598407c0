/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/annotation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/strv.h"

#define ATTRIBUTE "annotation"

static const char *const levels[] = {
	[ANNOTATION_MANIFEST] = "manifest",
	[ANNOTATION_INDEX] = "index",
	[ANNOTATION_MANIFEST_DESCRIPTOR] = "manifest-descriptor",
	[ANNOTATION_INDEX_DESCRIPTOR] = "index-descriptor",
};

void
annotations_release(struct annotations *a)
{
	for (size_t n = 0; n < a->count; n++) {
		free(a->items[n].name);
		free(a->items[n].value);
	}
	free(a->items);
	*a = (struct annotations){ 0 };
}

static int
refuse(struct error *err, const char *format, const char *text)
{
	(void)error_set(err, EINVAL, format, text);
	return error_kind(err, ERROR_REQUEST);
}

static void
add(struct annotations *a, const struct annotation *where, const char *name,
	const char *value)
{
	struct annotation *new;

	a->items = mem_resize(a->items, a->count + 1, sizeof(*a->items));
	new = &a->items[a->count++];
	*new = *where;
	new->name = mem_strdup(name);
	new->value = mem_strdup(value);
}

static int
parse_level(const char *text, enum annotation_level *ret, struct error *err)
{
	for (size_t n = 0; n < ARRAY_SIZE(levels); n++) {
		if (strcmp(text, levels[n]) == 0) {
			*ret = (enum annotation_level)n;
			return 0;
		}
	}
	(void)refuse(err, "annotation level '%s' is not known", text);
	return error_hint(err,
		"levels are manifest, index, manifest-descriptor and index-descriptor");
}

/* "LEVEL" or "LEVEL[PLATFORM]" */
static int
parse_place(const char *text, struct annotation *ret, struct error *err)
{
	size_t len = strcspn(text, "[");
	autofree char *level = mem_strndup(text, len);
	autofree char *platform = NULL;
	int r;

	r = parse_level(level, &ret->level, err);
	if (r < 0 || !text[len])
		return r;
	platform = mem_strdup(text + len + 1);
	len = strlen(platform);
	if (len < 2 || platform[len - 1] != ']')
		return refuse(err, "'%s' does not end in ']'", text);
	platform[len - 1] = '\0';
	if (platform_parse(platform, &ret->platform, err) < 0)
		return error_kind(err, ERROR_REQUEST);
	ret->has_platform = true;
	return 0;
}

/* How long the levels are before a name, 0 when there are none: what has a dot
 * before its first colon is a name. */
static size_t
levels_length(const char *text)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyz-,[]/_0123456789";
	size_t len = strspn(text, allowed);

	return text[len] == ':' ? len : 0;
}

int
annotations_add(struct annotations *a, const char *text, struct error *err)
{
	size_t len = levels_length(text);
	autofree char *places =
		mem_strndup(len ? text : "manifest", len ? len : SIZE_MAX);
	cleanup_value(strv_release) struct strv list = { 0 };
	const char *pair = len ? text + len + 1 : text;
	const char *equals = strchr(pair, '=');
	autofree char *name = NULL;

	if (!equals || equals == pair)
		return refuse(
			err, "--annotation: '%s' is not NAME=VALUE", text);
	name = mem_strndup(pair, (size_t)(equals - pair));
	strv_split(&list, places, ',');
	for (size_t n = 0; n < list.count; n++) {
		struct annotation where = { 0 };

		if (parse_place(list.items[n], &where, err) < 0)
			return error_wrap(err, "--annotation");
		add(a, &where, name, equals + 1);
	}
	return 0;
}

int
annotations_add_attribute(struct annotations *a, const char *name,
	const char *value, struct error *err)
{
	const char *rest = name + strlen(ATTRIBUTE);
	const char *dot = strchr(name, ']');
	struct annotation where = { 0 };
	autofree char *place = NULL;

	dot = strchr(dot ? dot : name, '.');
	if (strncmp(name, ATTRIBUTE, strlen(ATTRIBUTE)) != 0 || !dot ||
		!dot[1] || !strchr("-[.", *rest))
		return refuse(err, "'%s' names no annotation", name);
	place = *rest == '-'
		? mem_strndup(rest + 1, (size_t)(dot - rest - 1))
		: mem_printf("manifest%.*s", (int)(dot - rest), rest);
	if (parse_place(place, &where, err) < 0)
		return error_wrap(err, "'%s'", name);
	add(a, &where, dot + 1, value);
	return 0;
}

struct json *
annotations_at(const struct annotations *a, enum annotation_level level,
	const struct platform *p)
{
	struct json *all = NULL;

	for (size_t n = 0; a && n < a->count; n++) {
		const struct annotation *i = &a->items[n];

		if (i->level != level)
			continue;
		if (p && i->has_platform && !platform_equal(p, &i->platform))
			continue;
		if (!all)
			all = json_new_object();
		json_set_text(all, i->name, i->value);
	}
	return all;
}

int
annotations_check(
	const struct annotations *a, bool has_index, struct error *err)
{
	for (size_t n = 0; a && !has_index && n < a->count; n++) {
		enum annotation_level level = a->items[n].level;

		if (level == ANNOTATION_INDEX ||
			level == ANNOTATION_INDEX_DESCRIPTOR) {
			(void)refuse(err,
				"annotation '%s' is for an index, and there is none",
				a->items[n].name);
			return error_hint(err,
				"an image of several platforms has one, or any with --build-arg BUILDKIT_MULTI_PLATFORM=1");
		}
	}
	return 0;
}
