/* SPDX-License-Identifier: Apache-2.0 */
/* Where in the store is what. */
#include "oci/store.h"

static const char *const part_paths[STORE_PARTS] = {
	[STORE_ROOT] = ".",
	[STORE_BLOBS] = "blobs/sha256",
	[STORE_TREES] = "trees",
	[STORE_REFS] = "refs",
	[STORE_STEPS] = "steps",
	[STORE_PACKED] = "packed",
	[STORE_FILEHASH] = "filehash",
	[STORE_FETCHED] = "fetched",
	[STORE_MOUNTS] = "mounts",
	[STORE_GIT] = "git",
	[STORE_TMP] = "tmp",
};

const char *
store_part_path(enum store_part part)
{
	return part_paths[part];
}
