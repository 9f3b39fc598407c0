/* SPDX-License-Identifier: Apache-2.0 */
/* archive-part: what the readers of archives share; private to
 * oci/archive-*.c. */
#ifndef OCI_ARCHIVE_PART_H
#define OCI_ARCHIVE_PART_H

#include "oci/archive.h"
#include "oci/bag.h"
#include "util/map.h"

#define ARCHIVE_IMAGES_MAX 10000

/* An archive being read. */
struct reading {
	struct store *store;
	struct bag *bag;
	struct map *documents;	/* that were read, by digest */
	struct archive_content content;
};

/* The place of an image in the content: the same may be listed once for each
 * name. Valid until the next call. */
struct archive_image *archive_image_of(struct reading *r,
	const struct digest *what);
/* What is no reference is no name: "latest" alone says nothing. */
void archive_add_name(struct archive_image *i, const char *text);
/* archive-docker: by the manifest.json. */
int archive_read_docker(struct reading *r, struct error *err);

#endif
