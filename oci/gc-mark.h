/* SPDX-License-Identifier: Apache-2.0 */
/* gc-mark: what a store's tags and steps need; for gc.c only. */
#ifndef OCI_GC_MARK_H
#define OCI_GC_MARK_H

#include "oci/store.h"
#include "util/map.h"

/* Hex digits of what is needed; all-zero is empty. */
struct marks {
	struct map *blobs;
	struct map *diff_ids;
};
void marks_init(struct marks *m);
void marks_release(struct marks *m);

/* Everything that tags lead to. Damaged things are warned of; other failures
 * than that and absence are returned. */
int marks_add_refs(struct marks *m, struct store *s, struct error *err);
/* The layer of the remembered step steps/<name>; one that cannot be parsed
 * needs nothing. */
int marks_add_step(struct marks *m, struct store *s, const char *name,
	struct error *err);
/* The blobs that needed layers were packed into. */
int marks_add_packed(struct marks *m, struct store *s, struct error *err);

/* Does `name`, hex digits and perhaps ".something", begin with a marked one? */
bool marks_has(const struct map *set, const char *name);

#endif
