/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/plan.h"

static const struct platform amd64 = { "linux", "amd64", "" };

/* A Dockerfile, its ARGs, and the plan for a target. */
struct planned {
	struct dockerfile *file;
	struct args args;
	struct plan *plan;
};

static void
planned_release(struct planned *p)
{
	plan_free(p->plan);
	args_release(&p->args);
	dockerfile_free(p->file);
}

static int
make(struct planned *p, const char *text, const char *target,
	struct error *err)
{
	assert_ok(dockerfile_parse("Dockerfile", text, strlen(text), NULL,
			  &p->file, err),
		err);
	assert_ok(args_read_globals(&p->args, p->file, err), err);
	return plan_make(
		p->file, &p->args, NULL, &amd64, target, &p->plan, err);
}

/* The numbers of the needed stages, "0 2". */
static char *
needed(const struct plan *p)
{
	cleanup_value(strv_release) struct strv numbers = { 0 };

	for (size_t n = 0; n < p->count; n++) {
		if (p->stages[n].needed)
			strv_addf(&numbers, "%zu", n);
	}
	return strv_join(&numbers, " ");
}

static const char diamond[] =
	"FROM scratch AS base\n"
	"FROM base AS left\n"
	"RUN true\n"
	"FROM base AS right\n"
	"FROM scratch AS nobody\n"
	"FROM scratch\n"
	"COPY --from=left /a /\n"
	"COPY --from=2 /b /\n";

