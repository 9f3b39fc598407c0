/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/names.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "util/buf.h"
#include "util/mem.h"
#include "util/scope.h"

#define CHUNK_BYTES KiB(32)

void
names_release(struct names *n)
{
	free(n->items);
	free(n->text);
	*n = (struct names){ 0 };
}

/* One type byte and a name with its NUL each. */
static size_t
add_chunk(struct buf *text, const char *chunk, size_t len)
{
	const struct dirent64 *d;
	size_t added = 0;

	for (size_t at = 0; at < len; at += d->d_reclen) {
		d = (const struct dirent64 *)(const void *)(chunk + at);
		if (strcmp(d->d_name, ".") == 0 ||
			strcmp(d->d_name, "..") == 0)
			continue;
		buf_addc(text, (char)d->d_type);
		buf_add(text, d->d_name, strlen(d->d_name) + 1);
		added++;
	}
	return added;
}

static int
by_text(const void *a, const void *b)
{
	const struct name *one = a, *other = b;

	return strcmp(one->text, other->text);
}

static void
sort_names(struct buf *text, size_t count, struct names *ret)
{
	const char *p;

	ret->items = mem_array(count > 0 ? count : 1, sizeof(*ret->items));
	ret->count = count;
	ret->text = buf_steal(text);
	p = ret->text;
	for (size_t i = 0; i < count; i++) {
		ret->items[i].type = (unsigned char)*p;
		ret->items[i].text = p + 1;
		p += strlen(p + 1) + 2;
	}
	qsort(ret->items, count, sizeof(*ret->items), by_text);
}

int
names_read(int dir_fd, struct names *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	_Alignas(struct dirent64) char chunk[CHUNK_BYTES];
	size_t count = 0;
	ssize_t n;

	buf_init(&text, (size_t)GiB(1));
	while ((n = getdents64(dir_fd, chunk, sizeof(chunk))) > 0)
		count += add_chunk(&text, chunk, (size_t)n);
	if (n < 0)
		return error_errno(err, "cannot read the directory");
	if (text.overflow)
		return error_set(err, E2BIG, "the directory holds too much");
	sort_names(&text, count, ret);
	return 0;
}
