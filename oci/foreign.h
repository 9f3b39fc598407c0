/* SPDX-License-Identifier: Apache-2.0 */
/* foreign: compressions that archives have and layers do not: bzip2 and xz,
 * read by libarchive. */
#ifndef OCI_FOREIGN_H
#define OCI_FOREIGN_H

#include <stdbool.h>

#include "util/error.h"
#include "util/stream.h"

/* By the first bytes of a stream; six are enough. */
bool foreign_detect(const void *data, size_t len);
/* Decompresses what it reads from `from` (borrowed), to its end. -EBADMSG for
 * what is damaged or cut short; -ENOTSUP where libarchive is not installed;
 * what `from` says. How much may come out is for
 * the reader to limit. */
int foreign_source(struct source *from, struct source **ret,
	struct error *err);

#endif
