/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/target.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

int
target_add(struct target *t, const struct tar_entry *e, int data_fd,
	struct error *err)
{
	return t->add(t, e, data_fd, err);
}

/* The next parent: up to the slash after `from`, or all of it. */
static size_t
next_end(const char *path, size_t from)
{
	const char *start = path + from;

	start += strspn(start, "/");
	return (size_t)(start - path) + strcspn(start, "/");
}

int
target_make_dirs(struct target *t, const struct place *p,
	const struct tar_entry *sample, struct error *err)
{
	size_t end = p->known, len = strlen(p->path);

	while (p->kind == PLACE_NOTHING && end < len) {
		struct tar_entry e = *sample;
		autofree char *path = NULL;
		int r;

		end = next_end(p->path, end);
		path = mem_strndup(p->path, end);
		e.kind = TAR_DIR;
		e.path = path;
		r = target_add(t, &e, -1, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int
target_finish(struct target *t, struct error *err)
{
	return t->finish(t, err);
}

struct target *
target_free(struct target *t)
{
	if (t)
		t->free(t);
	return NULL;
}
