/* SPDX-License-Identifier: Apache-2.0 */
/* change: one line in a Dockerfile's words, applied to a config as it stands:
 * no variables, no build. For import --change. */
#ifndef OCI_CHANGE_H
#define OCI_CHANGE_H

#include "oci/config.h"
#include "util/error.h"

/*
 * CMD and ENTRYPOINT (JSON array, else `/bin/sh -c`), ENV and LABEL (NAME=value
 * words, quotes and backslashes as in a Dockerfile; "NAME rest"), EXPOSE,
 * VOLUME, USER, WORKDIR, STOPSIGNAL. -EINVAL, ERROR_REQUEST for others.
 */
int change_apply(struct config *c, const char *line, struct error *err);

#endif