static void
only_what_is_needed(void **state)
{
	static const struct {
		const char *target, *needed;
	} rows[] = {
		{ NULL, "0 1 2 4" },
		{ "left", "0 1" },
		{ "LEFT", "0 1" },
		{ "nobody", "3" },
		{ "2", "0 2" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		cleanup_value(planned_release) struct planned p = { 0 };
		autoerror err = { 0 };

		assert_ok(make(&p, diamond, rows[n].target, &err), &err);
		assert_text(needed(p.plan), rows[n].needed);
	}
}

static void
dependencies_are_known(void **state)
{
	cleanup_value(planned_release) struct planned p = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(make(&p, diamond, NULL, &err), &err);
	assert_true(plan_depends(p.plan, 1, 0));
	assert_true(plan_depends(p.plan, 4, 1));
	assert_true(plan_depends(p.plan, 4, 2));
	assert_false(plan_depends(p.plan, 4, 0));
	assert_false(plan_depends(p.plan, 2, 1));
	assert_int_equal(plan_needed_count(p.plan), 4);
}

static void
trees_are_wanted_by_later_readers(void **state)
{
	cleanup_value(planned_release) struct planned p = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(make(&p,
			  "FROM scratch AS a\nCOPY x /\nCOPY y /\nRUN true\nCOPY z /\n"
			  "FROM a AS b\nCOPY w /\n"
			  "FROM scratch\nCOPY --from=b /w /\nCOPY v /\n",
			  NULL, &err),
		&err);
	/* Before a RUN, and below a stage that is copied from. */
	assert_true(plan_wants_tree(p.plan, 0, 0));
	assert_true(plan_wants_tree(p.plan, 0, 3));
	assert_true(plan_wants_tree(p.plan, 1, 0));
	assert_false(plan_wants_tree(p.plan, 2, 0));
	assert_false(plan_wants_tree(p.plan, 2, 1));
}

static void
a_stage_on_a_stage_that_runs_wants_its_tree(void **state)
{
	cleanup_value(planned_release) struct planned p = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(make(&p,
			  "FROM scratch AS a\nCOPY x /\nFROM a AS b\nRUN true\n",
			  NULL, &err),
		&err);
	assert_true(plan_wants_tree(p.plan, 0, 0));
}

static void
sources_may_use_args(void **state)
{
	cleanup_value(planned_release) struct planned p = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(make(&p,
			  "ARG G=two\nFROM scratch AS one\nFROM scratch AS two\n"
			  "FROM scratch\nARG G L=on\nCOPY --from=$G /a /\n"
			  "COPY --from=${L}e /b /\nARG L=two\n",
			  NULL, &err),
		&err);
	assert_true(plan_depends(p.plan, 2, 0));
	assert_true(plan_depends(p.plan, 2, 1));
}

static void
names_have_any_case_and_the_last_counts(void **state)
{
	cleanup_value(planned_release) struct planned p = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(make(&p,
			  "FROM scratch AS Foo\nFROM scratch AS foo\nFROM FOO\n",
			  NULL, &err),
		&err);
	assert_int_equal(p.plan->stages[2].base, PLAN_STAGE);
	assert_int_equal(p.plan->stages[2].base_stage, 1);
}

static void
bases_are_expanded(void **state)
{
	cleanup_value(planned_release) struct planned p = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(make(&p,
			  "ARG V=12\nARG P=linux/arm64\nFROM --platform=$P debian:$V\n",
			  NULL, &err),
		&err);
	assert_int_equal(p.plan->stages[0].base, PLAN_IMAGE);
	assert_string_equal(p.plan->stages[0].base_image, "debian:12");
	assert_string_equal(p.plan->stages[0].platform.arch, "arm64");
	assert_string_equal(p.plan->stages[0].title, "stage-0");
}

static void
triggers_come_first(void **state)
{
	cleanup_value(planned_release) struct planned p = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(make(&p,
			  "FROM scratch AS a\nONBUILD COPY x /\nONBUILD RUN y\n"
			  "FROM a\nENV z=1\n",
			  NULL, &err),
		&err);
	assert_int_equal(p.plan->stages[1].count, 3);
	assert_int_equal(p.plan->stages[1].instrs[0]->kind, INSTR_COPY);
	assert_int_equal(p.plan->stages[1].instrs[1]->kind, INSTR_RUN);
	assert_int_equal(p.plan->stages[1].instrs[2]->kind, INSTR_ENV);
}

static void
triggers_of_an_image_make_stages_needed(void **state)
{
	cleanup_value(planned_release) struct planned p = { 0 };
	cleanup_value(strv_release) struct strv triggers = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(make(&p,
			  "FROM scratch AS deep\nFROM deep AS assets\nFROM app\n",
			  NULL, &err),
		&err);
	assert_text(needed(p.plan), "2");
	strv_add(&triggers, "COPY --from=assets / /");
	assert_ok(plan_add_triggers(p.plan, 2, &triggers, &err), &err);
	assert_text(needed(p.plan), "0 1 2");
}

static void
mistakes_have_places(void **state)
{
	static const struct {
		const char *text, *target, *message;
	} rows[] = {
		{ "FROM scratch AS build\n", "biuld",
			"target stage 'biuld' could not be found" },
		{ "FROM $NOTHING\n", NULL, "Dockerfile:1:1: base name" },
		{ "FROM --platform=$N scratch\n", NULL, "Dockerfile:1:1:" },
		{ "FROM --platform=a/b/c/d scratch\n", NULL,
			"Dockerfile:1:1:" },
		{ "FROM scratch\nCOPY --from=1 a b\nFROM scratch AS x\nCOPY --from=0 a b\n",
			NULL, "Dockerfile:2:1: cannot copy from stage '1'" },
		{ "FROM scratch AS x\nCOPY --from=x a b\n", NULL,
			"needs to be defined before current stage 'x'" },
		{ "FROM scratch\nCOPY --from=7 a b\n", NULL,
			"stage number 7 not found" },
		{ "FROM scratch\nCOPY --from=$N a b\n", NULL,
			"expands to nothing" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		cleanup_value(planned_release) struct planned p = { 0 };
		autoerror err = { 0 };
		int r = make(&p, rows[n].text, rows[n].target, &err);

		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_fails(r, &err, EINVAL, rows[n].message);
	}
}

static void
a_bad_trigger_is_named(void **state)
{
	cleanup_value(planned_release) struct planned p = { 0 };
	cleanup_value(strv_release) struct strv triggers = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(make(&p, "FROM app\n", NULL, &err), &err);
	strv_add(&triggers, "NONSENSE x");
	assert_fails(plan_add_triggers(p.plan, 0, &triggers, &err), &err,
		EINVAL, "trigger 'ONBUILD NONSENSE x'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_needed),
		cmocka_unit_test(dependencies_are_known),
		cmocka_unit_test(trees_are_wanted_by_later_readers),
		cmocka_unit_test(a_stage_on_a_stage_that_runs_wants_its_tree),
		cmocka_unit_test(sources_may_use_args),
		cmocka_unit_test(names_have_any_case_and_the_last_counts),
		cmocka_unit_test(bases_are_expanded),
		cmocka_unit_test(triggers_come_first),
		cmocka_unit_test(triggers_of_an_image_make_stages_needed),
		cmocka_unit_test(mistakes_have_places),
		cmocka_unit_test(a_bad_trigger_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
