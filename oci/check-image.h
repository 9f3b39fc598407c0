/* SPDX-License-Identifier: Apache-2.0 */
/* check-image: the part of check.c that follows tags. */
#ifndef OCI_CHECK_IMAGE_H
#define OCI_CHECK_IMAGE_H

#include "oci/check.h"
#include "util/map.h"

/*
 * Follow every tag. Adds to `result`; hex diff ids of layers that were made
 * here and of which only the tree is here become members of `tree_only`.
 */
int check_images(struct store *s, struct check_result *result,
	struct map *tree_only, struct error *err);

#endif
