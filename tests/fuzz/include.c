/* SPDX-License-Identifier: Apache-2.0 */
/* A Dockerfile and what it includes: files parted by \x01, called 0, 1, 2... */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "builder/dockerfile.h"
#include "util/mem.h"
#include "util/num.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes that hold all files. */
struct files {
	const char *data;
	size_t size;
};

/* File `number`; false when there are fewer. */
static int
find(const struct files *f, uint64_t number, const char **ret, size_t *ret_len)
{
	const char *p = f->data, *end = f->data + f->size, *next;

	for (;; p = next + 1) {
		next = memchr(p, 1, (size_t)(end - p));
		if (number-- == 0)
			break;
		if (!next)
			return 0;
	}
	*ret = p;
	*ret_len = (size_t)((next ? next : end) - p);
	return 1;
}

static int
read_file(const void *context, const char *path, char **ret_name,
	struct buf *text, struct error *err)
{
	const char *data;
	uint64_t number;
	size_t len;

	if (num_parse(path, 100, &number, err) < 0)
		return -EINVAL;
	if (!find(context, number, &data, &len))
		return error_set(err, ENOENT, "no file %s", path);
	buf_add(text, data, len);
	*ret_name = mem_strdup(path);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct files files = { (const char *)data, size };
	const struct include_reader reader = { read_file, &files };
	cleanup(dockerfile_free) struct dockerfile *d = NULL;
	autoerror err = { 0 };
	const char *text;
	size_t len;

	if (size == 0 || !find(&files, 0, &text, &len))
		return 0;
	if (dockerfile_parse("D", text, len, &reader, &d, &err) < 0) {
		assert(err.text);
		return 0;
	}
	for (size_t s = 0; s < d->stage_count; s++) {
		for (size_t i = 0; i < d->stages[s].count; i++) {
			const struct instr *at = &d->stages[s].instrs[i];

			assert(at->origin && at->kind != INSTR_INCLUDE);
			(void)error_set(&err, EINVAL, "wrong");
			(void)dockerfile_error_at(d, at, &err);
		}
	}
	return 0;
}
