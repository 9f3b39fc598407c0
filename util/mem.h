/* SPDX-License-Identifier: Apache-2.0 */
/* mem: memory that is there, or the program is not. */
#ifndef UTIL_MEM_H
#define UTIL_MEM_H

#include <stdarg.h>
#include <stddef.h>

#define KiB(n) ((size_t)(n) << 10)
#define MiB(n) ((size_t)(n) << 20)
#define GiB(n) ((unsigned long long)(n) << 30)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* All abort with one line on stderr when memory is out; none returns NULL. */
void *mem_alloc(size_t size);
void *mem_zalloc(size_t size);
/* An array of `count` zeroed members; aborts on overflow too. */
void *mem_array(size_t count, size_t size);
/* Grow or shrink to `count` members; new ones are not zeroed. */
void *mem_resize(void *old, size_t count, size_t size);
void *mem_dup(const void *data, size_t size);
/* NULL gives NULL. */
char *mem_strdup(const char *text);
char *mem_strndup(const char *text, size_t max);
/* A fresh formatted string. */
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *mem_vprintf(const char *format, va_list args)
	__attribute__((format(printf, 1, 0)));

#endif
