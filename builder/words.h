/* SPDX-License-Identifier: Apache-2.0 */
/* words: how the text of an instruction is cut; nothing is expanded, quotes and
 * escapes stay in the words (slipway-dockerfile(5), FORMAT). */
#ifndef BUILDER_WORDS_H
#define BUILDER_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"
#include "util/strv.h"

/* At blanks; quotes mean nothing. Adds to `ret`. */
void words_split(const char *text, struct strv *ret);

/* At blanks outside of quotes. An end without its closing quote is no error
 * here. Adds to `ret`. */
void words_split_quoted(const char *text, char escape, struct strv *ret);

/* Is it a JSON array of texts? 1 and its items are added, 0 when it is not JSON
 * (then it is a shell's text), -EINVAL when an item is no text. */
int words_split_json(const char *text, struct strv *ret, struct error *err);

/* "name=value ..." or the old "name text": adds name, value, name, value...
 * `key` ("ENV") is for messages. -EINVAL. */
int words_split_pairs(const char *key, const char *text, char escape,
	struct strv *ret, bool *ret_is_legacy, struct error *err);

/* Take one "--flag" word off the front of *text, its quotes removed: the word,
 * yours, or NULL when no flag comes next. A bare "--" is taken off and ends
 * the flags. */
char *words_take_flag(const char **text, char escape);

#endif
