/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/probe-outside.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "sandbox/cgroup.h"
#include "sandbox/idmap.h"
#include "sandbox/report.h"
#include "sandbox/seccomp.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/proc.h"

/* mount_setattr(2) is from 5.12; unprivileged overlayfs from 5.11. */
static void
check_kernel(struct probe *p)
{
	struct utsname u;
	unsigned major = 0, minor = 0;

	(void)uname(&u);
	(void)sscanf(u.release, "%u.%u", &major, &minor);
	if (major > 5 || (major == 5 && minor >= 12))
		probe_add(p, "kernel", PROBE_OK, NULL, "Linux %s", u.release);
	else
		probe_add(p, "kernel", PROBE_FAIL,
			"use Linux 5.12 or newer",
			"Linux %s is older than 5.12", u.release);
}

/* In a child, which reports what came of it. */
static _Noreturn void
enter_range(int fd)
{
	autoerror problem = { 0 };
	struct userns ns;

	/* What it warns of is one of the checks. */
	log_set_level(LOG_QUIET);
	if (userns_enter(IDENTITY_RANGE, &ns, &problem) < 0)
		report_send(fd, &problem);
	_exit(0);
}

static int
try_range(struct error *err)
{
	autoproc child = { .pid_fd = -1 };
	autoclose int from = -1;
	int fds[2], r;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	from = fds[0];
	r = proc_fork(&child, err);
	if (r == 0)
		enter_range(fds[1]);
	(void)close(fds[1]);
	return r < 0 ? r : report_receive(from, err);
}

static void
check_ids(struct probe *p)
{
	cleanup(idmap_free) struct idmap *maps = NULL;
	autoerror problem = { 0 };
	int r = idmap_prepare(&maps, &problem);

	if (r == 0)
		r = try_range(&problem);
	if (r == 0)
		probe_add(p, "ids", PROBE_OK, NULL, "%u user and group ids",
			idmap_size(maps));
	else
		probe_add(p, "ids", PROBE_WARN, problem.hint, "%s",
			problem.text);
}

/* Set-user-id, or the file capability some distributions give it. */
static bool
is_privileged(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	return (st.st_mode & S_ISUID && st.st_uid == 0) ||
		getxattr(path, "security.capability", NULL, 0) > 0;
}

static void
check_tool(struct probe *p, const char *name)
{
	const char *remedy = "install package uidmap (Debian, Ubuntu) or "
		"shadow-utils (Fedora), and have it in PATH";
	autofree char *path = NULL;

	if (proc_find(name, &path) < 0)
		probe_add(p, name, PROBE_WARN, remedy, "not found in PATH");
	else if (is_privileged(path))
		probe_add(p, name, PROBE_OK, NULL, "%s", path);
	else
		probe_add(p, name, PROBE_WARN, remedy,
			"%s is neither set-user-id root nor has file "
			"capabilities", path);
}

static void
check_no_new_privs(struct probe *p)
{
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		probe_add(p, "no_new_privs", PROBE_WARN,
			"start without it: setpriv and systemd set it when "
			"told, containers without allowPrivilegeEscalation",
			"set: newuidmap cannot work here");
	else
		probe_add(p, "no_new_privs", PROBE_OK, NULL, "not set");
}

static void
check_seccomp(struct probe *p)
{
	if (seccomp_is_supported())
		probe_add(p, "seccomp", PROBE_OK, NULL, "supported");
	else
		probe_add(p, "seccomp", PROBE_FAIL,
			"use a kernel with CONFIG_SECCOMP_FILTER",
			"this kernel has no seccomp filters");
}

/* Only needed to limit memory, processor time and processes. */
static void
check_cgroup(struct probe *p)
{
	autoerror problem = { 0 };

	if (cgroup_probe(&problem) == 0)
		probe_add(p, "cgroup", PROBE_OK, NULL,
			"limits can be set by a cgroup of our own");
	else
		probe_add(p, "cgroup", PROBE_INFO, problem.hint,
			"%s: limits are those of rlimits and affinity",
			problem.text);
}

void
probe_outside(struct probe *p)
{
	check_kernel(p);
	if (geteuid() != 0) {
		check_ids(p);
		check_tool(p, "newuidmap");
		check_tool(p, "newgidmap");
	}
	check_no_new_privs(p);
	check_seccomp(p);
	check_cgroup(p);
}
