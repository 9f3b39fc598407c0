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
	bool keep_owners;	/* chown to the ids in the tar; when the host
				 * cannot (single identity) they are dropped and
				 * counted in *ret_lost_owners */
	bool force_owner;	/* all members get uid:gid below (ADD --chown) */
	uint32_t uid, gid;
	struct tar_limits limits;
	uint64_t *ret_lost_owners;	/* may be NULL */
	uint64_t *ret_lost_devices;	/* device nodes the host refused; NULL */
};

/*
 * Read a tar from `from` into the directory `tree_fd`. Every path is resolved
 * below it; "..", absolute or linked ways out, hard links out, a member whose
 * parent is a file: -EBADMSG naming the member, ERROR_STORE left to callers.
 * Directory modes and times are set last. Exactly what the tar says whatever
 * the umask. Two members of one name: the later one wins.
 */
int unpack_tar(struct source *from, int tree_fd,
	const struct unpack_options *options, struct error *err);

#endif
