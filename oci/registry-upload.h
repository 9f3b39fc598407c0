/* SPDX-License-Identifier: Apache-2.0 */
/* registry-upload: a blob gets into a repository, one way or another. */
#ifndef OCI_REGISTRY_UPLOAD_H
#define OCI_REGISTRY_UPLOAD_H

#include "oci/registry.h"

/*
 * HEAD, then mount from job->mounts, then send: the whole body by PUT; where
 * that is refused by PATCH; where that is refused too, or the connection broke
 * twice on a large blob, in chunks. What a host accepted is used from then on.
 */
void registry_upload(struct registry_job *job);

#endif
