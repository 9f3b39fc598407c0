/* SPDX-License-Identifier: Apache-2.0 */
/* context-artifact: the files that an artifact carries, in a registry or in an
 * OCI layout of this machine. */
#ifndef BUILDER_CONTEXT_ARTIFACT_H
#define BUILDER_CONTEXT_ARTIFACT_H

#include <stdbool.h>

#include "builder/context-open.h"

/* "oci://", in any case, and a reference; "oci-layout://" and what layout_read()
 * takes. */
bool context_is_artifact(const char *text);
/*
 * What request->text names: each layer is a file called by its title; what was
 * packed from a directory, or has no title, is an archive, and is unpacked.
 * Errors of transfer_take() and layout_read(); -EBADMSG, ERROR_REMOTE, for what
 * is no artifact.
 */
int context_open_artifact(struct store *s,
	const struct context_request *request, struct context **ret,
	struct error *err);

#endif
