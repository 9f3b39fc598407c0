/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/scope.h"

/* Every file right of Landlock's first version; later kernels know more, but
 * rights nobody handles cannot be used to open what may not be read. */
#define ALL_RIGHTS ((__u64)((1 << 13) - 1))
#define READ_RIGHTS                                                            \
	((__u64)(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR))

/* Certificates, nsswitch and its modules, the resolver's files. */
static const char *const needed[] = {
	"/etc", "/usr", "/lib", "/lib64", "/lib32", "/run/systemd/resolve",
	"/run/resolvconf", "/run/NetworkManager", "/run/nscd",
	"/dev/urandom", "/dev/null",
};

static void
allow(int ruleset_fd, const char *path)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = READ_RIGHTS,
	};
	autoclose int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return;
	rule.parent_fd = fd;
	if (syscall(SYS_landlock_add_rule, ruleset_fd,
		    LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0)
		return;
	/* A file has no READ_DIR. */
	rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
	(void)syscall(SYS_landlock_add_rule, ruleset_fd,
		LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

int
confine(const struct strv *readable, struct error *err)
{
	struct landlock_ruleset_attr all = {
		.handled_access_fs = ALL_RIGHTS,
	};
	autoclose int fd = -1;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_errno(err, "cannot give up privileges");
	fd = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
	if (fd < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		allow(fd, needed[i]);
	for (size_t i = 0; i < readable->count; i++)
		allow(fd, readable->items[i]);
	if (syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		return error_errno(err, "cannot confine slipway-net");
	return 0;
}
