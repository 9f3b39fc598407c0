/* SPDX-License-Identifier: Apache-2.0 */
/* names: the files that tell a sandbox the names of hosts. */
#ifndef SANDBOX_NAMES_H
#define SANDBOX_NAMES_H

#include "sandbox/spec.h"
#include "util/error.h"

/* The path, yours, of what becomes /etc/hosts: a file in the scratch of its
 * root. */
int names_write_hosts(const struct sandbox_spec *spec, char **ret,
	struct error *err);
/* And /etc/resolv.conf: the host's itself, unless its servers are out of reach.
 * Waits until a private network works. */
int names_write_resolv(const struct sandbox_spec *spec, char **ret,
	struct error *err);

#endif
