/* SPDX-License-Identifier: Apache-2.0 */
/* Any pattern gets an answer; a text with all escaped matches itself. */
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "util/glob.h"
#include "util/mem.h"
#include "util/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *
escaped(const char *text)
{
	char *pattern = mem_alloc(2 * strlen(text) + 1), *end = pattern;

	for (; *text; text++) {
		*end++ = '\\';
		*end++ = *text;
	}
	*end = '\0';
	return pattern;
}

/* The pattern, a NUL, the text. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *pattern = mem_strndup((const char *)data, size);
	autofree char *text = NULL, *itself = NULL;
	size_t len = strlen(pattern);
	int r;

	text = len < size
		? mem_strndup((const char *)data + len + 1, size - len - 1)
		: mem_strdup("");
	itself = escaped(text);
	r = glob_match(pattern, text);
	assert(r == 0 || r == 1 || r == -EINVAL);
	if (!glob_has_wildcard(pattern))
		assert(r == (strcmp(pattern, text) == 0));
	assert(glob_match(itself, text) == 1);
	return 0;
}
