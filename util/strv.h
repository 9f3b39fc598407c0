/* SPDX-License-Identifier: Apache-2.0 */
/* strv: a list of strings, ready to be an argv or an environment. */
#ifndef UTIL_STRV_H
#define UTIL_STRV_H

#include <stdbool.h>
#include <stddef.h>

/* `items` is NULL-terminated as soon as something was added, else NULL. */
struct strv {
	char **items;
	size_t count;
	size_t cap;
};

void strv_release(struct strv *v);
void strv_add(struct strv *v, const char *text);
void strv_addf(struct strv *v, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Adds without copying; `text` belongs to the list from here on. */
void strv_take(struct strv *v, char *text);
void strv_add_all(struct strv *v, const struct strv *from);
/* Replaces what `to` held. */
void strv_copy(struct strv *to, const struct strv *from);
void strv_remove(struct strv *v, size_t index);
bool strv_has(const struct strv *v, const char *text);
bool strv_equal(const struct strv *a, const struct strv *b);
/* By bytes, as strcmp(3). */
void strv_sort(struct strv *v);
/* "a b c"; yours to free, never NULL. */
char *strv_join(const struct strv *v, const char *between);
/* Split at every `at`; empty parts are kept. */
void strv_split(struct strv *v, const char *text, char at);
/* NULL-terminated view that is never NULL itself. */
char *const *strv_view(const struct strv *v);

/* The list read as "NAME=value" items, an environment. */
/* Replace NAME in place or append it. */
void strv_env_set(struct strv *v, const char *name, const char *value);
/* The value, borrowed, or NULL. */
const char *strv_env_get(const struct strv *v, const char *name);
void strv_env_unset(struct strv *v, const char *name);

#endif
