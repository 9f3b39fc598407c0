/* SPDX-License-Identifier: Apache-2.0 */
/* content: the digest of what a COPY takes, as a part of its key. */
#ifndef BUILDER_CONTENT_H
#define BUILDER_CONTENT_H

#include "builder/ignore.h"
#include "builder/select.h"
#include "oci/digest.h"
#include "util/error.h"

/*
 * Digest of all that `s` (made with this root) takes: for each source its name
 * if it is a file (a directory's own name does not count), and for each file in
 * it the path below the source, type, mode, owner (0:0 unless r->keep_owners),
 * size, link target, device number, extended attributes and bytes. No times.
 * `exclude` (COPY --exclude, may be NULL) is matched below each source
 * directory and with the name of each source file. Errors name the file.
 */
int content_digest(const struct copy_root *r, const struct selection *s,
	const struct ignore *exclude, struct digest *ret, struct error *err);

#endif
