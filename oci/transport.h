/* SPDX-License-Identifier: Apache-2.0 */
/* transport: where an image is or goes, as containers-transports(5) writes
 * it. */
#ifndef OCI_TRANSPORT_H
#define OCI_TRANSPORT_H

#include "oci/ref.h"
#include "oci/store.h"
#include "util/error.h"

enum transport_kind {
	TRANSPORT_STORE,		/* NAME, in our store */
	TRANSPORT_REGISTRY,		/* docker://NAME */
	TRANSPORT_OCI_DIR,		/* oci:PATH[:NAME] */
	TRANSPORT_OCI_ARCHIVE,		/* oci-archive:PATH[:NAME] */
	TRANSPORT_DOCKER_ARCHIVE,	/* docker-archive:PATH[:NAME] */
};

/* All-zero is empty. */
struct transport {
	enum transport_kind kind;
	char *path;		/* of an archive; ends at the first colon */
	char *name;		/* as written, or NULL */
	struct ref ref;		/* of a registry */
};

/* -EINVAL, ERROR_REQUEST: not the name of an image, no path, or a transport
 * that is not ours, with a list of those that are. */
int transport_parse(const char *text, struct transport *ret,
	struct error *err);
void transport_release(struct transport *t);

/* Of an archive: the image that is meant, read into the store; no tag is set.
 * -ENOENT when there is none of this name, -ENOTUNIQ when there are several
 * and none is named; ERROR_LOCAL. */
int transport_read(struct store *s, const struct transport *from,
	struct digest *ret, struct error *err);
/* Write `what`, which travel_make() made, as the archive. ERROR_LOCAL. */
int transport_write(struct store *s, const struct transport *to,
	const struct digest *what, struct error *err);

#endif
