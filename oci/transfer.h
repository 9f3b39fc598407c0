/* SPDX-License-Identifier: Apache-2.0 */
/* transfer: images from and to registries. Talks to slipway-net, which does
 * the talking; everything it brings is verified here. */
#ifndef OCI_TRANSFER_H
#define OCI_TRANSFER_H

#include <stdbool.h>

#include "oci/compress.h"
#include "oci/image.h"
#include "oci/platform.h"
#include "oci/ref.h"
#include "oci/store.h"
#include "util/progress.h"
#include "util/strv.h"

/* How to talk; fill from options with transfer_settings_init() first. */
struct transfer_settings {
	const char *auth_file;		/* --authfile or NULL: search */
	const char *creds;		/* "user:password" or NULL */
	int tls_verify;			/* 1, 0, or -1: not said */
	const char *cert_dir;		/* or NULL */
	int retries;			/* attempts after the first */
	int retry_delay_ms;
	bool force_compression;		/* push: anew when the codec differs */
	struct progress *progress;
};
void transfer_settings_init(struct transfer_settings *t);

/* A connection to slipway-net, which is started when it is first needed. The
 * texts in `settings` are borrowed as long as it lives. */
struct transfer;
int transfer_open(struct store *s, const struct transfer_settings *settings,
	struct transfer **ret, struct error *err);
struct transfer *transfer_free(struct transfer *t);

/* Ask the registry `host` whether it takes `who` (oci/credential.h); whatever
 * the settings say of credentials. A registry that asks nobody takes everybody.
 * The only thing that works without a store. -EACCES, ERROR_REMOTE. */
struct credential;
int transfer_login(struct transfer *t, const char *host,
	const struct credential *who, struct error *err);

/* What a tag points to, without fetching it. -ENOENT, ERROR_REMOTE. */
int transfer_resolve(struct transfer *t, const struct ref *ref,
	struct digest *ret, struct error *err);

/*
 * Fetch what is missing: manifest or index, the config of the platform wanted
 * (NULL: the host's), its layers as blobs, several at a time. Sets the tag to
 * what the registry has there, which `ret` is. `unpack` also makes the trees
 * while the bytes come. -ENOENT when it is not there or has no such platform,
 * -EACCES when we may not, -EBADMSG when what came is not what it should be.
 */
int transfer_pull(struct transfer *t, const struct ref *ref,
	const struct platform *want, bool unpack, struct digest *ret,
	struct error *err);

/* Bring the image for a platform here, as it is there, and set no tag: `ret` is
 * its manifest. Errors as above. */
int transfer_take(struct transfer *t, const struct ref *ref,
	const struct platform *want, struct digest *ret, struct error *err);
/* The same for all that an index names, which `ret` is then. */
int transfer_take_all(struct transfer *t, const struct ref *ref,
	struct digest *ret, struct error *err);

/*
 * Push the image or index `what` to every reference in `to` (same repository
 * or several): layers packed with `codec` unless they travel compressed
 * already, HEAD first, mount from a repository of the same host known to hold
 * the blob, then config, manifests, and the tags last. What needed no packing
 * is pushed byte for byte. `ret` is the digest the tags have afterwards; that
 * manifest is in the store, too.
 */
int transfer_push(struct transfer *t, const struct digest *what,
	const struct ref *to, size_t to_count, enum codec codec, int level,
	struct digest *ret, struct error *err);

/* Nothing larger is fetched. */
#define TRANSFER_DOWNLOAD_MAX ((uint64_t)64 << 30)
/* A file that was fetched: a blob of the store. */
struct downloaded {
	struct digest digest;
	uint64_t size;
	int64_t mtime;		/* by Last-Modified; 0: not said */
};
/*
 * Fetch what is at `url` (http or https; redirects are followed) into the
 * store, unless the server says that it is what is there since last time.
 * `authorization` is that header's value, or NULL; it does not follow a
 * redirection to elsewhere. -ENOENT when nothing is there, -EBADMSG when it is
 * not what `expected` (may be NULL) says, -EIO other statuses; ERROR_REMOTE.
 */
int transfer_download(struct transfer *t, const char *url,
	const char *authorization, const struct digest *expected,
	struct downloaded *ret, struct error *err);

DEFINE_CLEANUP(struct transfer *, transfer_free);

#endif
