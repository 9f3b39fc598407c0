/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "oci/apart.h"
#include "util/fs.h"

static long
version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
		LANDLOCK_CREATE_RULESET_VERSION);
}

/* Inside is all allowed, links from one directory to another, too. */
static int
works_inside(void *context, struct error *err)
{
	int fd = *(int *)context;
	autoclose int file = openat(fd, "in", O_RDWR | O_CREAT | O_CLOEXEC,
		0644);

	if (file < 0 || mkdirat(fd, "d", 0755) < 0 ||
		linkat(fd, "in", fd, "d/in", 0) < 0 ||
		renameat(fd, "d/in", fd, "out") < 0 ||
		symlinkat("x", fd, "l") < 0 || ftruncate(file, 3) < 0)
		return error_errno(err, "cannot work");
	return 0;
}

static int
looks_outside(void *context, struct error *err)
{
	(void)context;
	if (open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0)
		return error_set(err, EEXIST, "passwd was opened");
	return error_set(err, errno, "not opened");
}

static int
connects(void *context, struct error *err)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	autoclose int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)context;
	(void)connect(fd, (struct sockaddr *)&to, sizeof(to));
	return error_set(err, errno, "not connected");
}

static int
dies(void *context, struct error *err)
{
	(void)context;
	(void)err;
	abort();
}

static void
reaches_one_directory(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	assert_ok(apart_run(d.fd, works_inside, &d.fd, &err), &err);
	assert_int_equal(faccessat(d.fd, "out", F_OK, 0), 0);
	if (version() < 2)
		skip();		/* a kernel without Landlock */
	assert_fails(apart_run(d.fd, looks_outside, NULL, &err), &err, EACCES,
		"not opened");
	if (version() >= 4)
		assert_fails(apart_run(d.fd, connects, NULL, &err), &err,
			EACCES, "not connected");
	/* We are not confined. */
	assert_int_equal(access("/etc/passwd", R_OK), 0);
}

static void
tells_of_a_death(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	assert_fails(apart_run(d.fd, dies, NULL, &err), &err, EPROTO, "died");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reaches_one_directory),
		cmocka_unit_test(tells_of_a_death),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
