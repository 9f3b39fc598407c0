/* SPDX-License-Identifier: Apache-2.0 */
/* digest: SHA-256 of bytes; the name of everything (OCI image-spec,
 * descriptor.md#digests). The only place that knows libcrypto's digests. */
#ifndef OCI_DIGEST_H
#define OCI_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "util/scope.h"
#include "util/stream.h"

#define DIGEST_TEXT_SIZE 72	/* "sha256:" + 64 + NUL */
#define DIGEST_HEX_SIZE 65

/* Copied like a number. All-zero is "none". */
struct digest {
	uint8_t bytes[32];
};

bool digest_is_none(const struct digest *d);
bool digest_equal(const struct digest *a, const struct digest *b);
/* Strictly "sha256:" and 64 lower-case hex digits; other registered
 * algorithms are -ENOTSUP, everything else -EINVAL. */
int digest_parse(const char *text, struct digest *ret, struct error *err);
/* 64 hex digits without the algorithm. */
int digest_parse_hex(const char *hex, struct digest *ret, struct error *err);
const char *digest_format(const struct digest *d, char ret[DIGEST_TEXT_SIZE]);
const char *digest_format_hex(const struct digest *d,
	char ret[DIGEST_HEX_SIZE]);
void digest_of(const void *data, size_t len, struct digest *ret);

/* Bytes that come in pieces. */
struct digester;
struct digester *digester_new(void);
void digester_add(struct digester *d, const void *data, size_t len);
/* A length-prefixed field, so that ("ab","c") differs from ("a","bc"). */
void digester_add_field(struct digester *d, const void *data, size_t len);
void digester_add_text(struct digester *d, const char *text);
/* The digest of what came so far; starts anew afterwards. */
void digester_take(struct digester *d, struct digest *ret);
struct digester *digester_free(struct digester *d);

/* A sink that hashes and counts, and passes on to `next` (borrowed, may be
 * NULL). `*ret` and `*ret_size` are written by finish (either may be NULL),
 * which also finishes `next`. */
struct sink *digest_sink(struct sink *next, struct digest *ret,
	uint64_t *ret_size);
/* A source that hashes what is read from `from` (borrowed); the results are
 * written when the end has been read. */
struct source *digest_source(struct source *from, struct digest *ret,
	uint64_t *ret_size);

DEFINE_CLEANUP(struct digester *, digester_free);

#endif
