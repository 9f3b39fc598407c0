/* SPDX-License-Identifier: Apache-2.0 */
/* transfer-send: blobs on their way to one repository; layers that must be
 * packed are packed by a child while others travel. */
#ifndef OCI_TRANSFER_SEND_H
#define OCI_TRANSFER_SEND_H

#include "oci/packer.h"
#include "oci/transfer-part.h"

struct sender;

/* `to` and `t` are borrowed. */
int transfer_sender_new(struct transfer *t, const struct ref *to,
	const struct packer_options *packing, progress_step step,
	struct sender **ret, struct error *err);
struct sender *transfer_sender_free(struct sender *s);

/* The id of the repository, for transfer_packet(). */
int64_t transfer_sender_repository(const struct sender *s);
/* Begin to send a blob of the store, unless this sender has already. -ENOENT
 * when it is not there. */
int transfer_sender_add(struct sender *s, const struct descriptor *blob,
	struct error *err);
/* To be packed and sent by transfer_sender_run(), which fills `*ret`; both are
 * borrowed until then. */
void transfer_sender_pack(struct sender *s, const struct layer *layer,
	struct descriptor *ret);
/* Until everything is there. */
int transfer_sender_run(struct sender *s, struct error *err);

DEFINE_CLEANUP(struct sender *, transfer_sender_free);

#endif
