/* SPDX-License-Identifier: Apache-2.0 */
/* pack: a tree becomes a layer's tar, the same bytes always. */
#ifndef OCI_PACK_H
#define OCI_PACK_H

#include <stdint.h>

#include "oci/tar.h"
#include "util/error.h"
#include "util/stream.h"

struct pack_options {
	int64_t clamp_mtime;	/* later times become this; INT64_MAX: none */
};

/*
 * Write the layer in `tree_fd` (an overlay upper directory: char 0/0 and
 * user.overlay.whiteout are whiteouts, user.overlay.opaque a directory that
 * hides) as tar: sorted by path bytes, parents first; whiteouts as
 * ".wh.NAME" before siblings, opaque as ".wh..wh..opq"; hard links to the
 * first name; xattrs as SCHILY.xattr records without user.overlay.* and
 * user.slipway.*; numeric ids, no names, no atime; sockets are left out.
 * The root directory itself is not an entry. Does not finish `to`.
 * A file really named ".wh.*" is -EINVAL with its path.
 */
int pack_tree(int tree_fd, const struct pack_options *options,
	struct sink *to, struct error *err);

#endif
