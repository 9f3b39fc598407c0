/* SPDX-License-Identifier: Apache-2.0 */
/* transfer-part: what the files of transfer share. */
#ifndef OCI_TRANSFER_PART_H
#define OCI_TRANSFER_PART_H

#include "oci/auth.h"
#include "oci/courier.h"
#include "oci/layer.h"
#include "oci/manifest.h"
#include "oci/transfer.h"
#include "util/proc.h"

struct transfer {
	struct store *store;
	struct transfer_settings settings;
	struct auth_places places;
	struct courier *courier;	/* NULL until it is needed */
	struct strv repositories;	/* "host/path"; the index is the id */
};

/* A manifest or index with the bytes that its digest stands for. */
struct document {
	enum manifest_kind kind;
	struct digest digest;
	struct buf text;
};
void transfer_document_release(struct document *d);
/* From the store. -ENOENT when it is not here. */
int transfer_document_load(struct store *s, const struct digest *d,
	struct document *ret, struct error *err);

/* Start slipway-net if it is not running. */
int transfer_start(struct transfer *t, struct error *err);
/* Tell slipway-net of a repository, of credentials for it, and the id by which
 * it will be called. */
int transfer_introduce(struct transfer *t, const struct ref *ref,
	const struct credential *who, int64_t id, struct error *err);
/* The id by which slipway-net knows the repository of `ref`; introduces it,
 * with credentials, and starts slipway-net if need be. */
int transfer_repository(struct transfer *t, const struct ref *ref,
	int64_t *ret, struct error *err);
/* A packet for courier_send(). Yours. */
struct json *transfer_packet(const char *op, int64_t repository);
/* An anonymous file for a small body. */
int transfer_memory(int *ret_fd, struct error *err);

/* Fetch a manifest or index by tag (`expected` NULL) or digest, verify it, and
 * write it to the store. */
int transfer_document(struct transfer *t, const struct ref *ref,
	const struct digest *expected, struct document *ret,
	struct error *err);

/*
 * A blob to be fetched; the caller fills `what`. Large ones are received by a
 * child each, which hashes, stores and unpacks.
 */
struct fetch {
	struct descriptor what;
	struct layer layer;	/* with `unpack`: make this layer's tree */
	bool unpack;
	/* Private. */
	struct errand errand;
	struct proc child;
	int fd;			/* memory, or what the child reports */
	struct buf report;
	bool child_ended;
};
void transfer_fetch_init(struct fetch *f);
/* In a child: hash, store and, if wanted, unpack the blob that comes through
 * the pipe. -EBADMSG when it is another one than `f->what`. */
int transfer_receive(struct store *s, const struct fetch *f, int pipe_fd,
	struct progress *shown, progress_step step, struct error *err);
/* Fetch all, a few at a time; `step` shows the bytes. */
int transfer_fetch(struct transfer *t, int64_t repository, struct fetch *all,
	size_t count, progress_step step, struct error *err);

#endif
