/* SPDX-License-Identifier: Apache-2.0 */
#include "util/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
mem_must(void *memory)
{
	if (memory)
		return memory;
	(void)fputs("slipway: out of memory\n", stderr);
	abort();
}

void *
mem_alloc(size_t size)
{
	/* malloc(0) may be NULL, which here means failure. */
	return mem_must(malloc(size ? size : 1));
}

void *
mem_zalloc(size_t size)
{
	return mem_array(1, size);
}

void *
mem_array(size_t count, size_t size)
{
	return mem_must(calloc(count ? count : 1, size ? size : 1));
}

void *
mem_resize(void *old, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		return mem_must(NULL);
	return mem_must(realloc(old, bytes ? bytes : 1));
}

void *
mem_dup(const void *data, size_t size)
{
	void *copy = mem_alloc(size);

	if (size)
		memcpy(copy, data, size);
	return copy;
}

char *
mem_strdup(const char *text)
{
	return text ? mem_dup(text, strlen(text) + 1) : NULL;
}

char *
mem_strndup(const char *text, size_t max)
{
	return text ? mem_must(strndup(text, max)) : NULL;
}

char *
mem_printf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	return text;
}

char *
mem_vprintf(const char *format, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, format, args) < 0)
		return mem_must(NULL);
	return text;
}
