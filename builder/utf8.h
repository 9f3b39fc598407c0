/* SPDX-License-Identifier: Apache-2.0 */
/* utf8: text as characters. Bytes that are not UTF-8 stay what they are: each
 * is a character of its own, 0xDC00 + byte, and becomes that byte again. */
#ifndef BUILDER_UTF8_H
#define BUILDER_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

/* The character at *text, which moves behind it; 0 at the end, where it
 * stays. */
uint32_t utf8_next(const char **text);
/* All characters; yours. */
uint32_t *utf8_decode(const char *text, size_t *ret_count);
void utf8_add(struct buf *to, uint32_t c);
/* Can it stand in a name? ASCII letters, and what is beyond ASCII unless it is
 * punctuation, a symbol or a space. */
bool utf8_is_letter(uint32_t c);

#endif
