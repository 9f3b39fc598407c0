/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/arena.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

struct piece {
	struct piece *next;
	max_align_t data[];
};

struct arena {
	struct piece *pieces;
	size_t used, max;
};

struct arena *
arena_new(size_t max_bytes)
{
	struct arena *a = mem_zalloc(sizeof(*a));

	a->max = max_bytes;
	return a;
}

struct arena *
arena_free(struct arena *a)
{
	struct piece *next;

	for (; a && a->pieces; a->pieces = next) {
		next = a->pieces->next;
		free(a->pieces);
	}
	free(a);
	return NULL;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	struct piece *p = mem_zalloc(sizeof(*p) + size);

	p->next = a->pieces;
	a->pieces = p;
	a->used += sizeof(*p) + size;
	return p->data;
}

char *
arena_strndup(struct arena *a, const char *text, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	memcpy(copy, text, len);
	return copy;
}

bool
arena_is_full(const struct arena *a)
{
	return a->used > a->max;
}
