/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/xattr.h"

#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

#include "util/mem.h"
#include "util/scope.h"
#include "util/strv.h"

/* The kernel's own: XATTR_LIST_MAX and XATTR_SIZE_MAX. */
#define LIST_MAX_BYTES KiB(64)
#define VALUE_MAX_BYTES KiB(64)

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

static int
list_names(int fd, struct strv *ret, struct error *err)
{
	autofree char *list = NULL;
	ssize_t len;

	len = flistxattr(fd, NULL, 0);
	if (len <= 0)
		return len == 0 || errno == ENOTSUP ?
			0 :
			error_errno(err, "cannot list extended attributes");
	list = mem_alloc(LIST_MAX_BYTES);
	len = flistxattr(fd, list, LIST_MAX_BYTES);
	if (len < 0)
		return error_errno(err, "cannot list extended attributes");
	for (const char *p = list; p < list + len; p += strlen(p) + 1) {
		if (xattr_is_copied(p))
			strv_add(ret, p);
	}
	strv_sort(ret);
	return 0;
}

static int
add_value(struct digester *d, int fd, const char *name, struct error *err)
{
	autofree char *value = mem_alloc(VALUE_MAX_BYTES);
	ssize_t len;

	len = fgetxattr(fd, name, value, VALUE_MAX_BYTES);
	if (len < 0)
		return error_errno(err,
			"cannot read extended attribute '%s'", name);
	digester_add_text(d, name);
	digester_add_field(d, value, (size_t)len);
	return 0;
}

int
xattr_digest(int fd, struct digest *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	cleanup(digester_free) struct digester *d = NULL;
	int r;

	r = list_names(fd, &names, err);
	if (r < 0 || names.count == 0)
		return r;
	d = digester_new();
	for (size_t i = 0; i < names.count; i++) {
		r = add_value(d, fd, names.items[i], err);
		if (r < 0)
			return r;
	}
	digester_take(d, ret);
	return (int)names.count;
}
