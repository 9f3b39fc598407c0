/* SPDX-License-Identifier: Apache-2.0 */
#include "util/path.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

static const char *
skip_slashes(const char *path)
{
	while (*path == '/')
		path++;
	return path;
}

static bool
is_dots(const char *part, size_t len)
{
	return len == 2 && part[0] == '.' && part[1] == '.';
}

/* Take the last component off `clean`, which ends at `end`; NULL when it has
 * none that ".." could take (empty, or ".." itself). */
static char *
drop_last(char *clean, char *end)
{
	char *from = end;

	while (from > clean && from[-1] != '/')
		from--;
	if (from == end || is_dots(from, (size_t)(end - from)))
		return NULL;
	return from > clean + 1 ? from - 1 : from;
}

/* Add one component behind a slash, if there is something to be behind of. */
static char *
add_part(char *clean, char *end, const char *part, size_t len)
{
	if (end > clean && end[-1] != '/')
		*end++ = '/';
	return mempcpy(end, part, len);
}

char *
path_clean(const char *path)
{
	char *clean = mem_alloc(strlen(path) + 2);
	char *end = clean, *shorter;
	bool absolute = *path == '/';

	if (absolute)
		*end++ = '/';
	for (path = skip_slashes(path); *path; path = skip_slashes(path)) {
		size_t len = strcspn(path, "/");

		if (is_dots(path, len)) {
			shorter = drop_last(clean, end);
			if (shorter)
				end = shorter;
			else if (!absolute)
				end = add_part(clean, end, path, len);
		} else if (len != 1 || *path != '.') {
			end = add_part(clean, end, path, len);
		}
		path += len;
	}
	if (end == clean)
		*end++ = '.';
	*end = '\0';
	return clean;
}

char *
path_resolve(const char *base, const char *path)
{
	char *joined, *clean;

	if (*path == '/')
		return path_clean(path);
	joined = path_join(base, path);
	clean = path_clean(joined);
	free(joined);
	return clean;
}

char *
path_join(const char *base, const char *path)
{
	size_t len = strlen(base);

	if (!len)
		return mem_strdup(path);
	return mem_printf("%s%s%s", base, base[len - 1] == '/' ? "" : "/",
		path);
}

const char *
path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *
path_dir(const char *path)
{
	const char *end = path_base(path);

	if (end == path)
		return mem_strdup(".");
	while (end > path && end[-1] == '/')
		end--;
	if (end == path)
		return mem_strdup("/");
	return mem_strndup(path, (size_t)(end - path));
}

bool
path_is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (strcmp(dir, ".") == 0)
		return *path != '/' && strcmp(path, "..") != 0 &&
			strncmp(path, "../", 3) != 0;
	if (strncmp(path, dir, len) != 0)
		return false;
	return path[len] == '\0' || path[len] == '/' || strcmp(dir, "/") == 0;
}

bool
path_is_name(const char *name)
{
	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	return !strchr(name, '/');
}

bool
path_goes_up(const char *path)
{
	size_t len;

	for (;; path += len + 1) {
		len = strcspn(path, "/");
		if (is_dots(path, len))
			return true;
		if (path[len] == '\0')
			return false;
	}
}
