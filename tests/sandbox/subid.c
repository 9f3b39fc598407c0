/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "sandbox/subid.h"

static struct subid_map
range_of(const char *text, uid_t user, const char *name, int expected)
{
	unit_dir_auto d = unit_dir_make();
	autofree char *path = mem_printf("%s/subuid", d.path);
	struct subid_map m = { 0 };

	unit_write(d.fd, "subuid", text);
	assert_int_equal(subid_map_range(path, user, name, 1000, &m, NULL),
		expected);
	return m;
}

static void
concatenates_the_ranges_of_a_user(void **state)
{
	struct subid_map m = range_of(
		"bob:5:5\nalice:100000:65536\n1000:300000:10\n", 1000,
		"alice", 0);
	cleanup_value(strv_release) struct strv words = { 0 };
	char text[200];

	(void)state;
	assert_int_equal(subid_map_size(&m), 65547);
	subid_map_format(&m, text, sizeof(text));
	assert_string_equal(text,
		"0 1000 1\n1 100000 65536\n65537 300000 10\n");
	subid_map_words(&m, &words);
	assert_int_equal(words.count, 9);
	assert_string_equal(words.items[4], "100000");
}

static void
passes_over_damaged_lines(void **state)
{
	struct subid_map m = range_of(
		"alice:x:1\nalice:1\nalice:1:2:3\nalice:1:0\n"
		"alice:4294967290:65536\n#alice:1:1\nalice:5:1", 1, "alice",
		0);

	(void)state;
	assert_int_equal(m.count, 2);
	assert_int_equal(m.extents[1].outside, 5);
}

/* The kernel refuses the whole map for one id that is there twice. */
static void
leaves_out_what_overlaps(void **state)
{
	struct subid_map m = range_of(
		"alice:100:10\n1000:100:10\nalice:109:5\nalice:110:5\n"
		"alice:1000:1\n", 1000, "alice", 0);

	(void)state;
	assert_int_equal(m.count, 3);
	assert_int_equal(m.extents[2].outside, 110);
}

static void
says_when_there_is_none(void **state)
{
	autoerror err = { 0 };
	struct subid_map m;

	(void)state;
	(void)range_of("bob:1:1\n", 1000, NULL, -ENOENT);
	assert_fails(subid_map_range("/nonexistent/subuid", 1, NULL, 1, &m,
		&err), &err, ENOENT, "subuid");
}

static void
has_a_ceiling(void **state)
{
	autofree char *text = mem_strdup("");
	struct subid_map m;

	(void)state;
	for (int i = 0; i < 40; i++) {
		char *more = mem_printf("%sa:%d:1\n", text, 10 + 2 * i);

		free(text);
		text = more;
	}
	m = range_of(text, 1, "a", 0);
	assert_int_equal(m.count, SUBID_EXTENTS_MAX);
}

static void
inherits_what_is_there(void **state)
{
	autoerror err = { 0 };
	struct subid_map m;

	(void)state;
	assert_ok(subid_map_inherit("/proc/self/uid_map", &m, &err), &err);
	assert_true(m.count >= 1);
	assert_int_equal(m.extents[0].inside, m.extents[0].outside);
	subid_map_single(7, &m);
	assert_int_equal(subid_map_size(&m), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(concatenates_the_ranges_of_a_user),
		cmocka_unit_test(passes_over_damaged_lines),
		cmocka_unit_test(leaves_out_what_overlaps),
		cmocka_unit_test(says_when_there_is_none),
		cmocka_unit_test(has_a_ceiling),
		cmocka_unit_test(inherits_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
