/* SPDX-License-Identifier: Apache-2.0 */
/* capability: names of capabilities(7), as Docker writes them. */
#ifndef SANDBOX_CAPABILITY_H
#define SANDBOX_CAPABILITY_H

#include <stdint.h>

#include "util/error.h"
#include "util/strv.h"

/* No capability, but it tells an empty set from none asked for. */
#define CAPABILITY_GIVEN (UINT64_C(1) << 63)

/*
 * The default set with `add` and without `drop`, as sandbox_spec.cap_mask:
 * names in any case, with or without "CAP_", several separated by commas. What
 * is added and dropped is dropped; but dropping "all" leaves what is added.
 * -EINVAL, ERROR_REQUEST.
 */
int capability_mask(const struct strv *add, const struct strv *drop,
	uint64_t *ret, struct error *err);

#endif
