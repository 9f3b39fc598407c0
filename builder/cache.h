/* SPDX-License-Identifier: Apache-2.0 */
/* cache: results of steps by key, one small file each in the store. */
#ifndef BUILDER_CACHE_H
#define BUILDER_CACHE_H

#include "builder/key.h"
#include "oci/layer.h"
#include "oci/store.h"
#include "util/error.h"

/* What a step left. */
struct cache_entry {
	struct layer layer;
	char *created;		/* RFC 3339 */
};

void cache_entry_release(struct cache_entry *e);
/* 1 and the entry when the step was done before and its layer is still here;
 * 0 when not, also for an entry that cannot be read. */
int cache_get(struct store *s, const struct key *k, struct cache_entry *ret,
	struct error *err);
/* Remember; `created_by` and the key's words are kept for people. */
int cache_put(struct store *s, const struct key *k,
	const struct cache_entry *e, const char *created_by,
	struct error *err);

/* The same by the key's digest, in hex. */
/* 1 and the entry with its words for people (yours), if its layer is here; 0
 * else. */
int cache_read(struct store *s, const char *key, struct cache_entry *ret,
	char **ret_created_by, struct error *err);
/* Unless there is one: what is known here is as good. */
int cache_write(struct store *s, const char *key, const struct cache_entry *e,
	const char *created_by, struct error *err);

#endif
