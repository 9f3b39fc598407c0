/* SPDX-License-Identifier: Apache-2.0 */
/* explain: why a step was found done, or was not. */
#ifndef BUILDER_EXPLAIN_H
#define BUILDER_EXPLAIN_H

#include "builder/key.h"
#include "oci/store.h"
#include "util/error.h"

/*
 * Of all steps that were done before, the one that is most like `k`: in which
 * word it differs first, as "'source' was 'a', and is 'b'"; yours. NULL when
 * none is like it at all. What is damaged is passed over.
 */
char *explain_difference(struct store *s, const struct key *k);

#endif
