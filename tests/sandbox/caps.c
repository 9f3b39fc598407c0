/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sandbox/inside.h"

#include <linux/capability.h>
#include <sys/prctl.h>

#include "sandbox/caps.h"

#define BIT(cap) (UINT64_C(1) << (cap))

/* What is given up is gone for good: each in a child, true is success. */
static void
assert_in_child(bool (*holds)(void))
{
	autoproc child = { .pid_fd = -1 };
	autoerror err = { 0 };
	struct proc_end end = { 0 };
	int r = proc_fork(&child, &err);

	if (r == 0)
		_exit(!holds());
	assert_ok(r, &err);
	assert_ok(proc_wait(&child, 10000, &end, &err), &err);
	assert_int_equal(proc_end_status(&end), 0);
}

static bool
bounding_set_shrinks(void)
{
	return caps_bound(BIT(CAP_CHOWN), NULL) == 0 &&
		prctl(PR_CAPBSET_READ, CAP_CHOWN, 0, 0, 0) == 1 &&
		prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 0 &&
		prctl(PR_CAPBSET_READ, CAP_LAST_CAP, 0, 0, 0) == 0 &&
		caps_has(CAP_SYS_ADMIN);
}

static bool
nothing_comes_back(void)
{
	return caps_set(BIT(CAP_KILL) | BIT(CAP_CHECKPOINT_RESTORE),
		       NULL) == 0 &&
		caps_has(CAP_KILL) && caps_has(CAP_CHECKPOINT_RESTORE) &&
		!caps_has(CAP_CHOWN) && caps_set(UINT64_MAX, NULL) == 0 &&
		caps_has(CAP_KILL) && !caps_has(CAP_CHOWN);
}

static bool
bounding_needs_setpcap(void)
{
	autoerror err = { 0 };

	return caps_set(CAPS_DEFAULT & ~BIT(CAP_SETPCAP), NULL) == 0 &&
		caps_bound(0, &err) == -EPERM &&
		strstr(err.text, "cannot drop capability 0");
}

static bool
default_is_dockers(void)
{
	return caps_set(CAPS_DEFAULT, NULL) == 0 && caps_has(CAP_MKNOD) &&
		caps_has(CAP_SETFCAP) && !caps_has(CAP_SYS_ADMIN) &&
		!caps_has(CAP_NET_ADMIN);
}

static void
sets_only_shrink(void **state)
{
	(void)state;
	assert_true(caps_has(CAP_SYS_ADMIN));
	assert_in_child(bounding_set_shrinks);
	assert_in_child(nothing_comes_back);
	assert_in_child(bounding_needs_setpcap);
	assert_in_child(default_is_dockers);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_only_shrink),
	};

	return cmocka_run_group_tests(tests, inside_enter, NULL);
}
