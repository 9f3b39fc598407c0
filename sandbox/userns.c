/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/caps.h"
#include "sandbox/explain.h"
#include "sandbox/idmap.h"
#include "sandbox/mounts.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/scope.h"

/* What a distribution's images take for granted: nobody is 65534. */
#define IDS_WANTED 65536

/* Namespaces belong to the process, once and for all; so does the answer. */
static struct userns current;

static const char *const names[] = {
	[IDENTITY_AUTO] = "auto",
	[IDENTITY_RANGE] = "range",
	[IDENTITY_SINGLE] = "single",
	[IDENTITY_ROOT] = "root",
};

int
identity_parse(const char *text, enum identity *ret, struct error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(text ? text : "auto", names[i]) != 0)
			continue;
		*ret = (enum identity)i;
		return 0;
	}
	(void)error_set(err, EINVAL, "unknown identity '%s'", text);
	(void)error_hint(err, "use auto, range, single or root");
	return error_kind(err, ERROR_REQUEST);
}

const char *
identity_name(enum identity i)
{
	return names[i];
}

/* One climb of the ladder. */
struct climb {
	uid_t uid;		/* who we are outside */
	gid_t gid;
	bool unshared;		/* we are inside, and have no ids yet */
	struct userns found;
};

/* Root of a namespace with all ids, and not a single-id one of ours. */
static int
enter_root(struct climb *c, struct error *err)
{
	struct subid_map all;
	int r;

	if (c->uid != 0 || !caps_has(CAP_SYS_ADMIN)) {
		(void)error_set(err, EPERM,
			"identity root needs root and CAP_SYS_ADMIN");
		return error_kind(err, ERROR_HOST);
	}
	r = subid_map_inherit("/proc/self/uid_map", &all, err);
	if (r < 0)
		return r;
	if (subid_map_size(&all) < IDS_WANTED) {
		(void)error_set(err, EPERM,
			"identity root needs %d ids, and here are fewer",
			IDS_WANTED);
		return error_kind(err, ERROR_HOST);
	}
	if (unshare(CLONE_NEWNS) < 0)
		return explain_refusal(EXPLAIN_UNSHARE, errno, err);
	c->found.ids = UINT32_MAX;
	return mounts_make_private(err);
}

/* Inside we are 0:0, and the caller's groups, which mean nothing here, are
 * gone where the kernel lets go of them (not with a single id). */
static int
become_root(bool keep_groups, struct error *err)
{
	int r;

	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0 ||
		(!keep_groups && setgroups(0, NULL) < 0))
		return error_errno(err, "cannot become root inside");
	r = mounts_make_private(err);
	return r < 0 ? explain_refusal(EXPLAIN_MOUNT, -r, err) : 0;
}

static int
unshare_user(struct climb *c, struct error *err)
{
	/* A program that cannot be read is not "dumpable" and has its
	 * /proc/self, and with it the maps, owned by the real root. */
	(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return explain_refusal(EXPLAIN_UNSHARE, errno, err);
	c->unshared = true;
	return 0;
}

static int
enter_range(struct climb *c, struct error *err)
{
	cleanup(idmap_free) struct idmap *maps = NULL;
	int r;

	r = idmap_prepare(&maps, err);
	if (r == 0)
		r = unshare_user(c, err);
	if (r == 0)
		r = idmap_write(maps, err);
	if (r < 0)
		return r;
	c->found.ids = idmap_size(maps);
	if (c->found.ids < IDS_WANTED)
		log_warning_once("few-ids", "only %u ids exist inside: files "
			"of users and groups beyond cannot be made",
			(unsigned)c->found.ids);
	return become_root(false, err);
}

/* An attempt at the range may have brought us inside with the maps still
 * empty: that serves as well. */
static int
enter_single(struct climb *c, struct error *err)
{
	int r = 0;

	if (!c->unshared)
		r = unshare_user(c, err);
	if (r == 0)
		r = idmap_write_single(c->uid, c->gid, err);
	if (r < 0)
		return r;
	c->found.ids = 1;
	return become_root(true, err);
}

/* The ladder, from the top. */
static const struct rung {
	enum identity identity;
	int (*enter)(struct climb *c, struct error *err);
} rungs[] = {
	{ IDENTITY_ROOT, enter_root },
	{ IDENTITY_RANGE, enter_range },
	{ IDENTITY_SINGLE, enter_single },
};

static int
climb(enum identity want, struct userns *ret, struct error *err)
{
	struct climb c = { .uid = geteuid(), .gid = getegid() };
	size_t i;
	int r = -ENOTSUP;

	for (i = 0; i < ARRAY_SIZE(rungs); i++) {
		if (want != IDENTITY_AUTO && want != rungs[i].identity)
			continue;
		r = rungs[i].enter(&c, err);
		if (r == 0) {
			c.found.identity = rungs[i].identity;
			*ret = c.found;
			return 0;
		}
		log_debug("identity %s: %s", names[rungs[i].identity],
			err->text);
	}
	return r;
}

int
userns_enter(enum identity want, struct userns *ret, struct error *err)
{
	struct userns found = { 0 };
	autoerror problem = { 0 };

	if (!current.entered) {
		if (climb(want, &found, &problem) < 0)
			return error_move(err, &problem);
		current = found;
		current.entered = true;
	}
	*ret = current;
	return 0;
}

static bool
is_same_file(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 &&
		a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Ours by birth: whoever made a user namespace may do all in it. */
static int
join(int user_ns_fd, struct userns *ret, struct error *err)
{
	struct subid_map map;
	int r;

	if (setns(user_ns_fd, CLONE_NEWUSER) < 0 || unshare(CLONE_NEWNS) < 0)
		return error_errno(err, "cannot join a user namespace");
	r = subid_map_inherit("/proc/self/uid_map", &map, err);
	if (r < 0)
		return r;
	ret->ids = subid_map_size(&map);
	ret->identity = ret->ids == 1 ? IDENTITY_SINGLE : IDENTITY_RANGE;
	return become_root(ret->ids == 1, err);
}

int
userns_join(int net_ns_fd, struct userns *ret, struct error *err)
{
	autoclose int user_ns_fd = ioctl(net_ns_fd, NS_GET_USERNS);
	struct userns found = { 0 };
	int r;

	if (user_ns_fd < 0)
		return error_errno(err, "whose network namespace that is");
	if (current.entered || is_same_file(user_ns_fd, "/proc/self/ns/user"))
		return userns_enter(IDENTITY_AUTO, ret, err);
	r = join(user_ns_fd, &found, err);
	if (r < 0)
		return error_kind(err, ERROR_HOST);
	current = found;
	current.entered = true;
	*ret = current;
	return 0;
}

int
userns_join_network(int net_ns_fd, struct error *err)
{
	if (setns(net_ns_fd, CLONE_NEWNET) < 0) {
		(void)error_errno(err, "cannot join a network namespace");
		return error_kind(err, ERROR_HOST);
	}
	return 0;
}
