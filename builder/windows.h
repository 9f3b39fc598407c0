/* SPDX-License-Identifier: Apache-2.0 */
/* windows: images for Windows, put together where nothing of Windows runs. What
 * stages see are plain files over nothing; the base's layers wait, and the new
 * ones get their form at the end. */
#ifndef BUILDER_WINDOWS_H
#define BUILDER_WINDOWS_H

#include <stdbool.h>

#include "oci/draft.h"
#include "oci/store.h"
#include "util/error.h"

/* Is the image for Windows? */
bool windows_is(struct draft *d);
/* Put the base's layers aside, in the config; its working directory becomes a
 * path as ours are. */
int windows_begin(struct draft **d, struct error *err);
/* The base's layers, then the others in their form; the working directory as
 * Windows writes it. */
int windows_finish(struct store *s, struct draft **d, struct error *err);
/* "C:\\a\\b" as "/a/b"; yours. -EINVAL, ERROR_REQUEST: another drive, a
 * share, a drive alone. */
int windows_path(const char *text, char **ret, struct error *err);

#endif
