/* SPDX-License-Identifier: Apache-2.0 */
#include "util/base64.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_format(const void *data, size_t len, struct buf *ret)
{
	const uint8_t *in = data;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t group = (uint32_t)in[i] << 16;

		if (i + 1 < len)
			group |= (uint32_t)in[i + 1] << 8;
		if (i + 2 < len)
			group |= in[i + 2];
		buf_addc(ret, alphabet[group >> 18]);
		buf_addc(ret, alphabet[group >> 12 & 63]);
		buf_addc(ret, i + 1 < len ? alphabet[group >> 6 & 63] : '=');
		buf_addc(ret, i + 2 < len ? alphabet[group & 63] : '=');
	}
}

int
base64_parse(const char *text, struct buf *ret)
{
	uint32_t group = 0;
	unsigned bits = 0;

	for (; *text && *text != '='; text++) {
		const char *at = strchr(alphabet, *text);

		if (*text == '\n' || *text == '\r')
			continue;
		if (!at)
			return -EINVAL;
		group = group << 6 | (uint32_t)(at - alphabet);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_addc(ret, (char)(group >> bits));
			group &= (1u << bits) - 1;
		}
	}
	if (text[strspn(text, "=\r\n")] || bits == 6)
		return -EINVAL;
	return 0;
}
