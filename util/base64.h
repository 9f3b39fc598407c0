/* SPDX-License-Identifier: Apache-2.0 */
/* base64: RFC 4648, section 4. */
#ifndef UTIL_BASE64_H
#define UTIL_BASE64_H

#include <stddef.h>

#include "util/buf.h"

/* Adds the text of `data`, padded. */
void base64_format(const void *data, size_t len, struct buf *ret);
/* Adds the bytes that `text` stands for; padding may be missing, line breaks
 * are passed over. -EINVAL for other characters and impossible lengths. */
int base64_parse(const char *text, struct buf *ret);

#endif
