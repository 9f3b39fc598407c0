/* SPDX-License-Identifier: Apache-2.0 */
/* bag: the files of an archive of images by their names, whether it is a tar
 * that passes by once or a directory. */
#ifndef OCI_BAG_H
#define OCI_BAG_H

#include "oci/store.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/scope.h"
#include "util/stream.h"

/* The largest document that is looked into. */
#define BAG_TEXT_MAX ((size_t)8 << 20)

struct bag;

/* Read a tar to its end, plain or compressed: documents are kept, all else goes
 * into the store as blobs, checked where its name is a digest. -EBADMSG,
 * -EFBIG, -E2BIG. */
int bag_open_tar(struct store *s, struct source *from, struct bag **ret,
	struct error *err);
/* Files are read when they are asked for. */
int bag_open_dir(struct store *s, const char *path, struct bag **ret,
	struct error *err);
struct bag *bag_free(struct bag *b);

/* The text of a document, in place of what `ret` held. -ENOENT. */
int bag_read(struct bag *b, const char *name, struct buf *ret,
	struct error *err);
/* The file as a blob of the store; links in the archive are followed. If its
 * name is a digest (blobs/sha256/...) its bytes have it, else -EBADMSG.
 * -ENOENT. */
int bag_take(struct bag *b, const char *name, struct digest *ret,
	uint64_t *ret_size, struct error *err);

DEFINE_CLEANUP(struct bag *, bag_free);

#endif
