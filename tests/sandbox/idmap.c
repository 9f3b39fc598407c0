/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sched.h>
#include <sys/prctl.h>

#include "sandbox/idmap.h"
#include "sandbox/userns.h"
#include "util/proc.h"

/* Namespaces are for good: each in a child, which says whether it worked. */
static int
status_of(bool (*works)(void))
{
	autoproc child = { .pid_fd = -1 };
	autoerror err = { 0 };
	struct proc_end end = { 0 };
	int r = proc_fork(&child, &err);

	if (r == 0) {
		(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
		_exit(!works());
	}
	assert_ok(r, &err);
	assert_ok(proc_wait(&child, 20000, &end, &err), &err);
	return proc_end_status(&end);
}

/* The map's first line says that root inside is `outside`. */
static bool
map_says(const char *path, uint32_t outside, uint32_t count)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	unsigned first, second, third;

	buf_init(&b, KiB(4));
	return fs_read_file(AT_FDCWD, path, KiB(4), &b, NULL) == 0 &&
		sscanf(buf_text(&b), "%u %u %u", &first, &second, &third) == 3
		&& first == 0 && second == outside && third >= count;
}

static bool
single_is_us(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	return unshare(CLONE_NEWUSER) == 0 &&
		idmap_write_single(uid, gid, NULL) == 0 &&
		map_says("/proc/self/uid_map", uid, 1) &&
		map_says("/proc/self/gid_map", gid, 1);
}

static bool
somebody_else_is_refused(void)
{
	autoerror err = { 0 };
	uid_t uid = geteuid();

	return unshare(CLONE_NEWUSER) == 0 &&
		idmap_write_single(uid + 1, getegid() + 1, &err) == -ENOTSUP &&
		err.kind == ERROR_HOST && err.hint;
}

static bool
the_range_is_written(void)
{
	cleanup(idmap_free) struct idmap *m = NULL;
	uid_t uid = geteuid();

	return idmap_prepare(&m, NULL) == 0 && idmap_size(m) > 1 &&
		unshare(CLONE_NEWUSER) == 0 && idmap_write(m, NULL) == 0 &&
		map_says("/proc/self/uid_map", uid, 1);
}

static bool
no_new_privs_forbids_a_range(void)
{
	cleanup(idmap_free) struct idmap *m = NULL;
	autoerror err = { 0 };
	bool has_range = idmap_prepare(&m, NULL) == 0;

	m = idmap_free(m);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
		idmap_prepare(&m, &err) == (has_range ? -ENOTSUP : -ENOENT) &&
		err.kind == ERROR_HOST && err.hint &&
		strstr(err.text, "no range of ids");
}

static void
one_id(void **state)
{
	(void)state;
	assert_int_equal(status_of(single_is_us), 0);
	if (geteuid() != 0)
		assert_int_equal(status_of(somebody_else_is_refused), 0);
}

static void
a_range(void **state)
{
	cleanup(idmap_free) struct idmap *m = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_null(idmap_free(NULL));
	if (geteuid() != 0)
		assert_int_equal(status_of(no_new_privs_forbids_a_range), 0);
	if (idmap_prepare(&m, &err) < 0) {
		assert_int_equal(err.kind, ERROR_HOST);
		assert_non_null(err.hint);
		return;
	}
	assert_int_equal(status_of(the_range_is_written), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_id),
		cmocka_unit_test(a_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
