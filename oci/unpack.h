/* SPDX-License-Identifier: Apache-2.0 */
/* unpack: a layer's tar becomes a tree, and nothing outside of it changes. */
#ifndef OCI_UNPACK_H
#define OCI_UNPACK_H

#include "oci/tar.h"
#include "util/error.h"
#include "util/stream.h"

enum unpack_form {
	UNPACK_LAYER,	/* an overlay lower directory: ".wh.X" makes a whiteout
			 * (char 0/0), ".wh..wh..opq" an opaque directory */
	UNPACK_ROOT,	/* into a live root: whiteouts delete what is there */
	UNPACK_ARCHIVE,	/* ADD of an archive: ".wh.*" names are refused, links
			 * on the way are followed inside the root, existing
			 * directories merged, files replaced */
};

struct unpack_options {
	enum unpack_form form;
	bool keep_owners;	/* chown to the ids in the tar; what the host
				 * cannot (single identity) is recorded beside
				 * the file (util/owner.h), or counted in
				 * *ret_lost_owners if that fails, too */
	bool keep_devices;	/* also record devices the host refuses, as
				 * empty files, instead of leaving them out */
	bool force_owner;	/* members get uid:gid below (ADD --chown) */
	uint32_t uid, gid;
	struct tar_limits limits;
	uint64_t *ret_lost_owners;	/* may be NULL */
	uint64_t *ret_lost_devices;	/* device nodes refused; may be NULL */
};

/*
 * Read a tar from `from`, to its end, into the directory `tree_fd`. Every path
 * is resolved below it as if it were "/": absolute paths and links lead to
 * places inside, directories missing on the way are made with mode 0755. ".."
 * in a member's or a hard link's path, a hard link to what is not there, a
 * member whose parent is a file, a root that is no directory, a whiteout that
 * does not name one thing: -EBADMSG naming the member, ERROR_STORE left to
 * callers. What is over a limit is -EFBIG or -E2BIG; limits that are all zero
 * are the default ones.
 *
 * Directory modes and times are set last. Exactly what the tar says whatever
 * the umask. Two members of one name: the later one wins; what has the name and
 * is no directory, or should become one, is removed first. Attributes are those
 * of xattr_travels(). In a layer a whiteout hides only what is below the layer:
 * with a directory of the same name in the same tar, that becomes opaque. The
 * root's own attributes are set, but not by UNPACK_ARCHIVE.
 */
int unpack_tar(struct source *from, int tree_fd,
	const struct unpack_options *options, struct error *err);

#endif
