/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "runner/alias.h"
#include "util/mem.h"

/* The block of aliases, its template, and the replacement of names. No file is
 * read: there is no directory. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup_value(buf_release) struct buf out = { 0 };
	cleanup(arena_free) struct arena *arena = arena_new(MiB(1));
	cleanup(aliases_free) struct aliases *a = NULL;
	const struct template_data root = { .root = value_map(arena) };
	const struct strv none = { 0 };
	const struct alias_source source = { .name = "fuzz",
		.dir_fd = -1,
		.defaults = &none,
		.data = &root,
		.always = true };
	autoerror err = { 0 };

	buf_init(&text, TEMPLATE_TEXT_MAX);
	buf_init(&out, TEMPLATE_TEXT_MAX);
	buf_add(&text, data, size);
	if (aliases_read(buf_text(&text), text.len, &source, &a, &err) < 0 ||
		!a)
		return 0;
	aliases_replace(a, buf_text(&text), text.len, &out);
	(void)aliases_image(a, "bash");
	return 0;
}
