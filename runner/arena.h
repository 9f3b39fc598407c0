/* SPDX-License-Identifier: Apache-2.0 */
/* arena: memory that is released all at once, and counted. */
#ifndef RUNNER_ARENA_H
#define RUNNER_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "util/scope.h"

struct arena;

struct arena *arena_new(size_t max_bytes);
/* With all that came from it. NULL is fine; returns NULL. */
struct arena *arena_free(struct arena *a);
/* Zeroed. Never fails: whoever asks in a loop looks at arena_is_full(). */
void *arena_alloc(struct arena *a, size_t size);
char *arena_strndup(struct arena *a, const char *text, size_t len);
/* Was more taken than the ceiling? */
bool arena_is_full(const struct arena *a);

DEFINE_CLEANUP(struct arena *, arena_free);

#endif
