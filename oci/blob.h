/* SPDX-License-Identifier: Apache-2.0 */
/* blob: bytes on their way into the store, and out of it. */
#ifndef OCI_BLOB_H
#define OCI_BLOB_H

#include "oci/store.h"
#include "util/stream.h"

/* Being written in tmp/; vanishes unless committed. */
struct blob;

int blob_begin(struct store *s, struct blob **ret, struct error *err);
/* Takes bytes, hashes them, counts them; borrowed from the blob. */
struct sink *blob_sink(struct blob *b);
/* Under its digest by rename. `expected` may be NULL; if the digest differs,
 * -EBADMSG with both. A blob that is there already is left alone. */
int blob_commit(struct blob *b, const struct digest *expected,
	struct digest *ret, uint64_t *ret_size, struct error *err);
struct blob *blob_free(struct blob *b);

/* A finished blob for reading, seekable. -ENOENT when it is not here. */
int blob_open(struct store *s, const struct digest *d, int *ret_fd,
	uint64_t *ret_size, struct error *err);

DEFINE_CLEANUP(struct blob *, blob_free);

#endif
