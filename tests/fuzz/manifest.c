/* SPDX-License-Identifier: Apache-2.0 */
/* A manifest of strangers: what is accepted can be written, and is the same
 * when it is read again; no document is both an image and an index. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "oci/manifest.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
use_image(const struct manifest *m)
{
	cleanup_value(buf_release) struct buf one = { .max = MiB(16) };
	cleanup_value(buf_release) struct buf other = { .max = MiB(16) };
	cleanup_value(manifest_release) struct manifest again = { 0 };

	manifest_format(m, &one);
	assert(manifest_parse(buf_text(&one), one.len, &again, NULL) == 0);
	manifest_format(&again, &other);
	assert(strcmp(buf_text(&one), buf_text(&other)) == 0);
}

static void
use_index(const struct image_index *i)
{
	static const struct platform want = { "linux", "amd64", "v3" };
	cleanup_value(buf_release) struct buf one = { .max = MiB(16) };
	cleanup_value(image_index_release) struct image_index again = { 0 };
	autoerror err = { 0 };
	size_t n;

	image_index_format(i, &one);
	assert(image_index_parse(buf_text(&one), one.len, &again, NULL) == 0);
	assert(again.count == i->count);
	if (image_index_choose(i, &want, &n, &err) == 0)
		assert(n < i->count);
	else
		assert(err.text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_value(manifest_release) struct manifest m = { 0 };
	cleanup_value(image_index_release) struct image_index index = { 0 };
	enum manifest_kind kind = MANIFEST_IMAGE;
	const char *text = (const char *)data;
	int detected, as_image, as_index;

	detected = manifest_detect(text, size, NULL, &kind, NULL);
	as_image = manifest_parse(text, size, &m, NULL);
	as_index = image_index_parse(text, size, &index, NULL);
	assert(as_image < 0 || as_index < 0);
	if (as_image == 0) {
		assert(detected == 0 && kind == MANIFEST_IMAGE);
		use_image(&m);
	}
	if (as_index == 0) {
		assert(detected == 0 && kind == MANIFEST_INDEX);
		use_index(&index);
	}
	return 0;
}
