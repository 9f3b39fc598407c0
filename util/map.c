/* SPDX-License-Identifier: Apache-2.0 */
#include "util/map.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

/* A balanced tree: names come from strangers, and no choice of names makes a
 * tree slow as it makes a hash. */
struct map {
	void *root;
	size_t count;
	void (*release)(void *value);
};

struct map_entry {
	const char *name;	/* first: all that a key has */
	void *value;
	char own_name[];
};

static int
map_compare(const void *a, const void *b)
{
	const struct map_entry *one = a, *other = b;

	return strcmp(one->name, other->name);
}

static struct map_entry *
map_new_entry(const char *name)
{
	size_t size = strlen(name) + 1;
	struct map_entry *e = mem_zalloc(sizeof(*e) + size);

	memcpy(e->own_name, name, size);
	e->name = e->own_name;
	return e;
}

static struct map_entry *
map_find(const struct map *m, const char *name)
{
	struct map_entry key = { .name = name };
	struct map_entry *const *node = tfind(&key, &m->root, map_compare);

	return node ? *node : NULL;
}

static void
map_release_value(struct map *m, void *value)
{
	if (m->release && value)
		m->release(value);
}

struct map *
map_new(void (*release)(void *value))
{
	struct map *m = mem_zalloc(sizeof(*m));

	m->release = release;
	return m;
}

struct map *
map_free(struct map *m)
{
	if (!m)
		return NULL;
	while (m->root) {
		struct map_entry *e = *(struct map_entry **)m->root;

		(void)tdelete(e, &m->root, map_compare);
		map_release_value(m, e->value);
		free(e);
	}
	free(m);
	return NULL;
}

void
map_set(struct map *m, const char *name, void *value)
{
	struct map_entry *e = map_find(m, name);

	if (e) {
		if (e->value != value)
			map_release_value(m, e->value);
		e->value = value;
		return;
	}
	e = map_new_entry(name);
	e->value = value;
	if (!tsearch(e, &m->root, map_compare))
		abort(); /* out of memory, as mem_alloc() ends it */
	m->count++;
}

void *
map_get(const struct map *m, const char *name)
{
	struct map_entry *e = map_find(m, name);

	return e ? e->value : NULL;
}

bool
map_has(const struct map *m, const char *name)
{
	return map_find(m, name) != NULL;
}

void
map_remove(struct map *m, const char *name)
{
	struct map_entry *e = map_find(m, name);

	if (!e)
		return;
	(void)tdelete(e, &m->root, map_compare);
	m->count--;
	map_release_value(m, e->value);
	free(e);
}

size_t
map_count(const struct map *m)
{
	return m->count;
}

struct name_list {
	const char **names;
	size_t count;
};

static void
map_add_name(const void *node, VISIT visit, void *context)
{
	const struct map_entry *e = *(struct map_entry *const *)node;
	struct name_list *list = context;

	if (visit == postorder || visit == leaf)
		list->names[list->count++] = e->name;
}

const char **
map_names(const struct map *m)
{
	struct name_list list = { 0 };

	list.names = mem_array(m->count + 1, sizeof(*list.names));
	twalk_r(m->root, map_add_name, &list);
	return list.names;
}
