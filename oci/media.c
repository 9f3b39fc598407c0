/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/media.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

static const struct {
	const char *docker, *oci;
} equivalents[] = {
	{ MEDIA_DOCKER_MANIFEST, MEDIA_OCI_MANIFEST },
	{ MEDIA_DOCKER_LIST, MEDIA_OCI_INDEX },
	{ MEDIA_DOCKER_CONFIG, MEDIA_OCI_CONFIG },
	{ MEDIA_DOCKER_LAYER_GZIP, MEDIA_OCI_LAYER_GZIP },
	{ MEDIA_DOCKER_LAYER, MEDIA_OCI_LAYER },
	{ MEDIA_DOCKER_LAYER_ZSTD, MEDIA_OCI_LAYER_ZSTD },
};

const char *
media_in(enum media_family family, const char *media_type)
{
	for (size_t i = 0; i < ARRAY_SIZE(equivalents); i++) {
		const char *docker = equivalents[i].docker;
		const char *oci = equivalents[i].oci;

		if (family == MEDIA_OCI && strcmp(media_type, docker) == 0)
			return oci;
		if (family == MEDIA_DOCKER && strcmp(media_type, oci) == 0)
			return docker;
	}
	return media_type;
}

void
media_convert(struct descriptor *d, enum media_family family)
{
	const char *now = media_in(family, d->media_type);

	if (now == d->media_type)
		return;
	free(d->media_type);
	d->media_type = mem_strdup(now);
}
