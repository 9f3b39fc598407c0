/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/xattr.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "util/acl.h"
#include "util/mem.h"
#include "util/owner.h"
#include "util/scope.h"

#define CAPABILITY "security.capability"
#define OPAQUE "user.overlay.opaque"

/* The first prefix that fits decides. */
static const struct {
	const char *prefix;
	bool travels;
} rules[] = {
	{ "user.overlay.", false },
	{ "user.slipway", false },
	{ "user.", true },
	{ CAPABILITY, true },
	{ ACL_PREFIX, true },
};

static bool
begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool
xattr_travels(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules); i++)
		if (begins(name, rules[i].prefix))
			return rules[i].travels;
	return false;
}

void
xattrs_release(struct xattrs *x)
{
	size_t i;

	for (i = 0; i < x->count; i++) {
		free(x->items[i].name);
		free(x->items[i].value);
	}
	free(x->items);
	*x = (struct xattrs){ 0 };
}

/* The value, -1 with errno if it cannot be had. It may change its size while
 * one looks: ERANGE asks again. */
static ssize_t
get_value(int fd, const char *name, char **ret)
{
	autofree char *value = NULL;
	ssize_t size, got;

	do {
		size = fgetxattr(fd, name, NULL, 0);
		if (size < 0)
			return -1;
		free(value);
		value = mem_alloc((size_t)size + 1);
		got = fgetxattr(fd, name, value, (size_t)size);
	} while (got < 0 && errno == ERANGE);
	if (got >= 0)
		*ret = take_ptr(&value);
	return got;
}

/* Version 3 is version 2 and the id of the namespace's root. */
static void
simplify_capability(struct tar_xattr *x)
{
	unsigned char *bytes = (unsigned char *)x->value;

	if (strcmp(x->name, CAPABILITY) != 0 || x->size != XATTR_CAPS_SZ_3 ||
		bytes[3] != VFS_CAP_REVISION_3 >> 24)
		return;
	bytes[3] = VFS_CAP_REVISION_2 >> 24;
	x->size = XATTR_CAPS_SZ_2;
}

/* An ACL that could not be set is kept under another name. */
static const char *
real_name(const char *name)
{
	const char *kept = name + strlen(OWNER_KEPT_PREFIX);

	return begins(name, OWNER_KEPT_PREFIX) && begins(kept, ACL_PREFIX) ?
		kept : name;
}

/* It was not there for the kernel to change when the mode was. */
static void
refresh_acl(struct tar_xattr *x, int fd)
{
	struct stat st;

	if (strcmp(x->name, ACL_ACCESS) == 0 && fstat(fd, &st) == 0)
		acl_follow(x->value, x->size, st.st_mode);
}

static int
add(struct xattrs *x, int fd, const char *name, struct error *err)
{
	struct tar_xattr *item;
	char *value = NULL;
	ssize_t size;

	size = get_value(fd, name, &value);
	/* Gone since the list was made. */
	if (size < 0 && errno == ENODATA)
		return 0;
	if (size < 0)
		return error_errno(err, "cannot read the attribute '%s'", name);
	x->items = mem_resize(x->items, x->count + 1, sizeof(*x->items));
	item = &x->items[x->count++];
	*item = (struct tar_xattr){ mem_strdup(real_name(name)), value,
		(size_t)size };
	simplify_capability(item);
	if (real_name(name) != name)
		refresh_acl(item, fd);
	return 0;
}

/* "y": hides what is below; "x": has whiteouts made of attributes in it. */
static unsigned
opaque_marks(int fd, const char *name)
{
	autofree char *value = NULL;
	ssize_t size = get_value(fd, name, &value);

	if (size != 1)
		return 0;
	if (value[0] == 'y')
		return XATTR_OPAQUE;
	return value[0] == 'x' ? XATTR_HOLDS_WHITEOUTS : 0;
}

/* Mounts of real root use the trusted names, all others those of the user. */
static unsigned
marks_of(int fd, const char *full)
{
	const char *name = full;

	if (strcmp(name, OWNER_ATTRIBUTE) == 0)
		return XATTR_OWNER;
	if (strcmp(name, OWNER_NAMES_ATTRIBUTE) == 0)
		return XATTR_NAMES;
	if (begins(name, "trusted.overlay."))
		name += strlen("trusted.");
	else if (begins(name, "user.overlay."))
		name += strlen("user.");
	else
		return 0;
	if (strcmp(name, "overlay.whiteout") == 0)
		return XATTR_WHITEOUT;
	return strcmp(name, "overlay.opaque") == 0 ? opaque_marks(fd, full) : 0;
}

static int
compare(const void *a, const void *b)
{
	const struct tar_xattr *one = a, *other = b;

	return strcmp(one->name, other->name);
}

/* The list of names, each with its NUL; -1 and errno when there is none. */
static ssize_t
list_names(int fd, char **ret)
{
	char few[1024];
	ssize_t len;

	/* Nearly all files have none; the largest list is 64 KiB. */
	len = flistxattr(fd, few, sizeof(few));
	if (len > 0)
		*ret = mem_dup(few, (size_t)len);
	if (len >= 0 || errno != ERANGE)
		return len;
	*ret = mem_alloc(XATTR_LIST_MAX);
	return flistxattr(fd, *ret, XATTR_LIST_MAX);
}

int
xattrs_read(int fd, struct xattrs *ret, struct error *err)
{
	cleanup_value(xattrs_release) struct xattrs x = { 0 };
	autofree char *names = NULL;
	const char *name;
	ssize_t len;
	int r;

	len = list_names(fd, &names);
	if (len < 0 && errno != ENOTSUP)
		return error_errno(err, "cannot list attributes");
	for (name = names; len > 0 && name < names + len;
		name += strlen(name) + 1) {
		x.marks |= marks_of(fd, name);
		r = xattr_travels(real_name(name)) ? add(&x, fd, name, err) : 0;
		if (r < 0)
			return r;
	}
	if (x.count > 1)
		qsort(x.items, x.count, sizeof(*x.items), compare);
	*ret = x;
	x = (struct xattrs){ 0 };
	return 0;
}

static int
write_one(int fd, const struct tar_xattr *x)
{
	autofree char *kept = NULL;

	if (fsetxattr(fd, x->name, x->value, x->size, 0) == 0)
		return 0;
	if (errno != EINVAL || !begins(x->name, ACL_PREFIX))
		return -1;
	/* Of ids that do not exist here. */
	kept = mem_printf(OWNER_KEPT_PREFIX "%s", x->name);
	return fsetxattr(fd, kept, x->value, x->size, 0);
}

int
xattrs_write(int fd, const struct tar_xattr *items, size_t count,
	struct error *err)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!xattr_travels(items[i].name))
			continue;
		if (write_one(fd, &items[i]) == 0 || errno == ENOTSUP)
			continue;
		return error_errno(err, "cannot set the attribute '%s'",
			items[i].name);
	}
	return 0;
}

int
xattr_make_opaque(int fd, struct error *err)
{
	if (fsetxattr(fd, OPAQUE, "y", 1, 0) < 0)
		return error_errno(err, "cannot mark a directory opaque");
	return 0;
}
