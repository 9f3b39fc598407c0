/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "runner/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	cleanup(map_free) struct map *values = map_new(NULL);
	autoerror err = { 0 };

	map_set(values, "Run.ID", (void *)"cf2a");
	buf_init(&out, TEMPLATE_TEXT_MAX);
	(void)template_render(
		(const char *)data, size, "fuzz", values, &out, &err);
	return 0;
}
