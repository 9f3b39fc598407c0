/* SPDX-License-Identifier: Apache-2.0 */
/* term: how wide text is, what a terminal is told (ECMA-48). */
#ifndef UTIL_TERM_H
#define UTIL_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"

enum term_color {
	TERM_PLAIN, TERM_RED, TERM_YELLOW, TERM_BLUE, TERM_GREEN, TERM_FAINT,
};

/* Can the cursor be moved there: a terminal, and TERM is not "dumb"? */
bool term_can_draw(int fd);
/* Colours: term_can_draw() and NO_COLOR is not set to anything. */
bool term_has_color(int fd);
/* Size in cells; 80 by 24 when the kernel does not know. */
void term_size(int fd, unsigned *ret_columns, unsigned *ret_rows);

/* Cells that UTF-8 text takes, not by the locale: East Asian wide characters
 * and emoji are two, combining ones none, control bytes and bytes that are no
 * UTF-8 are one. Colour sequences are none. */
size_t term_text_width(const char *text);

/* Append `text`, cut at `max` cells, never in the middle of a character. */
void term_add_cut(struct buf *b, const char *text, size_t max);
/* Append the sequence that switches to `color`; TERM_PLAIN switches back. */
void term_add_color(struct buf *b, enum term_color color);
/* Append: to the first column, `lines` up, and erase all below. */
void term_add_erase(struct buf *b, unsigned lines);

/* Append `len` bytes of foreign text made harmless for a terminal: tab becomes
 * blanks, other control bytes and escape sequences vanish; with `keep_color`
 * sequences that only change colours stay. C1 controls in UTF-8 vanish too. */
void term_add_safe(struct buf *b, const char *data, size_t len,
	bool keep_color);

#endif
