/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "util/acl.h"

/* user:rwx, user 1000:rwx, group:r-x, mask:rwx, other:r-x */
static const unsigned char full[] = {
	2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 2, 0, 7, 0, 232, 3, 0, 0,
	4, 0, 5, 0, 255, 255, 255, 255, 16, 0, 7, 0, 255, 255, 255, 255,
	32, 0, 5, 0, 255, 255, 255, 255,
};
/* user:rw-, group:r--, other:--- */
static const unsigned char plain[] = {
	2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255,
	4, 0, 4, 0, 255, 255, 255, 255, 32, 0, 0, 0, 255, 255, 255, 255,
};

static void
test_mode(void **state)
{
	(void)state;
	assert_int_equal(acl_mode(full, sizeof(full), 04000), 04775);
	assert_int_equal(acl_mode(plain, sizeof(plain), 0777), 0640);
	assert_int_equal(acl_mode(plain, 3, 0751), 0751);
	assert_int_equal(acl_mode("", 0, 0751), 0751);
}

static void
test_follow(void **state)
{
	unsigned char list[sizeof(full)];

	(void)state;
	memcpy(list, full, sizeof(full));
	acl_follow(list, sizeof(list), 0640);
	assert_int_equal(acl_mode(list, sizeof(list), 0), 0640);
	/* The mask took it, not the group itself. */
	assert_int_equal(list[22], 5);
	assert_int_equal(list[30], 4);
}

static void
test_inherit(void **state)
{
	unsigned char list[sizeof(full)];

	(void)state;
	memcpy(list, full, sizeof(full));
	assert_int_equal(acl_inherit(list, sizeof(list), 0666), 0664);
	assert_int_equal(acl_mode(list, sizeof(list), 0), 0664);
	/* That of the named user is cut by the mask only. */
	assert_int_equal(list[14], 7);
	memcpy(list, plain, sizeof(plain));
	assert_int_equal(acl_inherit(list, sizeof(plain), 02777), 02640);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mode),
		cmocka_unit_test(test_follow),
		cmocka_unit_test(test_inherit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
