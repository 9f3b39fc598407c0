/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "oci/confine.h"

static bool
kernel_has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
		       LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

/* What a confined child could do, as bits. */
enum { NO_NEW_PRIVS = 1, READS_ETC = 2, READS_GIVEN = 4, READS_OTHER = 8,
	WRITES = 16, KEEPS_FDS = 32 };

static bool
can_open(int flags, const char *dir, const char *name)
{
	autofree char *path = mem_printf("%s/%s", dir, name);
	autoclose int fd = open(path, flags | O_CLOEXEC, 0600);

	return fd >= 0;
}

static int
look_around(const char *given, const char *other)
{
	cleanup_value(strv_release) struct strv readable = { 0 };
	autofree char *mine = mem_printf("%s/kept", other);
	autoclose int fd = open(mine, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	int seen = 0;

	strv_add(&readable, given);
	strv_add(&readable, "/nonexistent");
	if (confine(&readable, NULL) < 0)
		return 255;
	seen |= prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? NO_NEW_PRIVS : 0;
	seen |= can_open(O_RDONLY, "/etc", "passwd") ? READS_ETC : 0;
	seen |= can_open(O_RDONLY, given, "file") ? READS_GIVEN : 0;
	seen |= can_open(O_RDONLY, other, "file") ? READS_OTHER : 0;
	seen |= can_open(O_WRONLY | O_CREAT, given, "new") ? WRITES : 0;
	seen |= write(fd, "x", 1) == 1 ? KEEPS_FDS : 0;
	return seen;
}

static void
reads_only_what_it_needs(void **state)
{
	unit_dir_auto given = unit_dir_make();
	unit_dir_auto other = unit_dir_make();
	int status, expected = NO_NEW_PRIVS | READS_ETC | READS_GIVEN |
		KEEPS_FDS;
	pid_t child;

	(void)state;
	if (!kernel_has_landlock())
		expected |= READS_OTHER | WRITES;
	unit_write(given.fd, "file", "x");
	unit_write(other.fd, "file", "x");
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(look_around(given.path, other.path));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), expected);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_only_what_it_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
