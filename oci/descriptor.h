/* SPDX-License-Identifier: Apache-2.0 */
/* descriptor: names a blob somewhere (OCI image-spec descriptor.md). */
#ifndef OCI_DESCRIPTOR_H
#define OCI_DESCRIPTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "oci/digest.h"
#include "util/json.h"

#define MEDIA_OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define MEDIA_OCI_INDEX "application/vnd.oci.image.index.v1+json"
#define MEDIA_OCI_CONFIG "application/vnd.oci.image.config.v1+json"
#define MEDIA_OCI_LAYER "application/vnd.oci.image.layer.v1.tar"
#define MEDIA_OCI_LAYER_GZIP "application/vnd.oci.image.layer.v1.tar+gzip"
#define MEDIA_OCI_LAYER_ZSTD "application/vnd.oci.image.layer.v1.tar+zstd"
#define MEDIA_DOCKER_MANIFEST                                                  \
	"application/vnd.docker.distribution.manifest.v2+json"
#define MEDIA_DOCKER_LIST                                                      \
	"application/vnd.docker.distribution.manifest.list.v2+json"
#define MEDIA_DOCKER_CONFIG "application/vnd.docker.container.image.v1+json"
#define MEDIA_DOCKER_LAYER_GZIP                                                \
	"application/vnd.docker.image.rootfs.diff.tar.gzip"
#define MEDIA_DOCKER_LAYER "application/vnd.docker.image.rootfs.diff.tar"
/* Not Docker's word, but what follows from its others. */
#define MEDIA_DOCKER_LAYER_ZSTD                                                \
	"application/vnd.docker.image.rootfs.diff.tar.zstd"

struct descriptor {
	char *media_type;
	struct digest digest;
	uint64_t size;
	struct json *annotations;	/* object or NULL */
	struct json *platform;		/* as in an index entry, or NULL */
};

void descriptor_init(struct descriptor *d, const char *media_type,
	const struct digest *digest, uint64_t size_bytes);
void descriptor_release(struct descriptor *d);
void descriptor_copy(const struct descriptor *from, struct descriptor *to);
/* -EBADMSG for a missing or wrong mediaType, digest or size. */
int descriptor_parse(const struct json *j, struct descriptor *ret,
	struct error *err);
struct json *descriptor_format(const struct descriptor *d);
bool descriptor_is_index(const struct descriptor *d);
bool descriptor_is_manifest(const struct descriptor *d);

#endif
