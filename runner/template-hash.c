/* SPDX-License-Identifier: Apache-2.0 */
/* sha1sum, for those who have names made with it: RFC 3174. It protects
 * nothing. */
#include <stdint.h>
#include <string.h>

#include "runner/template-call.h"
#include "util/mem.h"

#define BLOCK 64

static uint32_t
rotate(uint32_t x, unsigned bits)
{
	return x << bits | x >> (32 - bits);
}

static uint32_t
mix(unsigned t, const uint32_t *w)
{
	if (t < 20)
		return ((w[1] & w[2]) | (~w[1] & w[3])) + 0x5a827999;
	if (t < 40)
		return (w[1] ^ w[2] ^ w[3]) + 0x6ed9eba1;
	if (t < 60)
		return ((w[1] & w[2]) | (w[1] & w[3]) | (w[2] & w[3])) +
			0x8f1bbcdc;
	return (w[1] ^ w[2] ^ w[3]) + 0xca62c1d6;
}

static void
add_block(uint32_t *h, const unsigned char *block)
{
	uint32_t w[80], v[5], next;
	unsigned t;

	for (t = 0; t < 16; t++)
		w[t] = (uint32_t)block[4 * t] << 24 |
			(uint32_t)block[4 * t + 1] << 16 |
			(uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
	for (; t < 80; t++)
		w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	memcpy(v, h, sizeof(v));
	for (t = 0; t < 80; t++) {
		next = rotate(v[0], 5) + mix(t, v) + v[4] + w[t];
		v[4] = v[3];
		v[3] = v[2];
		v[2] = rotate(v[1], 30);
		v[1] = v[0];
		v[0] = next;
	}
	for (t = 0; t < 5; t++)
		h[t] += v[t];
}

static const struct value *
hash_sha1sum(struct call *c)
{
	uint32_t h[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
		0xc3d2e1f0 };
	const char *text = call_text(c, 0);
	size_t len = strlen(text), rest = len % BLOCK, at, i;
	unsigned char last[2 * BLOCK] = { 0 };
	size_t size = rest < BLOCK - 8 ? BLOCK : 2 * BLOCK;
	autofree char *hex = NULL;

	for (at = 0; at + BLOCK <= len; at += BLOCK)
		add_block(h, (const unsigned char *)text + at);
	memcpy(last, text + at, rest);
	last[rest] = 0x80;
	for (i = 0; i < 8; i++)
		last[size - 1 - i] =
			(unsigned char)((uint64_t)len * 8 >> (8 * i));
	for (at = 0; at < size; at += BLOCK)
		add_block(h, last + at);
	hex = mem_printf("%08x%08x%08x%08x%08x", h[0], h[1], h[2], h[3], h[4]);
	return value_text(c->arena, hex);
}

const struct function template_hash_functions[] = {
	{ "sha1sum", 1, 1, false, hash_sha1sum },
	{ NULL, 0, 0, false, NULL },
};
