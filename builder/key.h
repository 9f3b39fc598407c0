/* SPDX-License-Identifier: Apache-2.0 */
/* key: the name of a step's result: a digest over everything it can see, and
 * the words it came from. */
#ifndef BUILDER_KEY_H
#define BUILDER_KEY_H

#include "oci/digest.h"
#include "util/strv.h"

/* All-zero is empty. `words` are "name=value", for --explain. */
struct key {
	struct strv words;
};

void key_release(struct key *k);
/* One thing that decides. A value of NULL is left out. Values that may hold
 * a secret are the caller's to leave out. */
void key_add(struct key *k, const char *name, const char *value);
void key_add_digest(struct key *k, const char *name, const struct digest *d);
void key_add_list(struct key *k, const char *name, const struct strv *values);
void key_add_number(struct key *k, const char *name, long long value);
/* The digest of the words so far, in their order. */
void key_digest(const struct key *k, struct digest *ret);

#endif
