/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/prctl.h>
#include <sys/stat.h>

#include "sandbox/userns.h"
#include "util/log.h"
#include "util/proc.h"

/* Entering is for good: each way in a child, which exits with 0 if all went
 * well and with 77 if the host has no such rung. */
static void
in_child(int (*body)(void))
{
	autoproc child = { .pid_fd = -1 };
	autoerror err = { 0 };
	struct proc_end end;
	int r;

	r = proc_fork(&child, &err);
	if (r == 0)
		_exit(body());
	assert_ok(r, &err);
	assert_ok(proc_wait(&child, 10000, &end, &err), &err);
	if (end.status == 77)
		skip();
	assert_int_equal(proc_end_status(&end), 0);
}

/* A file of ours is root's, and whatever owner we may give it stays. */
static int
enter(enum identity want, uid_t other)
{
	char path[] = "/var/tmp/slipway-unit-XXXXXX";
	struct userns first = { 0 }, second = { 0 };
	struct stat st = { 0 };
	int fd;

	if (userns_enter(want, &first, NULL) < 0)
		return 77;
	if (userns_enter(IDENTITY_AUTO, &second, NULL) < 0 || !first.entered ||
		second.identity != first.identity || second.ids != first.ids)
		return 1;
	fd = mkstemp(path);
	(void)unlink(path);
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_uid != 0 || getuid() != 0)
		return 2;
	if (other && (fchown(fd, other, other) < 0 || fstat(fd, &st) < 0 ||
		st.st_uid != other))
		return 3;
	if (!other && (first.ids != 1 || fchown(fd, 5, 5) == 0))
		return 4;
	return 0;
}

static int
enter_range(void)
{
	return enter(IDENTITY_RANGE, 65533);
}

static int
enter_single(void)
{
	log_set_level(LOG_QUIET);
	return enter(IDENTITY_SINGLE, 0);
}

static int
enter_root(void)
{
	return enter(IDENTITY_ROOT, 65533);
}

/* What newuidmap is good for is gone: the next rung serves, in the namespace
 * that is there already or in a new one. */
static int
enter_without_new_privs(void)
{
	struct userns ns = { 0 };

	log_set_level(LOG_QUIET);
	if (geteuid() == 0)
		return 77;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		userns_enter(IDENTITY_AUTO, &ns, NULL) < 0)
		return 1;
	return ns.identity != IDENTITY_SINGLE;
}

static int
enter_with_broken_tools(void)
{
	struct userns ns = { 0 };

	log_set_level(LOG_QUIET);
	if (geteuid() == 0)
		return 77;
	if (setenv("PATH", "/nonexistent", 1) < 0 ||
		userns_enter(IDENTITY_AUTO, &ns, NULL) < 0)
		return 1;
	return ns.identity != IDENTITY_SINGLE;
}

static int
root_needs_root(void)
{
	autoerror err = { 0 };
	struct userns ns = { 0 };

	if (geteuid() == 0)
		return 77;
	if (userns_enter(IDENTITY_ROOT, &ns, &err) != -EPERM ||
		err.kind != ERROR_HOST || ns.entered)
		return 1;
	return 0;
}

static void
range_has_many_owners(void **state)
{
	(void)state;
	in_child(enter_range);
}

static void
single_has_one(void **state)
{
	(void)state;
	in_child(enter_single);
}

static void
root_has_the_hosts(void **state)
{
	(void)state;
	in_child(enter_root);
}

static void
falls_back_without_new_privs(void **state)
{
	(void)state;
	in_child(enter_without_new_privs);
}

static void
falls_back_without_tools(void **state)
{
	(void)state;
	in_child(enter_with_broken_tools);
}

static void
refuses_root_to_others(void **state)
{
	(void)state;
	in_child(root_needs_root);
}

static void
parses_identities(void **state)
{
	autoerror err = { 0 };
	enum identity i;

	(void)state;
	assert_ok(identity_parse(NULL, &i, &err), &err);
	assert_int_equal(i, IDENTITY_AUTO);
	assert_ok(identity_parse("range", &i, &err), &err);
	assert_int_equal(i, IDENTITY_RANGE);
	assert_string_equal(identity_name(i), "range");
	assert_int_equal(identity_parse("king", &i, &err), -EINVAL);
	assert_int_equal(err.kind, ERROR_REQUEST);
	error_release(&err);
	assert_int_equal(i, IDENTITY_RANGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(range_has_many_owners),
		cmocka_unit_test(single_has_one),
		cmocka_unit_test(root_has_the_hosts),
		cmocka_unit_test(falls_back_without_new_privs),
		cmocka_unit_test(falls_back_without_tools),
		cmocka_unit_test(refuses_root_to_others),
		cmocka_unit_test(parses_identities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
