/* SPDX-License-Identifier: Apache-2.0 */
/* ref-host: the registry's part of a reference; private to oci/ref*.c. */
#ifndef OCI_REF_HOST_H
#define OCI_REF_HOST_H

#include <stdbool.h>

/* Meant when a name has no host in front. */
#define REF_DEFAULT_HOST "docker.io"

/* A domain name, an IPv4 or a bracketed IPv6 address, perhaps with a port. */
bool ref_host_is_valid(const char *host);
/* Is the first component of a name a host and no part of the path? One with a
 * dot or a colon is, and "localhost". */
bool ref_host_is_meant(const char *first);

#endif
