/* SPDX-License-Identifier: Apache-2.0 */
/* cache-spec: one --cache-from or --cache-to, as it is written. */
#ifndef BUILDER_CACHE_SPEC_H
#define BUILDER_CACHE_SPEC_H

#include <stdbool.h>

#include "oci/packer.h"
#include "util/error.h"

enum cache_kind {
	CACHE_REGISTRY,		/* an image of a registry */
	CACHE_LOCAL,		/* an OCI layout in a directory */
	CACHE_INLINE,		/* in the image itself; to only */
};

struct cache_spec {
	enum cache_kind kind;
	char *place;		/* reference or directory */
	char *tag;		/* of a layout, NULL: latest */
	bool all_stages;	/* mode=max */
	bool ignores_errors;
	bool has_codec;		/* else gzip */
	struct packer_options packing;
};
void cache_spec_release(struct cache_spec *c);

/*
 * "type=registry,ref=REF", "type=local,src=DIR" (dest=DIR to export),
 * "type=inline", with mode=min|max, tag=TAG, compression=, compression-level=,
 * force-compression=, ignore-error=; or a reference alone. -EINVAL,
 * ERROR_REQUEST.
 */
int cache_spec_parse(const char *text, bool is_export, struct cache_spec *ret,
	struct error *err);

#endif
