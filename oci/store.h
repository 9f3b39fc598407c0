/* SPDX-License-Identifier: Apache-2.0 */
/* store: one directory that holds every image and cache; slipway-store(5). */
#ifndef OCI_STORE_H
#define OCI_STORE_H

#include <stdbool.h>

#include "oci/descriptor.h"
#include "oci/digest.h"
#include "oci/ref.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/scope.h"
#include "util/strv.h"

/*
 *   version                   format number; refused when newer
 *   blobs/sha256/<hex>        bytes as they travel
 *   trees/<diff id hex>       an unpacked layer, an overlay lower directory
 *   refs/<host>/<path>:<tag>  one line: a manifest or index digest
 *   steps/<key hex>           step cache (builder/cache)
 *   packed/<diff id hex>.gzip one line: the blob the layer became
 *   filehash/<hex>            stat data -> content digest (builder/filehash)
 *   fetched/<hex>             what is known of a URL (oci/validator)
 *   mounts/ git/              RUN cache mounts, git contexts
 *   tmp/                      unfinished things; swept when nobody holds them
 * Everything under a final name appears by rename. Mode 0700.
 */
struct store;

/* The directories of a store, for store_dir_fd(). */
enum store_part {
	STORE_ROOT, STORE_BLOBS, STORE_TREES, STORE_REFS, STORE_STEPS,
	STORE_PACKED, STORE_FILEHASH, STORE_FETCHED, STORE_MOUNTS, STORE_GIT,
	STORE_TMP,
	STORE_PARTS
};

/*
 * Open (and make, if it is not there) the store at `path`. Holds a shared lock
 * until store_free(), which forked children share; prune takes it exclusively.
 * Notes what dead processes left in tmp/. -ENOTSUP when its format is newer
 * than ours, -EEXIST when the directory holds other things, -EBADMSG for a
 * damaged version file.
 * Cheap: a handful of system calls for a store that exists.
 */
int store_open(const char *path, struct store **ret, struct error *err);
struct store *store_free(struct store *s);
/* Absolute, borrowed. */
const char *store_path(const struct store *s);
/* A part's path below the store: "blobs/sha256"; borrowed. */
const char *store_part_path(enum store_part part);
/* Remove what dead processes left in tmp/, as far as we may: trees with owners
 * of a user namespace go only inside it, and stay for a later sweep otherwise.
 * store_free() does it too, when the work is done. */
int store_sweep(struct store *s, struct error *err);
/* Opened (and made) on first use, borrowed, valid as long as the store.
 * Negative errno with `err` set if the directory is gone. */
int store_dir_fd(struct store *s, enum store_part part, struct error *err);

/*
 * Which trees this process may use: trees made with real owners ("") and trees
 * made with one id ("single") are not interchangeable. Set once after the
 * identity is known; the default is "".
 */
void store_set_tree_kind(struct store *s, const char *kind);
/* Only one id exists there: other owners, and devices, are recorded beside
 * their files (util/owner.h). */
bool store_records_owners(const struct store *s);
/* "<hex>" or "<hex>.<kind>": the name of a layer's tree in trees/. */
void store_tree_name(const struct store *s, const struct digest *diff_id,
	char ret[128]);

/* References. */
/* -ENOENT when there is no such tag here. */
int store_ref_get(struct store *s, const struct ref *ref, struct digest *ret,
	struct error *err);
int store_ref_set(struct store *s, const struct ref *ref,
	const struct digest *target, struct error *err);
/* -ENOENT when it was not there. */
int store_ref_remove(struct store *s, const struct ref *ref,
	struct error *err);
/* Every reference, ref_format()ed, sorted. */
int store_ref_list(struct store *s, struct strv *ret, struct error *err);

/*
 * What a user means by `text`: a reference, a digest, or a unique prefix (12
 * or more hex digits) of a manifest's or config's digest of a tagged image.
 * `ret_ref` (may be NULL) is filled when it was a reference. -ENOENT; -ENOTUNIQ
 * for a prefix of several.
 */
int store_find(struct store *s, const char *text, struct digest *ret,
	struct ref *ret_ref, struct error *err);

/* Small blobs: manifests, indexes, configs. At most 8 MiB, verified against
 * the digest (-EBADMSG, ERROR_STORE); -ENOENT when not here. */
int store_read_blob(struct store *s, const struct digest *d, struct buf *ret,
	struct error *err);
int store_write_blob(struct store *s, const void *data, size_t len,
	struct digest *ret, struct error *err);
/* 1, 0 or negative. */
int store_has_blob(struct store *s, const struct digest *d,
	struct error *err);

/* One syncfs(2): what was written before is on disk afterwards. */
int store_sync(struct store *s, struct error *err);

/* Wait until nobody else has the store open, then keep everybody out. Our own
 * forked children must have ended: they share the lock. */
int store_lock_exclusive(struct store *s, struct error *err);
/* Let others in again. */
int store_lock_shared(struct store *s, struct error *err);

DEFINE_CLEANUP(struct store *, store_free);

#endif
