/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/key.h"

static bool
same(const struct key *a, const struct key *b)
{
	struct digest one, other;

	key_digest(a, &one);
	key_digest(b, &other);
	return digest_equal(&one, &other);
}

static void
the_same_words_are_the_same_key(void **state)
{
	cleanup_value(key_release) struct key a = { 0 };
	cleanup_value(key_release) struct key b = { 0 };

	(void)state;
	key_add(&a, "step", "RUN");
	key_add(&b, "step", "RUN");
	key_add(&b, "user", NULL);
	assert_true(same(&a, &b));
	key_add(&b, "user", "");
	assert_false(same(&a, &b));
}

static void
words_do_not_run_together(void **state)
{
	cleanup_value(key_release) struct key a = { 0 };
	cleanup_value(key_release) struct key b = { 0 };

	(void)state;
	key_add(&a, "argument", "ab");
	key_add(&a, "argument", "c");
	key_add(&b, "argument", "a");
	key_add(&b, "argument", "bc");
	assert_false(same(&a, &b));
}

static void
order_decides(void **state)
{
	cleanup_value(key_release) struct key a = { 0 };
	cleanup_value(key_release) struct key b = { 0 };

	(void)state;
	key_add_number(&a, "x", 1);
	key_add_number(&a, "y", 2);
	key_add_number(&b, "y", 2);
	key_add_number(&b, "x", 1);
	assert_false(same(&a, &b));
}

static void
words_can_be_read(void **state)
{
	cleanup_value(key_release) struct key k = { 0 };
	cleanup_value(strv_release) struct strv list = { 0 };
	const struct digest none = { 0 };

	(void)state;
	strv_add(&list, "a");
	strv_add(&list, "b");
	key_add_digest(&k, "below", &none);
	key_add_list(&k, "argument", &list);
	key_add_number(&k, "clamp", -1);
	assert_text(strv_join(&k.words, " "),
		"below=none argument=a argument=b clamp=-1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_words_are_the_same_key),
		cmocka_unit_test(words_do_not_run_together),
		cmocka_unit_test(order_decides),
		cmocka_unit_test(words_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
