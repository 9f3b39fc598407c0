/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/builder/site.h"

#include "builder/stages.h"
#include "oci/config.h"
#include "util/clock.h"

static int
build(struct test_site *t, unsigned jobs, int64_t deadline_ms,
	bool *ret_worked, struct error *err)
{
	const struct stages_options options = { .jobs = jobs,
		.deadline_ms = deadline_ms };

	return stages_build(&t->site, &options, ret_worked, err);
}

static void
nothing_to_do(void **state)
{
	site_auto t;
	autoerror err = { 0 };
	bool worked = true;
	struct state *result;

	(void)state;
	site_make(&t, "FROM scratch AS other\nENV A=no\n"
		"FROM scratch AS base\nENV A=b\nFROM base\nUSER $A\n");
	assert_ok(build(&t, 1, -1, &worked, &err), &err);
	assert_false(worked);
	result = &t.site.results[2];
	assert_string_equal(
		config_get_text(draft_config(result->draft), "User"), "b");
	/* Nobody needs it. */
	assert_false(t.site.is_done[0]);
	assert_true(t.site.is_done[1]);
}

static const char diamond[] =
	"FROM scratch AS base\nCOPY f /f\n"
	"FROM base AS left\nCOPY f /left\n"
	"FROM base AS right\nCOPY f /right\n"
	"FROM scratch\nCOPY --from=left /left /\nCOPY --from=right /right /\n";

/* As many at once as may be: the result is the same. */
static void
any_number_at_once(void **state)
{
	struct digest results[2];

	(void)state;
	for (unsigned n = 0; n < 2; n++) {
		site_auto t;
		autoerror err = { 0 };
		bool worked = false;

		site_make(&t, diamond);
		unit_write(t.dir.fd, "context/f", "text");
		t.site.epoch = t.site.clamp_mtime = 1;
		assert_ok(build(&t, n == 0 ? 1 : 4, -1, &worked, &err), &err);
		assert_true(worked);
		results[n] = *draft_chain_id(t.site.results[3].draft);
		assert_int_equal(
			draft_layer_count(t.site.results[3].draft), 2);
	}
	assert_true(digest_equal(&results[0], &results[1]));
}

/* The last COPY looks at its base in a mount of its own. */
static void
nothing_is_left_behind(void **state)
{
	site_auto t;
	cleanup_value(strv_release) struct strv names = { 0 };
	autoerror err = { 0 };
	bool worked;

	(void)state;
	site_make(&t, "FROM scratch AS base\nCOPY f /f\n"
		"FROM base\nCOPY f /g\n");
	unit_write(t.dir.fd, "context/f", "text");
	assert_ok(build(&t, 1, -1, &worked, &err), &err);
	assert_ok(fs_list(store_dir_fd(t.store, STORE_TMP, &err), 100, &names,
			  &err),
		&err);
	assert_int_equal(names.count, 0);
}

/* One at a time: whoever is killed leaves a mount until we end. */
static void
one_failure_is_told(void **state)
{
	site_auto t;
	autoerror err = { 0 };
	bool worked;

	(void)state;
	site_make(&t, "FROM scratch AS a\nCOPY --chown=who f /f\n"
		"FROM scratch AS b\nCOPY f /f\n"
		"FROM scratch\nCOPY --from=a /f /a\nCOPY --from=b /f /b\n");
	unit_write(t.dir.fd, "context/f", "text");
	assert_fails(build(&t, 1, -1, &worked, &err), &err, ENOENT,
		"Dockerfile:2:1: ");
	assert_false(t.site.is_done[2]);
}

static void
time_is_up(void **state)
{
	site_auto t;
	autoerror err = { 0 };
	bool worked;
	int r;

	(void)state;
	site_make(&t, "FROM scratch\nCOPY f /f\n");
	unit_write(t.dir.fd, "context/f", "text");
	r = build(&t, 1, clock_now_ms(), &worked, &err);
	assert_int_equal(err.kind, ERROR_TIMEOUT);
	assert_fails(r, &err, ETIMEDOUT, "longer than allowed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_to_do),
		cmocka_unit_test(any_number_at_once),
		cmocka_unit_test(nothing_is_left_behind),
		cmocka_unit_test(one_failure_is_told),
		cmocka_unit_test(time_is_up),
	};

	return cmocka_run_group_tests(tests, layers_enter, NULL);
}
