/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/state.h"
#include "oci/config.h"

static const struct platform amd64 = { "linux", "amd64", "" };

static struct image *
made_image(struct store *s, const char *path)
{
	cleanup(draft_free) struct draft *d = draft_from_nothing(&amd64);
	cleanup_value(strv_release) struct strv env = { 0 }, triggers = { 0 };
	struct image *i = NULL;
	struct digest digest;
	autoerror err = { 0 };

	strv_add(&env, "A=1");
	if (path)
		strv_addf(&env, "PATH=%s", path);
	strv_add(&triggers, "RUN x");
	config_set_list(draft_config(d), "Env", &env);
	config_set_list(draft_config(d), "OnBuild", &triggers);
	config_set_top(draft_config(d), "created", "2001-02-03T04:05:06Z");
	assert_ok(draft_commit(d, s, NULL, &digest, &err), &err);
	assert_ok(image_load(s, &digest, &amd64, &i, &err), &err);
	return i;
}

static void
check_env(struct state *s, const char *joined)
{
	cleanup_value(strv_release) struct strv env = { 0 };
	autoerror err = { 0 };

	assert_ok(config_get_list(draft_config(s->draft), "Env", &env, &err),
		&err);
	assert_text(strv_join(&env, " "), joined);
	assert_true(strv_equal(&env, &s->vars));
}

static void
from_scratch(void **state)
{
	cleanup_value(state_release) struct state s = { 0 };

	(void)state;
	state_from_nothing(&amd64, '`', &s);
	check_env(&s, "PATH=" STATE_DEFAULT_PATH);
	assert_string_equal(state_cwd(&s), "/");
	assert_int_equal(s.escape, '`');
	assert_null(s.created);
}

static void
from_an_image(void **state)
{
	static const char *const table[][2] = {
		{ NULL, "A=1 PATH=" STATE_DEFAULT_PATH },
		{ "/bin", "A=1 PATH=/bin" },
	};
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *store = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_ok(store_open(dir.path, &store, &err), &err);
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		cleanup(image_free) struct image *i =
			made_image(store, table[n][0]);
		cleanup_value(strv_release) struct strv triggers = { 0 };
		cleanup_value(state_release) struct state s = { 0 };

		state_from_image(i, '\\', &s);
		check_env(&s, table[n][1]);
		assert_string_equal(s.created, "2001-02-03T04:05:06Z");
		assert_ok(config_get_list(draft_config(s.draft), "OnBuild",
				  &triggers, &err),
			&err);
		assert_int_equal(triggers.count, 0);
		/* Nobody said where: the root. */
		assert_string_equal(state_cwd(&s), "/");
	}
}

static void
from_a_stage(void **state)
{
	cleanup_value(state_release) struct state one = { 0 }, next = { 0 };

	(void)state;
	state_from_nothing(&amd64, '\\', &one);
	strv_env_set(&one.vars, "ARGUMENT", "x");
	strv_add(&one.arg_names, "ARGUMENT");
	one.has_cmd = true;
	one.created = mem_strdup("2001-02-03T04:05:06Z");
	state_from_stage(&one, &next);
	assert_string_equal(strv_env_get(&next.vars, "ARGUMENT"), "x");
	assert_string_equal(next.created, one.created);
	/* Those are about instructions of the stage itself. */
	assert_int_equal(next.arg_names.count, 0);
	assert_false(next.has_cmd);
	/* Each has its own image. */
	config_set_text(draft_config(next.draft), "WorkingDir", "/next");
	assert_string_equal(state_cwd(&one), "/");
}

static void
words_and_shell(void **state)
{
	cleanup_value(state_release) struct state s = { 0 };
	cleanup_value(strv_release) struct strv shell = { 0 }, other = { 0 };
	autoerror err = { 0 };
	char *word = NULL;

	(void)state;
	state_from_nothing(&amd64, '\\', &s);
	strv_env_set(&s.vars, "A", "b c");
	assert_ok(state_expand(&s, "x$A", &word, &err), &err);
	assert_text(word, "xb c");
	word = NULL;
	assert_fails(state_expand(&s, "${A", &word, &err), &err, EINVAL, "");
	assert_null(word);
	assert_ok(state_shell(&s, &shell, &err), &err);
	assert_text(strv_join(&shell, " "), "/bin/sh -c");
	strv_add(&other, "/bin/bash");
	config_set_list(draft_config(s.draft), "Shell", &other);
	strv_release(&shell);
	assert_ok(state_shell(&s, &shell, &err), &err);
	assert_text(strv_join(&shell, " "), "/bin/bash");
}

static void
history_has_a_time_only_from_layers(void **state)
{
	cleanup_value(state_release) struct state s = { 0 };
	const struct json *all;

	(void)state;
	state_from_nothing(&amd64, '\\', &s);
	state_add_history(&s, "ENV a", NULL, true);
	s.created = mem_strdup("2001-02-03T04:05:06Z");
	state_add_history(&s, "RUN x", NULL, false);
	state_add_history(&s, "RUN y", "1999-01-01T00:00:00Z", false);
	all = config_history(draft_config(s.draft));
	assert_int_equal(json_count(all), 3);
	assert_null(json_get_text(json_at(all, 0), "created"));
	assert_true(json_get_bool(json_at(all, 0), "empty_layer", false));
	assert_string_equal(json_get_text(json_at(all, 1), "created"),
		"2001-02-03T04:05:06Z");
	assert_string_equal(json_get_text(json_at(all, 1), "created_by"),
		"RUN x");
	assert_string_equal(json_get_text(json_at(all, 2), "created"),
		"1999-01-01T00:00:00Z");
}

static void
there_and_back(void **state)
{
	cleanup_value(state_release) struct state s = { 0 }, back = { 0 };
	cleanup(json_free) struct json *j = NULL;
	cleanup(json_free) struct json *again = NULL;
	autoerror err = { 0 };

	(void)state;
	state_from_nothing(&amd64, '`', &s);
	strv_env_set(&s.vars, "A", "b\nc");
	s.created = mem_strdup("2001-02-03T04:05:06Z");
	j = state_format(&s);
	assert_ok(state_parse(j, &back, &err), &err);
	assert_true(strv_equal(&back.vars, &s.vars));
	assert_int_equal(back.escape, '`');
	again = state_format(&back);
	assert_true(json_equal(j, again));
}

static void
damaged_answers(void **state)
{
	static const char *const names[] = { "escape", "draft" };
	cleanup_value(state_release) struct state s = { 0 };
	struct state back = { 0 };
	autoerror err = { 0 };

	(void)state;
	state_from_nothing(&amd64, '\\', &s);
	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		cleanup(json_free) struct json *j = state_format(&s);

		json_set(j, names[n], NULL);
		assert_fails(state_parse(j, &back, &err), &err, EBADMSG, "");
		assert_null(back.draft);
	}
	{
		cleanup(json_free) struct json *j = state_format(&s);

		json_set_text(j, "vars", "no list");
		assert_fails(state_parse(j, &back, &err), &err, EBADMSG, "");
		assert_null(back.draft);
	}
	assert_fails(state_parse(NULL, &back, &err), &err, EBADMSG, "damaged");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_scratch),
		cmocka_unit_test(from_an_image),
		cmocka_unit_test(from_a_stage),
		cmocka_unit_test(words_and_shell),
		cmocka_unit_test(history_has_a_time_only_from_layers),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(damaged_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
