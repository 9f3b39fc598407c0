/* SPDX-License-Identifier: Apache-2.0 */
/* attest: what a build is asked to say of its image: --provenance, --attest. */
#ifndef BUILDER_ATTEST_H
#define BUILDER_ATTEST_H

#include <stdbool.h>

#include "util/error.h"
#include "util/strv.h"

/* All-zero is nothing. */
struct attest {
	bool provenance;
	bool is_max;		/* with build arguments and names of secrets */
	char *builder_id;	/* NULL: ours */
};
void attest_release(struct attest *a);

/* "true", "false", "" (true) or "mode=min|max[,builder-id=URI]"; NULL is
 * nothing given. -EINVAL, ERROR_REQUEST; -ENOTSUP for another version. */
int attest_read_provenance(struct attest *a, const char *text,
	struct error *err);
/* "type=provenance[,...]"; the same, and -ENOTSUP for another type. */
int attest_read(struct attest *a, const char *text, struct error *err);

#endif
