/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/key.h"

#include "util/scope.h"

/* Raised when the same words no longer give the same layer. */
#define KEY_VERSION "slipway step 1"

void
key_release(struct key *k)
{
	strv_release(&k->words);
}

void
key_add(struct key *k, const char *name, const char *value)
{
	if (value)
		strv_addf(&k->words, "%s=%s", name, value);
}

void
key_add_digest(struct key *k, const char *name, const struct digest *d)
{
	char text[DIGEST_TEXT_SIZE];

	key_add(k, name, digest_is_none(d) ? "none" : digest_format(d, text));
}

void
key_add_list(struct key *k, const char *name, const struct strv *values)
{
	for (size_t n = 0; n < values->count; n++)
		key_add(k, name, values->items[n]);
}

void
key_add_number(struct key *k, const char *name, long long value)
{
	strv_addf(&k->words, "%s=%lld", name, value);
}

void
key_digest(const struct key *k, struct digest *ret)
{
	cleanup(digester_free) struct digester *d = digester_new();

	digester_add_text(d, KEY_VERSION);
	for (size_t n = 0; n < k->words.count; n++)
		digester_add_text(d, k->words.items[n]);
	digester_take(d, ret);
}
