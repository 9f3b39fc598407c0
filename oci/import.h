/* SPDX-License-Identifier: Apache-2.0 */
/* import: somebody's root file system becomes a layer. */
#ifndef OCI_IMPORT_H
#define OCI_IMPORT_H

#include "oci/layer.h"
#include "oci/store.h"
#include "util/error.h"
#include "util/stream.h"

/*
 * A tar, plain or compressed with gzip or zstd. Its members are written again
 * in their order as our tars have them (clean paths, numeric owners, whole
 * seconds, the extended attributes that travel): the layer depends on what is
 * said about files, not on who said it, and on no identity here. -EBADMSG for
 * a damaged tar, ".." and hard links to nothing; -EINVAL for ".wh.*" names,
 * which an image cannot hold.
 */
int import_tar(struct store *s, struct source *from, struct layer *ret,
	struct error *err);
/* A directory, with owners as this process sees them. */
int import_tree(struct store *s, int dir_fd, struct layer *ret,
	struct error *err);

#endif
