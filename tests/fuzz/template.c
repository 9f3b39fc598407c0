/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "runner/template.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	cleanup(arena_free) struct arena *a = arena_new(MiB(1));
	struct value *root = value_map(a);
	struct template_data what = { .root = root };
	autoerror err = { 0 };

	value_put(a, root, "a", value_text(a, "text"));
	value_put(a, root, "b", value_int(a, 3));
	buf_init(&out, TEMPLATE_TEXT_MAX);
	(void)template_render(
		(const char *)data, size, "fuzz", &what, &out, &err);
	return 0;
}
