/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <linux/capability.h>

#include "sandbox/capability.h"
#include "sandbox/caps.h"

#define BIT(cap) (UINT64_C(1) << (cap))

static int
mask(const char *add, const char *drop, uint64_t *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv more = { 0 }, less = { 0 };

	if (add)
		strv_add(&more, add);
	if (drop)
		strv_add(&less, drop);
	return capability_mask(&more, &less, ret, err);
}

static void
names(void **state)
{
	static const struct {
		const char *add, *drop;
		uint64_t with, without;
	} table[] = {
		{ NULL, NULL, CAPS_DEFAULT, BIT(CAP_SYS_ADMIN) },
		{ "sys_admin", NULL, BIT(CAP_SYS_ADMIN), 0 },
		{ "CAP_SYS_PTRACE,Net_Admin", NULL,
			BIT(CAP_SYS_PTRACE) | BIT(CAP_NET_ADMIN), 0 },
		{ NULL, "chown", BIT(CAP_FOWNER), BIT(CAP_CHOWN) },
		{ "all", "mknod", BIT(CAP_CHECKPOINT_RESTORE), BIT(CAP_MKNOD) },
		{ "bpf", "ALL", BIT(CAP_BPF), ~(BIT(CAP_BPF) | BIT(63)) },
		{ "chown", "fowner,chown", BIT(CAP_KILL), BIT(CAP_CHOWN) },
		{ NULL, "all", CAPABILITY_GIVEN, ~CAPABILITY_GIVEN },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		uint64_t got = 0;
		autoerror err = { 0 };

		assert_ok(mask(table[n].add, table[n].drop, &got, &err), &err);
		assert_true((got & table[n].with) == table[n].with);
		assert_true((got & table[n].without) == 0);
	}
}

static void
mistakes(void **state)
{
	autoerror err = { 0 };
	uint64_t got = 7;

	(void)state;
	assert_fails(mask("sys_everything", NULL, &got, &err), &err, EINVAL,
		"'sys_everything'");
	assert_fails(mask(NULL, "", &got, &err), &err, EINVAL, "''");
	assert_int_equal(got, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
