/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/explain.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/scope.h"

/* mount(2) takes one page of options, whatever the machine's page is. */
#define OPTIONS_MAX 4096
/* What ours beside the lowers take at most. */
#define OPTIONS_REST 160
#define LINKS "lowers"

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

	if (mkdirat(o->dir_fd, LINKS, 0700) < 0)
		return error_errno(err, "cannot make '" LINKS "'");
	links = openat(o->dir_fd, LINKS, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (links < 0)
		return error_errno(err, "cannot open '" LINKS "'");
	buf_adds(options, "lowerdir=");
	for (i = o->count; i > 0; i--) {
		autofree char *target = mem_printf("%s/%s", o->base,
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

/* Where the names in `options` are relative to. */
static int
make_options(const struct overlay *o, struct buf *options, char **ret_base,
	struct error *err)
{
	int r;

	r = add_lowers(o, options, err);
	if (r < 0)
		return r;
	*ret_base = mem_strdup(o->base);
	if (options->len + OPTIONS_REST > OPTIONS_MAX) {
		free(*ret_base);
		*ret_base = mem_printf("/proc/self/fd/%d/" LINKS, o->dir_fd);
		buf_reset(options);
		r = add_links(o, options, err);
		if (r < 0)
			return r;
	}
	add_rest(o, options);
	return buf_check(options, "the list of layers", err);
}

static int
refused(int code, struct error *err)
{
	if (code == EPERM || code == EACCES || code == ENODEV)
		return explain_refusal(EXPLAIN_MOUNT, code, err);
	return error_set(err, code, "cannot mount an overlay: %s",
		strerror(code));
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

int
overlay_mount(const struct overlay *o, struct error *err)
{
	cleanup_value(buf_release) struct buf options = { 0 };
	autofree char *base = NULL;
	unsigned long flags = MS_NODEV;
	char target[64];
	int r;

	if (o->count > OVERLAY_LOWERS_MAX)
		return error_set(err, E2BIG, "%zu layers are more than the %d "
			"the kernel can stack", o->count, OVERLAY_LOWERS_MAX);
	if (!o->has_upper)
		flags |= MS_RDONLY;
	buf_init(&options, KiB(64));
	r = make_options(o, &options, &base, err);
	if (r < 0)
		return r;
	(void)snprintf(target, sizeof(target),
		"/proc/self/fd/%d/" OVERLAY_UPPER, o->dir_fd);
	return mount_from(base, target, flags, buf_text(&options), err);
}
