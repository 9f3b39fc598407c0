/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/xattr.h"

#include <string.h>

#include "oci/xattr.h"
#include "util/mem.h"
#include "util/scope.h"

static bool
begins_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

bool
xattr_is_copied(const char *name)
{
	static const char *const not_copied[] = {
		"security.", "system.", "trusted.overlay.", "user.overlay.",
		"user.slipway.",
	};

	if (strcmp(name, "security.capability") == 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(not_copied); i++) {
		if (begins_with(name, not_copied[i]))
			return false;
	}
	return true;
}

int
xattr_digest(int fd, struct digest *ret, struct error *err)
{
	cleanup_value(xattrs_release) struct xattrs found = { 0 };
	cleanup(digester_free) struct digester *d = NULL;
	int count = 0, r;

	r = xattrs_read(fd, &found, err);
	if (r < 0 || found.count == 0)
		return r;
	d = digester_new();
	for (size_t i = 0; i < found.count; i++) {
		const struct tar_xattr *x = &found.items[i];

		if (!xattr_is_copied(x->name))
			continue;
		digester_add_text(d, x->name);
		digester_add_field(d, x->value, x->size);
		count++;
	}
	if (count > 0)
		digester_take(d, ret);
	return count;
}
