/* SPDX-License-Identifier: Apache-2.0 */
/* editions: one image for each of several platforms, built at once. */
#ifndef BUILDER_EDITIONS_H
#define BUILDER_EDITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oci/digest.h"
#include "util/error.h"
#include "util/progress.h"
#include "util/strv.h"

/* What came of one. */
struct edition {
	struct digest manifest;
	bool worked;		/* something was done, not only found */
	struct strv steps;	/* keys of what it came of, hex */
	struct strv all_steps;	/* and of all that was needed for it */
	char *provenance;	/* the predicate, JSON; or NULL */
};

void edition_release(struct edition *e);
/* Build number `number`, in a child that shows itself by `shown`. */
typedef int edition_builder(void *context, size_t number,
	struct progress *shown, struct edition *ret, struct error *err);

/*
 * Build `count` editions, each in a child, into the array `ret`. The first
 * failure ends the others, and is ours, with `names` saying which it was.
 * -ECANCELED after an interrupt.
 */
int editions_build(edition_builder *build, void *context,
	const char *const *names, size_t count, struct progress *shown,
	struct edition *ret, struct error *err);

#endif
