/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "runner/outputs.h"
#include "util/buf.h"

/* What a step writes for those after it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup_value(strv_release) struct strv outputs = { 0 };
	autoerror err = { 0 };

	buf_init(&text, OUTPUTS_TEXT_MAX);
	buf_add(&text, data, size);
	(void)outputs_parse(buf_text(&text), &outputs, &err);
	return 0;
}
