/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/subid.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/buf.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/scope.h"

#define FILE_MAX MiB(10)

uint64_t
subid_map_size(const struct subid_map *m)
{
	uint64_t size = 0;
	size_t i;

	for (i = 0; i < m->count; i++)
		size += m->extents[i].count;
	return size;
}

void
subid_map_format(const struct subid_map *m, char *ret, size_t size)
{
	const struct subid_extent *e;
	size_t i, used = 0;

	ret[0] = '\0';
	for (i = 0; i < m->count && used < size; i++) {
		e = &m->extents[i];
		used += (size_t)snprintf(ret + used, size - used,
			"%" PRIu32 " %" PRIu32 " %" PRIu32 "\n", e->inside,
			e->outside, e->count);
	}
}

void
subid_map_words(const struct subid_map *m, struct strv *ret)
{
	size_t i;

	for (i = 0; i < m->count; i++) {
		strv_addf(ret, "%" PRIu32, m->extents[i].inside);
		strv_addf(ret, "%" PRIu32, m->extents[i].outside);
		strv_addf(ret, "%" PRIu32, m->extents[i].count);
	}
}

void
subid_map_single(uint32_t own, struct subid_map *ret)
{
	*ret = (struct subid_map){ .count = 1 };
	ret->extents[0] = (struct subid_extent){ 0, own, 1 };
}

/* The kernel refuses a map that names an id twice. */
static bool
overlaps(const struct subid_map *m, uint64_t outside, uint64_t count)
{
	const struct subid_extent *e;
	size_t i;

	for (i = 0; i < m->count; i++) {
		e = &m->extents[i];
		if (outside < (uint64_t)e->outside + e->count &&
			e->outside < outside + count)
			return true;
	}
	return false;
}

static void
add(struct subid_map *m, uint64_t outside, uint64_t count)
{
	uint64_t inside = subid_map_size(m);

	/* 2^32-1 is no id, and a map that wraps around is refused whole. */
	if (m->count == SUBID_EXTENTS_MAX || count == 0 ||
		outside + count > UINT32_MAX ||
		inside + count > UINT32_MAX || overlaps(m, outside, count))
		return;
	m->extents[m->count++] = (struct subid_extent){
		(uint32_t)inside, (uint32_t)outside, (uint32_t)count,
	};
}

/* "name:start:count" */
static void
add_line(struct subid_map *m, const char *line, const char *user,
	const char *name)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	uint64_t start, count;

	strv_split(&words, line, ':');
	if (words.count != 3)
		return;
	if (strcmp(words.items[0], user) != 0 &&
		(!name || strcmp(words.items[0], name) != 0))
		return;
	if (num_parse(words.items[1], UINT32_MAX, &start, NULL) < 0 ||
		num_parse(words.items[2], UINT32_MAX, &count, NULL) < 0)
		return;
	add(m, start, count);
}

static int
read_lines(const char *path, struct strv *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	buf_init(&text, FILE_MAX);
	r = fs_read_file(AT_FDCWD, path, FILE_MAX, &text, err);
	if (r < 0)
		return r;
	strv_split(ret, buf_text(&text), '\n');
	return 0;
}

int
subid_map_range(const char *path, uid_t user, const char *name,
	uint32_t own, struct subid_map *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv lines = { 0 };
	struct subid_map m;
	char number[16];
	size_t i;
	int r;

	r = read_lines(path, &lines, err);
	if (r < 0)
		return r;
	(void)snprintf(number, sizeof(number), "%u", (unsigned)user);
	subid_map_single(own, &m);
	for (i = 0; i < lines.count; i++)
		add_line(&m, lines.items[i], number, name);
	if (m.count == 1)
		return error_set(err, ENOENT, "'%s' has no range for user '%s'",
			path, name ? name : number);
	*ret = m;
	return 0;
}

/* "         0       1000          1": inside, outside, count */
static bool
parse_extent(const char *line, struct subid_extent *ret)
{
	return sscanf(line, "%" SCNu32 " %" SCNu32 " %" SCNu32, &ret->inside,
		       &ret->outside, &ret->count) == 3;
}

int
subid_map_inherit(const char *path, struct subid_map *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv lines = { 0 };
	struct subid_map m = { 0 };
	struct subid_extent e;
	size_t i;
	int r;

	r = read_lines(path, &lines, err);
	if (r < 0)
		return r;
	for (i = 0; i < lines.count && m.count < SUBID_EXTENTS_MAX; i++) {
		if (!parse_extent(lines.items[i], &e))
			continue;
		e.outside = e.inside;
		m.extents[m.count++] = e;
	}
	*ret = m;
	return 0;
}
