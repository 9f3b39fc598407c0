/* SPDX-License-Identifier: Apache-2.0 */
#include "util/strv.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

void
strv_release(struct strv *v)
{
	for (size_t i = 0; i < v->count; i++)
		free(v->items[i]);
	free(v->items);
	*v = (struct strv){ 0 };
}

void
strv_take(struct strv *v, char *text)
{
	/* One more than the texts, for the NULL behind them. */
	if (v->count + 1 >= v->cap) {
		v->cap = v->cap ? v->cap * 2 : 8;
		v->items = mem_resize(v->items, v->cap, sizeof(*v->items));
	}
	v->items[v->count++] = text;
	v->items[v->count] = NULL;
}

void
strv_add(struct strv *v, const char *text)
{
	strv_take(v, mem_strdup(text));
}

void
strv_addf(struct strv *v, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	strv_take(v, mem_vprintf(format, args));
	va_end(args);
}

void
strv_add_all(struct strv *v, const struct strv *from)
{
	size_t count = from->count;

	for (size_t i = 0; i < count; i++)
		strv_add(v, from->items[i]);
}

void
strv_copy(struct strv *to, const struct strv *from)
{
	struct strv copy = { 0 };

	strv_add_all(&copy, from);
	strv_release(to);
	*to = copy;
}

void
strv_remove(struct strv *v, size_t index)
{
	free(v->items[index]);
	/* The NULL at the end moves along. */
	memmove(v->items + index, v->items + index + 1,
		(v->count - index) * sizeof(*v->items));
	v->count--;
}

bool
strv_has(const struct strv *v, const char *text)
{
	for (size_t i = 0; i < v->count; i++) {
		if (strcmp(v->items[i], text) == 0)
			return true;
	}
	return false;
}

bool
strv_equal(const struct strv *a, const struct strv *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	}
	return true;
}

static int
strv_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
strv_sort(struct strv *v)
{
	if (v->count > 1)
		qsort(v->items, v->count, sizeof(*v->items), strv_compare);
}

char *
strv_join(const struct strv *v, const char *between)
{
	size_t between_len = strlen(between), len = 1;
	char *text, *end;

	for (size_t i = 0; i < v->count; i++)
		len += strlen(v->items[i]) + between_len;
	text = end = mem_alloc(len);
	for (size_t i = 0; i < v->count; i++) {
		if (i)
			end = mempcpy(end, between, between_len);
		end = mempcpy(end, v->items[i], strlen(v->items[i]));
	}
	*end = '\0';
	return text;
}

void
strv_split(struct strv *v, const char *text, char at)
{
	const char *end;

	while ((end = strchr(text, at))) {
		strv_take(v, mem_strndup(text, (size_t)(end - text)));
		text = end + 1;
	}
	strv_add(v, text);
}

char *const *
strv_view(const struct strv *v)
{
	static char *const nothing[] = { NULL };

	return v->items ? v->items : nothing;
}

/* The item of NAME, or NULL. */
static char **
strv_env_find(const struct strv *v, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < v->count; i++) {
		if (strncmp(v->items[i], name, len) == 0 &&
			v->items[i][len] == '=')
			return &v->items[i];
	}
	return NULL;
}

void
strv_env_set(struct strv *v, const char *name, const char *value)
{
	char *item = mem_printf("%s=%s", name, value);
	char **place = strv_env_find(v, name);

	if (!place) {
		strv_take(v, item);
		return;
	}
	free(*place);
	*place = item;
}

const char *
strv_env_get(const struct strv *v, const char *name)
{
	char **place = strv_env_find(v, name);

	return place ? *place + strlen(name) + 1 : NULL;
}

void
strv_env_unset(struct strv *v, const char *name)
{
	char **place;

	while ((place = strv_env_find(v, name)))
		strv_remove(v, (size_t)(place - v->items));
}
