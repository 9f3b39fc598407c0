/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/cache.h"
#include "builder/explain.h"

/* A step with these words was done; NULL ends them. */
static void
was_done(struct store *s, ...)
{
	cleanup_value(key_release) struct key k = { 0 };
	struct cache_entry e = { .created = mem_strdup("now") };
	autoerror err = { 0 };
	const char *word;
	va_list args;

	va_start(args, s);
	while ((word = va_arg(args, const char *)))
		strv_add(&k.words, word);
	va_end(args);
	assert_ok(cache_put(s, &k, &e, "RUN x", &err), &err);
	cache_entry_release(&e);
}

static void
check(struct store *s, const struct strv *words, const char *expected)
{
	const struct key k = { .words = *words };
	autofree char *text = explain_difference(s, &k);

	if (!expected)
		assert_null(text);
	else
		assert_string_equal(text, expected);
}

static void
the_first_word_that_differs(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autofree char *path = mem_printf("%s/store", d.path);
	cleanup(store_free) struct store *s = NULL;
	cleanup_value(strv_release) struct strv w = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(store_open(path, &s, &err), &err);
	strv_split(&w, "step=RUN below=1 argument=x user=u", ' ');
	check(s, &w, NULL);
	was_done(s, "step=COPY", "below=1", "argument=x", "user=u", NULL);
	check(s, &w, NULL);
	was_done(s, "step=RUN", "below=0", "argument=x", NULL);
	check(s, &w, "'below' was '0', and is '1'");
	was_done(s, "step=RUN", "below=1", "argument=y", "user=u", NULL);
	check(s, &w, "'argument' was 'y', and is 'x'");
	strv_remove(&w, 2);
	check(s, &w, "'argument' is gone, it was 'y'");
	strv_release(&w);
	strv_split(&w, "step=RUN below=1 argument=y user=u more=z", ' ');
	check(s, &w, "'more' is new: 'z'");
	strv_remove(&w, 4);
	check(s, &w, "nothing differs, but its layer is gone");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_word_that_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
