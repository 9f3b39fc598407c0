/* SPDX-License-Identifier: Apache-2.0 */
/* map: values by name. */
#ifndef UTIL_MAP_H
#define UTIL_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "util/scope.h"

struct map;

/* `release` frees a value (NULL: values are borrowed). */
struct map *map_new(void (*release)(void *value));
struct map *map_free(struct map *m);
/* Copies the name; a value that was there is released. */
void map_set(struct map *m, const char *name, void *value);
void *map_get(const struct map *m, const char *name);
bool map_has(const struct map *m, const char *name);
/* Releases the value; nothing happens if it is not there. */
void map_remove(struct map *m, const char *name);
size_t map_count(const struct map *m);
/* Names in the order of their bytes; the array is yours to free, the names
 * are borrowed. Never depends on the hash. */
const char **map_names(const struct map *m);

DEFINE_CLEANUP(struct map *, map_free);

#endif
