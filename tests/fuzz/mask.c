/* SPDX-License-Identifier: Apache-2.0 */
/* However output is cut to chunks, the same is shown, and no secret. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "runner/mask.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
show(const struct mask *m, const char *text, size_t len, size_t step,
	struct buf *ret)
{
	cleanup_value(mask_stream_release) struct mask_stream s = { 0 };
	size_t at;

	buf_init(ret, MiB(16));
	for (at = 0; at < len; at += step)
		mask_feed(m, &s, text + at, len - at < step ? len - at : step,
			ret);
	mask_flush(m, &s, ret);
}

/* How long the secret is, how long the chunks, the secret, the output. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(mask_free) struct mask *m = mask_new();
	cleanup_value(buf_release) struct buf whole = { 0 };
	cleanup_value(buf_release) struct buf parts = { 0 };
	const char *secret = (const char *)data + 2;
	size_t len;

	if (size < 3 || size - 2 < data[0])
		return 0;
	len = data[0];
	mask_add(m, secret, len);
	show(m, secret + len, size - 2 - len, size, &whole);
	show(m, secret + len, size - 2 - len, 1 + data[1] % 16u, &parts);
	assert(whole.len == parts.len);
	assert(whole.len == 0 ||
		memcmp(whole.data, parts.data, whole.len) == 0);
	if (len >= 4 && !memchr(secret, '*', len))
		assert(whole.len == 0 ||
			!memmem(whole.data, whole.len, secret, len));
	return 0;
}
