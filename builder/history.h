/* SPDX-License-Identifier: Apache-2.0 */
/* history: the texts in an image's history, in the shapes that `docker
 * history`, dive and others read. They follow Go's formatting verbs. */
#ifndef BUILDER_HISTORY_H
#define BUILDER_HISTORY_H

#include <stdint.h>

#include "util/buf.h"
#include "util/mem.h"
#include "util/strv.h"

/* Ceiling of one text: a heredoc body may be in it. */
#define HISTORY_MAX MiB(16)

/* Go's %q: "a\tb". */
void history_add_quoted(struct buf *b, const char *text);
/* Go's %q of a list: ["a" "b"]. */
void history_add_quoted_list(struct buf *b, const struct strv *items);
/* Go's %v of a list: [a b]. */
void history_add_list(struct buf *b, const struct strv *items);
/* Go's time.Duration: "1m30s", "500ms", "0s". */
void history_add_duration(struct buf *b, int64_t nanoseconds);
/* Go's %q of a small number, a rune literal: '\x03'. */
void history_add_rune(struct buf *b, uint32_t number);

#endif
