/* SPDX-License-Identifier: Apache-2.0 */
/* certs: authorities and client certificates for one registry
 * (containers-certs.d(5)). */
#ifndef OCI_CERTS_H
#define OCI_CERTS_H

#include "oci/http.h"
#include "util/strv.h"

/* Read every *.crt (authorities) and the first X.cert with its X.key of the
 * first of `dirs` that exists into `trust`. -EINVAL for a .cert without .key;
 * -EFBIG for files over 1 MiB. */
int certs_load(const struct strv *dirs, struct http_trust *trust,
	struct error *err);
void certs_release(struct http_trust *trust);

#endif
