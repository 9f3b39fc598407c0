/* SPDX-License-Identifier: Apache-2.0 */
/* archive: images in one file or directory, as others exchange them: an OCI
 * image layout (image-spec image-layout.md), which for docker has a
 * manifest.json beside it. */
#ifndef OCI_ARCHIVE_H
#define OCI_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "oci/store.h"
#include "util/error.h"
#include "util/json.h"
#include "util/stream.h"
#include "util/strv.h"

enum archive_form {
	ARCHIVE_OCI,
	ARCHIVE_DOCKER,		/* also what docker load has always read; no
				 * image of several platforms: -ENOTSUP */
};

/* One image of an archive. All-zero is empty. */
struct archive_image {
	struct digest what;		/* as travel_make() made it */
	struct strv names;		/* ref_format()ed, may be none */
	struct strv tags;		/* as they stand in a layout that was
					 * read: "latest" alone is no name */
	struct json *annotations;	/* of its descriptor, or NULL */
};
void archive_image_release(struct archive_image *i);

/*
 * Write all that the images consist of. The bytes of a tar depend on the images
 * and their names only; `to` is not finished. -ENOENT when a blob is not here.
 */
int archive_write_tar(struct store *s, enum archive_form form,
	const struct archive_image *images, size_t count, struct sink *to,
	struct error *err);
/* The same into a directory, made if it is not there. Images that are in it
 * stay, but for those of the same name. ERROR_LOCAL. */
int archive_write_dir(struct store *s, enum archive_form form,
	const struct archive_image *images, size_t count, const char *path,
	struct error *err);

/* What was read: each with the names it had. */
struct archive_content {
	struct archive_image *images;
	size_t count;
};
void archive_content_release(struct archive_content *c);

/*
 * Read a tar, plain or compressed, or a directory (`path`), as written above or
 * by docker save, podman, skopeo and their like, into the store. All bytes are
 * checked against their digests. No tag is set. -EBADMSG for what is damaged,
 * or is no archive of images; -EFBIG and -E2BIG over the limits of
 * tar_default_limits.
 */
int archive_read_tar(struct store *s, struct source *from,
	struct archive_content *ret, struct error *err);
int archive_read_dir(struct store *s, const char *path,
	struct archive_content *ret, struct error *err);

#endif
