/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "builder/git-url.h"

#define REF_MAX 1024

static bool
is_hex(const char *text)
{
	return text[strspn(text, "0123456789abcdefABCDEF")] == '\0';
}

bool
git_is_id(const char *ref)
{
	size_t len = strlen(ref);

	return (len == 40 || len == 64) && is_hex(ref);
}

bool
git_is_short_id(const char *ref)
{
	size_t len = strlen(ref);

	return len >= 4 && len <= 64 && is_hex(ref);
}

/* git-check-ref-format(1), and no more than that leaves. */
bool
git_is_ref(const char *ref)
{
	size_t len = strlen(ref);

	if (len == 0 || len > REF_MAX || strchr("-/.", ref[0]) ||
		strchr("/.", ref[len - 1]))
		return false;
	for (const char *c = ref; *c; c++) {
		if ((unsigned char)*c <= ' ' || *c == 0x7f ||
			strchr("~^:?*[\\", *c))
			return false;
	}
	return !strstr(ref, "..") && !strstr(ref, "@{") && !strstr(ref, "//");
}
