/* SPDX-License-Identifier: Apache-2.0 */
/* confine: slipway-net gives up what it does not need. */
#ifndef OCI_CONFINE_H
#define OCI_CONFINE_H

#include "util/error.h"
#include "util/strv.h"

/*
 * From here on this process reads what name resolution and TLS need and the
 * directories in `readable`, opens nothing for writing, and gains no
 * privileges. Descriptors that it has or is sent go on working. Where the
 * kernel has no Landlock only the last holds; that is no error.
 */
int confine(const struct strv *readable, struct error *err);

#endif
