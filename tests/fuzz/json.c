/* SPDX-License-Identifier: Apache-2.0 */
/* What is parsed can be written, and read again as the same value. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "util/json.h"
#include "util/mem.h"

#define autojson cleanup(json_free) struct json
#define autobuf cleanup_value(buf_release) struct buf

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autobuf text = { .max = MiB(64) }, again = { .max = MiB(64) };
	autojson *j = NULL, *copy = NULL, *reread = NULL;
	autoerror err = { 0 };

	if (json_parse((const char *)data, size, KiB(64), "it", &j, &err) < 0) {
		assert(err.code && err.text && !j);
		return 0;
	}
	json_format(j, &text);
	assert(!text.overflow && !memchr(text.data, '\n', text.len));
	assert(json_parse(text.data, text.len, MiB(64), "it", &reread, &err) ==
		0);
	json_format(reread, &again);
	assert(strcmp(text.data, again.data) == 0);
	copy = json_copy(j);
	assert(json_equal(j, reread) && json_equal(copy, j));
	return 0;
}
