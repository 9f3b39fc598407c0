/* SPDX-License-Identifier: Apache-2.0 */
/* An ignore file and, after a NUL, a path. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "builder/ignore.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Asking on the way down must say what asking for the whole path says, and a
 * directory that need not be entered must hold nothing that comes back. */
static void
compare(const struct ignore *i, const char *path)
{
	autofree bool *hits = mem_array(ignore_count(i) + 1, sizeof(*hits));
	autofree bool *above = mem_array(ignore_count(i) + 1, sizeof(*above));
	autofree char *dir = path_dir(path);
	bool ignored = ignore_matches(i, path);

	(void)ignore_matches_start(i, dir, above);
	assert(ignore_matches_below(i, above, path, NULL) == ignored);
	assert(ignore_matches_below(i, above, path, hits) == ignored);
	if (ignore_matches(i, dir) && !ignore_may_reinclude(i, dir))
		assert(ignored);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
	size_t len = nul ? (size_t)(nul - data) : size;
	cleanup(ignore_free) struct ignore *i = NULL;
	autofree char *path = NULL;
	autofree char *rooted = NULL;
	autoerror err = { 0 };

	if (ignore_parse("f", (const char *)data, len, &i, &err) < 0)
		return 0;
	rooted = mem_printf("/%.*s", nul ? (int)(size - len - 1) : 0,
		nul ? (const char *)nul + 1 : "");
	path = path_clean(rooted);
	if (path[1] != '\0')
		compare(i, path + 1);
	return 0;
}
