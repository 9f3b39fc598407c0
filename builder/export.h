/* SPDX-License-Identifier: Apache-2.0 */
/* export: the files of an image, without the image. */
#ifndef BUILDER_EXPORT_H
#define BUILDER_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "oci/store.h"
#include "oci/tar.h"
#include "util/error.h"

struct export_options {
	int64_t epoch;		/* every file has this time; INT64_MAX: its
				 * own */
	const char *below;	/* put everything into this directory; NULL */
};

/* Add the files of the image `manifest` to a tar, with their owners. Needs
 * userns_enter(). */
int export_to_tar(struct store *s, const struct digest *manifest,
	const struct export_options *options, struct tar_writer *to,
	struct error *err);
/* Put them into the directory `dir_fd`, where they belong to whoever we are;
 * devices are left out, files that are there replaced, directories merged.
 * Needs userns_enter(). ERROR_LOCAL. */
int export_to_dir(struct store *s, const struct digest *manifest,
	const struct export_options *options, int dir_fd, struct error *err);

#endif
