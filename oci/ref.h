/* SPDX-License-Identifier: Apache-2.0 */
/* ref: image references, as distribution/reference has them: docker.io and
 * library/ filled in, "latest" when nothing is said. */
#ifndef OCI_REF_H
#define OCI_REF_H

#include <stdbool.h>

#include "oci/digest.h"
#include "util/error.h"

/* Normalised. `tag` is NULL only when a digest was given without one. */
struct ref {
	char *host;		/* "docker.io", "localhost:5000" */
	char *path;		/* "library/debian" */
	char *tag;
	struct digest digest;	/* none unless "@sha256:..." was there */
};

void ref_release(struct ref *r);
/* -EINVAL with what is wrong and, for upper case, what to do. A bare 64-hex
 * string is refused here: it is an image id. */
int ref_parse(const char *text, struct ref *ret, struct error *err);
void ref_copy(const struct ref *from, struct ref *to);
bool ref_has_digest(const struct ref *r);
/* "docker.io/library/debian:12[@sha256:...]". Yours. */
char *ref_format(const struct ref *r);
/* As people write it: docker.io/ and library/ dropped. Yours. */
char *ref_format_short(const struct ref *r);
/* "host/path", the repository. Yours. */
char *ref_format_name(const struct ref *r);
/* Host to talk to: docker.io is registry-1.docker.io. Borrowed. */
const char *ref_api_host(const struct ref *r);
/* Loopback names, for which plain http is tried after https. */
bool ref_host_is_loopback(const char *host);

#define autoref __attribute__((__cleanup__(ref_release))) struct ref

#endif
