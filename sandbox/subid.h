/* SPDX-License-Identifier: Apache-2.0 */
/* subid: which ids a user namespace of ours may hold, and its id maps. */
#ifndef SANDBOX_SUBID_H
#define SANDBOX_SUBID_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/error.h"
#include "util/strv.h"

/* One line of an id map, user_namespaces(7): `count` ids from `inside` on are
 * those from `outside` on in the parent namespace. */
struct subid_extent {
	uint32_t inside, outside, count;
};

/* The kernel takes 340 lines; nobody has that many ranges. */
#define SUBID_EXTENTS_MAX 32

/* All-zero is the empty map. */
struct subid_map {
	struct subid_extent extents[SUBID_EXTENTS_MAX];
	size_t count;
};

/* How many ids the map holds. */
uint64_t subid_map_size(const struct subid_map *m);
/* "0 1000 1\n1 100000 65536\n": what is written to /proc/PID/uid_map. At most
 * `size` bytes. */
void subid_map_format(const struct subid_map *m, char *ret, size_t size);
/* The same numbers as words, the arguments of newuidmap(1). */
void subid_map_words(const struct subid_map *m, struct strv *ret);

/* 0 is `own`, nothing else. */
void subid_map_single(uint32_t own, struct subid_map *ret);
/*
 * 0 is `own`, and 1, 2, ... are the ranges that `path` (/etc/subuid or
 * /etc/subgid, subuid(5)) gives to the user, by number or by name (NULL when
 * unknown). -ENOENT when it gives none. Lines nobody can read are passed over.
 */
int subid_map_range(const char *path, uid_t user, const char *name,
	uint32_t own, struct subid_map *ret, struct error *err);
/* What exists in our namespace already, each id as itself; `path` is
 * /proc/self/uid_map or gid_map. */
int subid_map_inherit(const char *path, struct subid_map *ret,
	struct error *err);

#endif
