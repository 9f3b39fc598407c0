/* SPDX-License-Identifier: Apache-2.0 */
/* pack: a tree becomes a layer's tar, the same bytes always. */
#ifndef OCI_PACK_H
#define OCI_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "oci/tar.h"
#include "util/error.h"
#include "util/stream.h"

struct pack_options {
	int64_t clamp_mtime;	/* later times become this; INT64_MAX: none */
	bool change_tree;	/* the clamped times are also set in the tree,
				 * so that packing it again needs no clamp */
	bool set_mtime;		/* not only later times become clamp_mtime, all
				 * do */
};

/*
 * Write the layer in `tree_fd` (an overlay upper directory: char 0/0 and
 * user.overlay.whiteout are whiteouts, user.overlay.opaque a directory that
 * hides) as tar. The order is depth first, a directory before what is in it;
 * within a directory ".wh..wh..opq", then whiteouts as ".wh.NAME", then the
 * rest, each sorted by the bytes of the name. Hard links become links to the
 * first name; xattrs (those of xattr_travels()) SCHILY.xattr records; owners
 * and devices are those recorded (util/owner.h), where any are; ids are
 * numeric without names; there is no atime. Times are whole seconds: a PAX
 * record for the rest would cost a kilobyte a file. Whiteouts have mode, owner
 * and time zero. Sockets are left out. The root directory itself is no entry.
 *
 * Does not finish `to`. A file really named ".wh.*" is -EINVAL, a path of more
 * than 4096 bytes -ENAMETOOLONG, a tree that changes meanwhile -EBUSY, each
 * with the path.
 */
int pack_tree(int tree_fd, const struct pack_options *options,
	struct sink *to, struct error *err);
/* The same as a part of a tar that holds more, below the directory `below`
 * (NULL: at its top), which is no entry; the tar is not ended. */
int pack_tree_into(int tree_fd, const struct pack_options *options,
	const char *below, struct tar_writer *to, struct error *err);

#endif
