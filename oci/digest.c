/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/digest.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

/* The hash itself without OpenSSL's providers: the first EVP digest of a
 * process costs 0.8 ms (0.2 without the configuration file), this 0.01, and a
 * cached build has 10 in all. The bytes come from the same assembler. */
#define OPENSSL_API_COMPAT 10100
#include <openssl/sha.h>

#include "util/mem.h"

#define PREFIX "sha256:"
#define HEX_LENGTH (DIGEST_HEX_SIZE - 1)

struct digester {
	SHA256_CTX state;
};

bool
digest_is_none(const struct digest *d)
{
	static const struct digest none;

	return digest_equal(d, &none);
}

bool
digest_equal(const struct digest *a, const struct digest *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* The value of a lower-case hex digit, or -1. */
static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int
digest_parse_hex(const char *hex, struct digest *ret, struct error *err)
{
	struct digest d;
	size_t i;

	if (strlen(hex) != HEX_LENGTH ||
		strspn(hex, "0123456789abcdef") != HEX_LENGTH)
		return error_set(err, EINVAL,
			"'%.80s' is not 64 lower-case hex digits", hex);

	for (i = 0; i < sizeof(d.bytes); i++)
		d.bytes[i] = (uint8_t)(hex_value(hex[2 * i]) << 4 |
			hex_value(hex[2 * i + 1]));
	*ret = d;
	return 0;
}

/* sha512 and blake3 are registered in image-spec, descriptor.md. */
static bool
is_other_algorithm(const char *text)
{
	return strncmp(text, "sha512:", 7) == 0 ||
		strncmp(text, "blake3:", 7) == 0;
}

int
digest_parse(const char *text, struct digest *ret, struct error *err)
{
	if (is_other_algorithm(text))
		return error_set(err, ENOTSUP,
			"digest '%.160s' is not of SHA-256", text);
	if (strncmp(text, PREFIX, strlen(PREFIX)) != 0)
		return error_set(err, EINVAL, "'%.80s' is not a digest", text);
	if (digest_parse_hex(text + strlen(PREFIX), ret, NULL) < 0)
		return error_set(err, EINVAL,
			"digest '%.80s' needs 64 lower-case hex digits", text);
	return 0;
}

const char *
digest_format_hex(const struct digest *d, char ret[DIGEST_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < sizeof(d->bytes); i++) {
		ret[2 * i] = digits[d->bytes[i] >> 4];
		ret[2 * i + 1] = digits[d->bytes[i] & 15];
	}
	ret[HEX_LENGTH] = '\0';
	return ret;
}

const char *
digest_format(const struct digest *d, char ret[DIGEST_TEXT_SIZE])
{
	memcpy(ret, PREFIX, strlen(PREFIX));
	(void)digest_format_hex(d, ret + strlen(PREFIX));
	return ret;
}

void
digest_of(const void *data, size_t len, struct digest *ret)
{
	struct digester d;

	SHA256_Init(&d.state);
	SHA256_Update(&d.state, data, len);
	SHA256_Final(ret->bytes, &d.state);
}

struct digester *
digester_new(void)
{
	struct digester *d = mem_alloc(sizeof(*d));

	SHA256_Init(&d->state);
	return d;
}

void
digester_add(struct digester *d, const void *data, size_t len)
{
	SHA256_Update(&d->state, data, len);
}

void
digester_add_field(struct digester *d, const void *data, size_t len)
{
	uint64_t prefix = htole64(len);

	digester_add(d, &prefix, sizeof(prefix));
	digester_add(d, data, len);
}

void
digester_add_text(struct digester *d, const char *text)
{
	digester_add_field(d, text, strlen(text));
}

void
digester_take(struct digester *d, struct digest *ret)
{
	SHA256_Final(ret->bytes, &d->state);
	SHA256_Init(&d->state);
}

struct digester *
digester_free(struct digester *d)
{
	free(d);
	return NULL;
}
