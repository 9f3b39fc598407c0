/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/dockerfile.h"

#include <errno.h>
#include <string.h>

#include "util/mem.h"
#include "util/scope.h"

/* The image a `syntax` names without registry, tag and digest. */
static char *
syntax_path(const char *syntax)
{
	char *path = mem_strndup(syntax, strcspn(syntax, " \t"));
	char *slash;

	path[strcspn(path, "@")] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		slash[strcspn(slash, ":")] = '\0';
	return path;
}

static bool
ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0 &&
		(n == m || text[n - m - 1] == '/');
}

int
dockerfile_check_syntax(const char *syntax, struct error *err)
{
	autofree char *path = NULL;

	if (!syntax || strcmp(syntax, "dockerfile.v0") == 0)
		return 0;
	path = syntax_path(syntax);
	if (ends_with(path, "docker/dockerfile") ||
		ends_with(path, "docker/dockerfile-upstream"))
		return 0;
	(void)error_set(err, ENOTSUP,
		"the syntax '%s' is not one that slipway knows", syntax);
	(void)error_kind(err, ERROR_REQUEST);
	return error_hint(err,
		"it knows docker/dockerfile; --ignore-syntax reads the file as that");
}
