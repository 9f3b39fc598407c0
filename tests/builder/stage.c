/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/builder/site.h"

#include "builder/stage.h"
#include "oci/config.h"

static void
configuration_needs_no_work(void **state)
{
	site_auto t;
	cleanup(stage_free) struct stage_run *run = NULL;
	cleanup_value(state_release) struct state s = { 0 };
	autoerror err = { 0 };

	(void)state;
	site_make(&t, "FROM scratch\nENV A=b\nWORKDIR /\nUSER $A\n");
	assert_ok(stage_begin(&t.site, 0, &run, &err), &err);
	assert_int_equal(stage_replay(run, &err), 1);
	stage_take_state(run, &s);
	assert_string_equal(config_get_text(draft_config(s.draft), "User"),
		"b");
	assert_int_equal(draft_layer_count(s.draft), 0);
	assert_null(stage_free(NULL));
}

/* What a stage became: how many steps were to be done, and its layers. */
static void
build(struct test_site *t, int done_at_once, struct digest *ret)
{
	cleanup(stage_free) struct stage_run *run = NULL;
	autoerror err = { 0 };

	assert_ok(stage_begin(&t->site, 0, &run, &err), &err);
	assert_int_equal(stage_replay(run, &err), done_at_once);
	assert_ok(stage_work(run, &err), &err);
	assert_int_equal(stage_replay(run, &err), 1);
	*ret = *draft_chain_id(stage_state(run)->draft);
}

static void
steps_are_done_once(void **state)
{
	site_auto t;
	struct digest one, again, anew;

	(void)state;
	site_make(&t, "FROM scratch\nCOPY f /d/\nWORKDIR /w\n");
	t.site.created = "2001-02-03T04:05:06Z";
	t.site.epoch = t.site.clamp_mtime = 1;
	unit_write(t.dir.fd, "context/f", "text");
	build(&t, 0, &one);
	build(&t, 1, &again);
	assert_true(digest_equal(&one, &again));
	t.site.no_cache = true;
	build(&t, 0, &anew);
	assert_true(digest_equal(&one, &anew));
}

static void
the_history_says_when(void **state)
{
	site_auto t;
	cleanup(stage_free) struct stage_run *run = NULL;
	const struct json *history;
	autoerror err = { 0 };

	(void)state;
	site_make(&t, "FROM scratch\nCOPY f /d/\nENV A=b\n");
	t.site.created = "2001-02-03T04:05:06Z";
	unit_write(t.dir.fd, "context/f", "text");
	assert_ok(stage_begin(&t.site, 0, &run, &err), &err);
	assert_ok(stage_work(run, &err), &err);
	history = config_history(draft_config(stage_state(run)->draft));
	assert_int_equal(json_count(history), 2);
	for (size_t n = 0; n < 2; n++)
		assert_string_equal(
			json_get_text(json_at(history, n), "created"),
			"2001-02-03T04:05:06Z");
}

static void
errors_have_their_place(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *message;
	} table[] = {
		{ "FROM scratch\nENV A=${B\n", EINVAL, "Dockerfile:2:7: " },
		{ "FROM scratch\nUSER me\n  COPY none /\n", ENOENT,
			"Dockerfile:3:3: " },
		{ "FROM scratch\nCOPY --chown=who f /\n", ENOENT,
			"Dockerfile:2:1: " },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		site_auto t;
		cleanup(stage_free) struct stage_run *run = NULL;
		autoerror err = { 0 };

		site_make(&t, table[n].text);
		unit_write(t.dir.fd, "context/f", "");
		assert_ok(stage_begin(&t.site, 0, &run, &err), &err);
		assert_fails(stage_work(run, &err), &err, table[n].code,
			table[n].message);
	}
}

static void
a_base_that_is_not_here(void **state)
{
	site_auto t;
	struct stage_run *run = NULL;
	autoerror err = { 0 };

	(void)state;
	site_make(&t, "ARG X\nFROM localhost/none:1\n");
	assert_fails(stage_begin(&t.site, 0, &run, &err), &err, ENOENT,
		"Dockerfile:2:1: image 'localhost/none:1' is not in the store");
	assert_null(run);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(configuration_needs_no_work),
		cmocka_unit_test(steps_are_done_once),
		cmocka_unit_test(the_history_says_when),
		cmocka_unit_test(errors_have_their_place),
		cmocka_unit_test(a_base_that_is_not_here),
	};

	return cmocka_run_group_tests(tests, layers_enter, NULL);
}
