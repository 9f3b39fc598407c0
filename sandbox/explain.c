/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/explain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/buf.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"
#include "util/strv.h"

/* Does the file start with `text`? */
static bool
file_says(const char *path, const char *text)
{
	cleanup_value(buf_release) struct buf b = { 0 };

	buf_init(&b, KiB(4));
	if (fs_read_file(AT_FDCWD, path, KiB(4), &b, NULL) < 0)
		return false;
	return strncmp(buf_text(&b), text, strlen(text)) == 0;
}

static bool
is_none_allowed(void)
{
	return file_says("/proc/sys/user/max_user_namespaces", "0\n");
}

static bool
is_switched_off(void)
{
	return file_says("/proc/sys/kernel/unprivileged_userns_clone", "0");
}

static bool
is_apparmor_restricted(void)
{
	const char *knob =
		"/proc/sys/kernel/apparmor_restrict_unprivileged_userns";

	return file_says(knob, "1");
}

static bool
is_filtered(void)
{
	cleanup_value(buf_release) struct buf b = { 0 };

	buf_init(&b, KiB(64));
	if (fs_read_file(AT_FDCWD, "/proc/self/status", KiB(64), &b, NULL) < 0)
		return false;
	return strstr(buf_text(&b), "\nSeccomp:\t2") != NULL;
}

/* The fifth word of a line is where that mount is; a process whose root
 * directory is none of them sees no "/". */
static bool
is_in_chroot(void)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	cleanup_value(strv_release) struct strv lines = { 0 };
	char at[3];
	size_t i;

	buf_init(&b, MiB(1));
	if (fs_read_file(AT_FDCWD, "/proc/self/mountinfo", MiB(1), &b,
		    NULL) < 0)
		return false;
	strv_split(&lines, buf_text(&b), '\n');
	for (i = 0; i < lines.count; i++)
		if (sscanf(lines.items[i], "%*s %*s %*s %*s %2s", at) == 1 &&
			strcmp(at, "/") == 0)
			return false;
	return true;
}

/* In a namespace whose maps nobody has written. */
static bool
is_without_ids(void)
{
	cleanup_value(buf_release) struct buf b = { 0 };

	buf_init(&b, KiB(64));
	return fs_read_file(AT_FDCWD, "/proc/self/uid_map", KiB(64), &b,
		       NULL) == 0 && b.len == 0;
}

static bool
always(void)
{
	return true;
}

/* The first row that fits is told. */
static const struct symptom {
	enum explain_act act;
	int code;		/* 0: any */
	bool (*applies)(void);
	const char *cause;
	const char *remedy;
} symptoms[] = {
	{ EXPLAIN_UNSHARE, ENOSPC, is_none_allowed,
		"user namespaces are switched off by sysctl "
		"user.max_user_namespaces=0",
		"as root: sysctl user.max_user_namespaces=28633" },
	{ EXPLAIN_UNSHARE, ENOSPC, always,
		"there are too many user namespaces, or more than 32 nested",
		"look at sysctl user.max_user_namespaces" },
	{ EXPLAIN_UNSHARE, EPERM, is_switched_off,
		"user namespaces are switched off by sysctl "
		"kernel.unprivileged_userns_clone=0",
		"as root: sysctl kernel.unprivileged_userns_clone=1" },
	{ EXPLAIN_UNSHARE, EPERM, is_in_chroot,
		"the kernel gives no user namespace to a process in a chroot",
		"enter the directory with pivot_root, as unshare and "
		"containers do" },
	{ EXPLAIN_UNSHARE, EPERM, is_without_ids,
		"this process is in a user namespace without ids",
		"write its maps first, as unshare --map-root-user does" },
	{ EXPLAIN_UNSHARE, 0, is_filtered,
		"a seccomp filter, as container runtimes have it by default, "
		"refuses user namespaces",
		"start the outer container with "
		"--security-opt seccomp=unconfined" },
	{ EXPLAIN_UNSHARE, EINVAL, always,
		"this kernel has no user namespaces (CONFIG_USER_NS)",
		"use another kernel, or run as root" },
	{ EXPLAIN_UNSHARE, 0, is_apparmor_restricted,
		"AppArmor gives user namespaces only to programs it knows",
		"as root: install contrib/apparmor/slipway, or sysctl "
		"kernel.apparmor_restrict_unprivileged_userns=0" },
	{ EXPLAIN_MAP, 0, is_apparmor_restricted,
		"AppArmor takes all rights from new user namespaces",
		"as root: install contrib/apparmor/slipway, or sysctl "
		"kernel.apparmor_restrict_unprivileged_userns=0" },
	{ EXPLAIN_MOUNT, EACCES, is_apparmor_restricted,
		"AppArmor refuses mounts in new user namespaces",
		"as root: install contrib/apparmor/slipway, or sysctl "
		"kernel.apparmor_restrict_unprivileged_userns=0" },
	{ EXPLAIN_MOUNT, EACCES, always,
		"a security module, as AppArmor's docker-default, refuses "
		"mounts",
		"start the outer container with "
		"--security-opt apparmor=unconfined" },
	{ EXPLAIN_UNSHARE, EPERM, always,
		"the host refuses user namespaces, as to everybody in a chroot",
		"leave a chroot, or enter it with pivot_root; else dmesg(1) "
		"may say who refuses" },
	{ EXPLAIN_UNSHARE, 0, always,
		"the host refuses user namespaces",
		"dmesg(1) may say who refuses" },
	{ EXPLAIN_MAP_ROOT, EPERM, always,
		"from Linux 5.12 on only a root with CAP_SETFCAP can be root "
		"in a user namespace",
		"start the outer container with that capability, or as "
		"another user" },
	{ EXPLAIN_MAP_ROOT, 0, always,
		"the host refuses the id map of a user namespace",
		"dmesg(1) may say who refuses" },
	{ EXPLAIN_MAP, 0, always,
		"the host refuses the id map of a user namespace",
		"dmesg(1) may say who refuses" },
	{ EXPLAIN_MOUNT, 0, always,
		"the host refuses mounts in a user namespace",
		"dmesg(1) may say who refuses" },
};

int
explain_refusal(enum explain_act act, int code, struct error *err)
{
	const struct symptom *s;

	for (s = symptoms; s < symptoms + ARRAY_SIZE(symptoms); s++) {
		if (s->act == act && (s->code == 0 || s->code == code) &&
			s->applies())
			break;
	}
	/* Each act has a last row that always fits. */
	(void)error_set(err, ENOTSUP, "%s: %s", s->cause, strerror(code));
	(void)error_hint(err, "%s", s->remedy);
	return error_kind(err, ERROR_HOST);
}
