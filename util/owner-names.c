/* SPDX-License-Identifier: Apache-2.0 */
/* The records of a directory's links, pipes and sockets, as one list. */
#include "util/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"
#include "util/strv.h"

/* Stands for all that have no item of their own; no file is called so. */
#define DEFAULT ""
#define NAMES_MAX 1000000

/* The item of `name`: where it begins and, with its NUL, how long it is. */
static const char *
find_item(const char *list, size_t len, const char *name, size_t *ret_len)
{
	const char *item, *end, *slash;

	for (item = list; item < list + len; item = end + 1) {
		end = memchr(item, '\0', (size_t)(list + len - item));
		if (!end)
			return NULL;
		slash = memchr(item, '/', (size_t)(end - item));
		if (!slash || strcmp(slash + 1, name) != 0)
			continue;
		*ret_len = (size_t)(end - item) + 1;
		return item;
	}
	return NULL;
}

int
owner_names_find(const char *list, size_t len, const char *name,
	struct owner *ret)
{
	size_t item_len;
	const char *item;

	item = len ? find_item(list, len, name, &item_len) : NULL;
	if (!item && len)
		item = find_item(list, len, DEFAULT, &item_len);
	if (!item)
		return 0;
	return owner_parse(item, strcspn(item, "/"), ret) == 0;
}

static void
remove_item(struct buf *list, const char *name)
{
	size_t at, item_len;
	const char *item;

	item = list->len ? find_item(list->data, list->len, name, &item_len) :
			   NULL;
	if (!item)
		return;
	at = (size_t)(item - list->data);
	memmove(list->data + at, item + item_len, list->len - at - item_len);
	list->len -= item_len;
}

static void
add_item(struct buf *list, const char *name, const struct owner *o)
{
	char text[OWNER_TEXT_SIZE];

	buf_add(list, text, owner_format(o, text));
	buf_addc(list, '/');
	buf_add(list, name, strlen(name) + 1);
}

static bool
is_same(const struct owner *a, const struct owner *b)
{
	return a->uid == b->uid && a->gid == b->gid && a->type == b->type &&
		a->major == b->major && a->minor == b->minor;
}

void
owner_names_set(struct buf *list, const char *name, const struct owner *o)
{
	static const struct owner root = { 0 };
	const struct owner *want = o ? o : &root;
	struct owner now = { 0 };

	remove_item(list, name);
	(void)owner_names_find(list->data, list->len, name, &now);
	if (!is_same(&now, want))
		add_item(list, name, want);
}

/* A link, pipe or socket in the directory, and whose it is. */
struct named {
	char *name;
	struct owner owner;
};

struct nameds {
	struct named *items;
	size_t count;
};

static void
nameds_release(struct nameds *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->items[i].name);
	free(n->items);
}

static bool
is_listed(int dir_fd, const char *name)
{
	struct stat st;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	return S_ISLNK(st.st_mode) || S_ISFIFO(st.st_mode) ||
		S_ISSOCK(st.st_mode);
}

static int
collect(const struct buf *list, int dir_fd, struct nameds *n)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	struct named *item;
	int r;

	r = fs_list(dir_fd, NAMES_MAX, &names, NULL);
	if (r < 0)
		return r;
	n->items = mem_zalloc((names.count + 1) * sizeof(*n->items));
	for (size_t i = 0; i < names.count; i++) {
		if (!is_listed(dir_fd, names.items[i]))
			continue;
		item = &n->items[n->count++];
		item->name = mem_strdup(names.items[i]);
		(void)owner_names_find(list->data, list->len, item->name,
			&item->owner);
	}
	return 0;
}

/* Whose most of them are. */
static struct owner
find_most(const struct nameds *n)
{
	size_t best = 0, count;
	struct owner most = { 0 };

	/* Whoever has more than half is among the first ones tried, nearly
	 * always; others are not worth it. */
	for (size_t i = 0; i < n->count && i < 64; i++) {
		count = 0;
		for (size_t k = 0; k < n->count; k++)
			count += is_same(&n->items[k].owner,
				&n->items[i].owner);
		if (count <= best)
			continue;
		best = count;
		most = n->items[i].owner;
	}
	return most;
}

int
owner_names_shorten(struct buf *list, int dir_fd)
{
	cleanup_value(nameds_release) struct nameds n = { 0 };
	struct owner most;
	int r;

	r = collect(list, dir_fd, &n);
	if (r < 0)
		return r;
	most = find_most(&n);
	buf_reset(list);
	if (!is_same(&most, &(const struct owner){ 0 }))
		add_item(list, DEFAULT, &most);
	for (size_t i = 0; i < n.count; i++)
		if (!is_same(&n.items[i].owner, &most))
			add_item(list, n.items[i].name, &n.items[i].owner);
	return 0;
}
