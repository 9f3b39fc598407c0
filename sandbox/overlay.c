/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/explain.h"
#include "sandbox/mounts.h"
#include "util/buf.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

/* mount(2) takes one page of options, whatever the machine's page is. */
#define OPTIONS_MAX 4096
/* What ours beside the lowers take at most. */
#define OPTIONS_REST 160

/* These would end a name in the middle of the option. */
static int
check_name(const char *name, struct error *err)
{
	if (strpbrk(name, ":,\\"))
		return error_set(err, EINVAL, "'%s' cannot be a layer's name",
			name);
	return 0;
}

/* Topmost first, as overlayfs wants them. */
static int
add_lowers(const struct overlay *o, struct buf *options, struct error *err)
{
	size_t i;
	int r;

	buf_adds(options, "lowerdir=");
	for (i = o->count; i > 0; i--) {
		r = check_name(o->lowers[i - 1], err);
		if (r < 0)
			return r;
		buf_addf(options, "%s%s", o->lowers[i - 1],
			i > 1 ? ":" : "");
	}
	return 0;
}

/* Names as short as they can be: dir_fd/lowers/0, 1, 2, ... are links. */
static int
add_links(const struct overlay *o, struct buf *options, struct error *err)
{
	autoclose int links = -1;
	char name[24];
	size_t i;

	if (mkdirat(o->dir_fd, OVERLAY_LINKS, 0700) < 0)
		return error_errno(err, "cannot make '" OVERLAY_LINKS "'");
	links = openat(o->dir_fd, OVERLAY_LINKS,
		O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (links < 0)
		return error_errno(err, "cannot open '" OVERLAY_LINKS "'");
	buf_adds(options, "lowerdir=");
	for (i = o->count; i > 0; i--) {
		autofree char *target = path_resolve(o->base,
			o->lowers[i - 1]);

		(void)snprintf(name, sizeof(name), "%zu", i - 1);
		if (symlinkat(target, links, name) < 0)
			return error_errno(err, "cannot link '%s'", target);
		buf_addf(options, "%s%s", name, i > 1 ? ":" : "");
	}
	return 0;
}

/* Our own directories by descriptor: no blank, comma or colon of their paths
 * needs escaping. */
static void
add_rest(const struct overlay *o, struct buf *options)
{
	if (o->has_upper)
		buf_addf(options, ",upperdir=/proc/self/fd/%d/" OVERLAY_UPPER
			",workdir=/proc/self/fd/%d/" OVERLAY_WORK
			",volatile", o->dir_fd, o->dir_fd);
	buf_adds(options, ",userxattr");
}

static int
refused(int code, struct error *err)
{
	if (code == EPERM || code == EACCES || code == ENODEV)
		return explain_refusal(EXPLAIN_MOUNT, code, err);
	(void)error_set(err, code, "cannot mount an overlay: %s",
		strerror(code));
	return error_kind(err, ERROR_HOST);
}

/* Lowers are relative to the working directory, which is borrowed for it. */
static int
mount_from(const char *base, const char *target, unsigned long flags,
	const char *options, struct error *err)
{
	autoclose int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int code = 0;

	if (chdir(base) < 0)
		return error_errno(err, "cannot enter '%s'", base);
	if (mount("overlay", target, "overlay", flags, options) < 0)
		code = errno;
	/* A directory we were in but may not enter is not worth failing. */
	if (here < 0 || fchdir(here) < 0)
		(void)!chdir("/");
	return code ? refused(code, err) : 0;
}

/* `options` has the lowers, relative to `base`. */
static int
mount_by_options(const struct overlay *o, const char *base,
	struct buf *options, struct error *err)
{
	unsigned long flags = o->has_upper ? MS_NODEV : MS_NODEV | MS_RDONLY;
	char target[64];
	int r;

	add_rest(o, options);
	r = buf_check(options, "the list of layers", err);
	if (r < 0)
		return r;
	(void)snprintf(target, sizeof(target),
		"/proc/self/fd/%d/" OVERLAY_UPPER, o->dir_fd);
	return mount_from(base, target, flags, buf_text(options), err);
}

static struct mounts_option
own_option(const struct overlay *o, const char *name, const char *dir)
{
	return (struct mounts_option){ name,
		mem_printf("/proc/self/fd/%d/%s", o->dir_fd, dir) };
}

static char *
lower_path(int base_fd, const char *name)
{
	return *name == '/' ? mem_strdup(name) :
		mem_printf("/proc/self/fd/%d/%s", base_fd, name);
}

/* Lowers, topmost first, then our own directories: these values are to be
 * freed. The list ends with two flags and zeros. */
static size_t
list_options(const struct overlay *o, int base_fd, struct mounts_option *list)
{
	size_t i, n = 0;

	for (i = o->count; i > 0; i--)
		list[n++] = (struct mounts_option){ "lowerdir+",
			lower_path(base_fd, o->lowers[i - 1]) };
	if (o->has_upper) {
		list[n++] = own_option(o, "upperdir", OVERLAY_UPPER);
		list[n++] = own_option(o, "workdir", OVERLAY_WORK);
		list[n + 1] = (struct mounts_option){ "volatile", NULL };
	}
	list[n] = (struct mounts_option){ "userxattr", NULL };
	return n;
}

/* However many and however long their names, without a link for each; but only
 * since Linux 6.8. */
static int
mount_one_by_one(const struct overlay *o, struct error *err)
{
	autofree struct mounts_option *list =
		mem_array(o->count + 5, sizeof(*list));
	autoclose int base_fd = -1;
	autoclose int fd = -1;
	size_t n;
	int r;

	base_fd = open(o->base, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (base_fd < 0)
		return error_errno(err, "cannot open '%s'", o->base);
	n = list_options(o, base_fd, list);
	r = mounts_create("overlay", list, o->has_upper ? MOUNTS_NO_DEV :
		MOUNTS_NO_DEV | MOUNTS_READ_ONLY, &fd, err);
	while (n > 0)
		free((char *)(uintptr_t)list[--n].value);
	return r < 0 ? r : mounts_attach_at(fd, o->dir_fd, OVERLAY_UPPER, err);
}

/* More than a page of names. */
static int
mount_many(const struct overlay *o, struct buf *options, struct error *err)
{
	autofree char *base = NULL;
	autoerror why = { 0 };
	int r;

	if (mount_one_by_one(o, &why) == 0)
		return 0;
	/* Whatever is wrong shows again, and the caller knows mount(2)'s. */
	log_debug("layers one by one: %s", why.text);
	base = mem_printf("/proc/self/fd/%d/" OVERLAY_LINKS,
		o->dir_fd);
	buf_reset(options);
	r = add_links(o, options, err);
	return r < 0 ? r : mount_by_options(o, base, options, err);
}

int
overlay_mount(const struct overlay *o, struct error *err)
{
	cleanup_value(buf_release) struct buf options = { 0 };
	int r;

	if (o->count > OVERLAY_LOWERS_MAX)
		return error_set(err, E2BIG, "%zu layers are more than the %d "
			"the kernel can stack", o->count, OVERLAY_LOWERS_MAX);
	buf_init(&options, KiB(64));
	r = add_lowers(o, &options, err);
	if (r < 0)
		return r;
	if (options.len + OPTIONS_REST > OPTIONS_MAX)
		return mount_many(o, &options, err);
	return mount_by_options(o, o->base, &options, err);
}
