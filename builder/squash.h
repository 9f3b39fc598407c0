/* SPDX-License-Identifier: Apache-2.0 */
/* squash: several layers become one that does the same. */
#ifndef BUILDER_SQUASH_H
#define BUILDER_SQUASH_H

#include "builder/site.h"
#include "oci/draft.h"
#include "sandbox/userns.h"
#include "util/error.h"

/*
 * Replace `*d` by an image whose layers above the lowest `keep` are one. In its
 * history they made none, and a last entry tells of it. What was squashed
 * before is found in the step cache; else the namespace is entered. Two layers
 * of which one is above `keep` are nothing to do.
 */
int squash_draft(const struct site *site, enum identity identity, size_t keep,
	struct draft **d, struct error *err);

#endif
