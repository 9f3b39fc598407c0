/* SPDX-License-Identifier: Apache-2.0 */
/* purl: an image as a package URL, which is how attestations name it. */
#ifndef OCI_PURL_H
#define OCI_PURL_H

#include "oci/platform.h"
#include "oci/ref.h"

/* "pkg:docker/alpine@3.17?platform=linux%2Famd64", as docker's users write the
 * name: docker.io and library/ are left out. Yours. */
char *purl_of_image(const struct ref *ref, const struct platform *p);

#endif
