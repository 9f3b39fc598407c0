/* SPDX-License-Identifier: Apache-2.0 */
/* alias-text: a task file's lines, before it is YAML. Private to alias*.c. */
#ifndef RUNNER_ALIAS_TEXT_H
#define RUNNER_ALIAS_TEXT_H

#include <stddef.h>

/* Part of a text, from `at` of `len` bytes; at NULL: not there. */
struct alias_span {
	const char *at;
	size_t len;
};

/* The value of the first line that begins with the key `version`, without
 * quotes. */
struct alias_span alias_find_version(const char *text, size_t len);
/* The lines of the key `alias`, up to the next key at the left margin. */
struct alias_span alias_find_block(const char *text, size_t len);
/* The line at `at`, with its end. */
struct alias_span alias_line(const char *at, const char *end);

#endif
