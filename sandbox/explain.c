/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/explain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "util/buf.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

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

/* The root directory is not what pid 1 has, or cannot be compared. */
static bool
is_in_chroot(void)
{
	cleanup_value(buf_release) struct buf b = { 0 };

	buf_init(&b, MiB(1));
	if (fs_read_file(AT_FDCWD, "/proc/self/mountinfo", MiB(1), &b,
		    NULL) < 0)
		return false;
	/* Fifth word: a process whose root is no mount point sees no "/". */
	return strstr(buf_text(&b), " / / ") == NULL;
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
	{ EXPLAIN_UNSHARE, 0, is_filtered,
		"a seccomp filter, as container runtimes have it by default, "
		"refuses user namespaces",
		"start the outer container with "
		"--security-opt seccomp=unconfined" },
	{ EXPLAIN_UNSHARE, EPERM, is_switched_off,
		"user namespaces are switched off by sysctl "
		"kernel.unprivileged_userns_clone=0",
		"as root: sysctl kernel.unprivileged_userns_clone=1" },
	{ EXPLAIN_UNSHARE, EPERM, is_in_chroot,
		"the kernel gives no user namespace to a process in a chroot",
		"enter the directory with pivot_root, as unshare and "
		"containers do" },
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
	{ EXPLAIN_UNSHARE, 0, always,
		"the host refuses user namespaces", "see slipway doctor" },
	{ EXPLAIN_MAP, 0, always,
		"the host refuses the id map of a user namespace",
		"see slipway doctor" },
	{ EXPLAIN_MOUNT, 0, always,
		"the host refuses mounts in a user namespace",
		"see slipway doctor" },
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
