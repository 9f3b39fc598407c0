/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/named-context.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "oci/ref.h"
#include "util/mem.h"
#include "util/scope.h"

#define COUNT_MAX 1000

static void
release(struct named_context *c)
{
	free(c->name);
	free(c->key);
	free(c->value);
	free(c->image);
	context_free(c->context);
	*c = (struct named_context){ 0 };
}

void
named_contexts_release(struct named_contexts *n)
{
	for (size_t i = 0; i < n->count; i++)
		release(&n->items[i]);
	free(n->items);
	*n = (struct named_contexts){ 0 };
}

/* A reference in full, what is none in lower case. */
static char *
key_of(const char *name)
{
	autofree char *lower = mem_strdup(name);
	autoref ref = { 0 };

	for (char *c = lower; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	if (ref_parse(name, &ref, NULL) == 0 ||
		ref_parse(lower, &ref, NULL) == 0)
		return ref_format(&ref);
	return take_ptr(&lower);
}

/* What can stand as one word in a Dockerfile. */
static int
check_name(const char *name, struct error *err)
{
	for (const char *c = name; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f || strchr("$\"'", *c))
			return error_set(err, EINVAL,
				"'%s' is no name that a Dockerfile can use",
				name);
	if (*name && strcasecmp(name, "scratch") != 0)
		return 0;
	return error_set(err, EINVAL, "'%s' is no name for a context", name);
}

static void
read_value(struct named_context *c, const char *value)
{
	static const struct {
		const char *prefix;
		enum named_kind kind;
	} kinds[] = {
		{ "docker-image://", NAMED_IMAGE },
		{ "oci-layout://", NAMED_LAYOUT },
		{ "target:", NAMED_STAGE },
	};

	c->kind = NAMED_FILES;
	for (size_t n = 0; n < ARRAY_SIZE(kinds); n++) {
		size_t len = strlen(kinds[n].prefix);

		if (strncmp(value, kinds[n].prefix, len) != 0)
			continue;
		c->kind = kinds[n].kind;
		value += len;
		break;
	}
	c->value = mem_strdup(value);
	if (c->kind == NAMED_IMAGE)
		c->image = mem_strdup(value);
}

static int
parse(const char *text, struct named_context *c, struct error *err)
{
	size_t len = strcspn(text, "=");
	autofree char *name = mem_strndup(text, len);
	char *platform = strstr(name, "::");
	int r = 0;

	if (!text[len] || !text[len + 1])
		return error_set(err, EINVAL, "it is not NAME=VALUE");
	if (platform) {
		*platform = '\0';
		r = platform_parse(platform + 2, &c->platform, err);
		c->has_platform = true;
	}
	if (r == 0)
		r = check_name(name, err);
	if (r < 0)
		return r;
	c->name = take_ptr(&name);
	c->key = key_of(c->name);
	read_value(c, text + len + 1);
	if (c->kind != NAMED_FILES || strcmp(c->value, "-") != 0)
		return 0;
	return error_set(err, EINVAL,
		"standard input is only for the main context");
}

int
named_contexts_parse(const struct strv *given, struct named_contexts *ret,
	struct error *err)
{
	cleanup_value(named_contexts_release) struct named_contexts n = { 0 };
	int r = 0;

	if (given->count > COUNT_MAX)
		r = error_set(err, E2BIG, "more than %d contexts", COUNT_MAX);
	n.items = mem_array(given->count + 1, sizeof(*n.items));
	for (size_t i = 0; r == 0 && i < given->count; i++) {
		r = parse(given->items[i], &n.items[n.count++], err);
		/* The value may be a URL with a password in it. */
		if (r < 0)
			(void)error_wrap(err, "--build-context %.*s",
				(int)strcspn(given->items[i], "="),
				given->items[i]);
	}
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	*ret = n;
	n = (struct named_contexts){ 0 };
	return 0;
}

const struct named_context *
named_contexts_find(const struct named_contexts *n, const char *name,
	const struct platform *p)
{
	const struct named_context *best = NULL;
	autofree char *key = NULL;

	if (!n || n->count == 0)
		return NULL;
	key = key_of(name);
	for (size_t i = 0; i < n->count; i++) {
		const struct named_context *c = &n->items[i];

		if (strcmp(c->key, key) != 0 ||
			(c->has_platform && !platform_equal(&c->platform, p)))
			continue;
		if (!best || c->has_platform || !best->has_platform)
			best = c;
	}
	return best;
}

int
named_contexts_save(struct named_contexts *n, struct error *err)
{
	int r = 0;

	for (size_t i = 0; n && r == 0 && i < n->count; i++)
		if (n->items[i].context)
			r = context_save(n->items[i].context, err);
	return r;
}

void
named_contexts_inherit(struct named_contexts *n)
{
	for (size_t i = 0; n && i < n->count; i++)
		if (n->items[i].context)
			context_inherit(n->items[i].context);
}
