/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/meta.h"
#include "oci/config.h"

static const struct platform amd64 = { "linux", "amd64", "" };

/* A stage from scratch after `lines`. */
struct stage_after {
	struct dockerfile *file;
	struct args args;
	struct state s;
};

static void
stage_after_release(struct stage_after *a)
{
	state_release(&a->s);
	args_release(&a->args);
	dockerfile_free(a->file);
}

static int
apply(struct stage_after *a, const char *lines, struct error *err)
{
	autofree char *text = mem_printf("ARG G=global\nFROM scratch\n%s",
		lines);
	int r = 0;

	assert_ok(dockerfile_parse("Dockerfile", text, strlen(text), NULL,
			  &a->file, err),
		err);
	assert_ok(args_give(&a->args, "GIVEN=by hand", err), err);
	assert_ok(args_read_globals(&a->args, a->file, err), err);
	state_from_nothing(&amd64, '\\', &a->s);
	for (size_t n = 0; r == 0 && n < a->file->stages[0].count; n++) {
		const struct instr *i = &a->file->stages[0].instrs[n];

		r = i->kind == INSTR_WORKDIR ?
			meta_set_cwd(&a->s, i, err) :
			meta_apply(&a->s, i, &a->args, err);
	}
	return r;
}

/* The "config" object without what every image has, and the last history. */
static void
check(const char *lines, const char *config, const char *history)
{
	cleanup_value(stage_after_release) struct stage_after a = { 0 };
	autoerror err = { 0 };
	struct buf text = { 0 };
	const struct json *all;

	assert_ok(apply(&a, lines, &err), &err);
	json_set(config_runtime(draft_config(a.s.draft)), "WorkingDir", NULL);
	buf_init(&text, MiB(1));
	json_format(config_runtime(draft_config(a.s.draft)), &text);
	assert_text(buf_steal(&text), config);
	all = config_history(draft_config(a.s.draft));
	if (history)
		assert_string_equal(json_get_text(json_at(all,
							  json_count(all) - 1),
					    "created_by"),
			history);
}

#define PATH_ENV "\"Env\":[\"PATH=" STATE_DEFAULT_PATH "\""

static void
env_and_arg(void **state)
{
	(void)state;
	check("ENV A=\"a b\" B=c\\ d C='$A' D=$A\n",
		"{" PATH_ENV ",\"A=a b\",\"B=c d\",\"C=$A\",\"D=\"]}",
		"ENV A=a b B=c d C=$A D=");
	check("ENV A=1\nENV A=2 B=$A\n", "{" PATH_ENV ",\"A=2\",\"B=1\"]}",
		"ENV A=2 B=1");
	check("ARG P=90 Q=\"91/udp\" N\n", "{" PATH_ENV "]}",
		"ARG P=90 Q=91/udp N");
	check("ARG GIVEN=x G\n", "{" PATH_ENV "]}",
		"ARG GIVEN=by hand G=global");
	/* An ARG hides an ENV before it, an ENV an ARG before it. */
	check("ENV V=3\nARG V=4\nENV W=$V\n",
		"{" PATH_ENV ",\"V=3\",\"W=4\"]}", "ENV W=4");
	check("ARG V=4\nENV V=3\nENV W=$V\n",
		"{" PATH_ENV ",\"V=3\",\"W=3\"]}", "ENV W=3");
}

static void
members(void **state)
{
	(void)state;
	check("ENV K=v\nLABEL $K=1 b=\"x y\"\n",
		"{" PATH_ENV ",\"K=v\"],\"Labels\":{\"v\":\"1\",\"b\":\"x y\"}}",
		"LABEL v=1 b=x y");
	check("EXPOSE 80 443/tcp 53/udp\n",
		"{" PATH_ENV
		"],\"ExposedPorts\":{\"443/tcp\":{},\"53/udp\":{},\"80/tcp\":{}}}",
		"EXPOSE [443/tcp 53/udp 80/tcp]");
	check("VOLUME [\"/v 1\", \"/v2\"]\n",
		"{" PATH_ENV "],\"Volumes\":{\"/v 1\":{},\"/v2\":{}}}",
		"VOLUME [/v 1 /v2]");
}

static void
what_runs(void **state)
{
	(void)state;
	check("CMD [\"a\", \"b\"]\n", "{" PATH_ENV "],\"Cmd\":[\"a\",\"b\"]}",
		"CMD [\"a\" \"b\"]");
	check("SHELL [\"/bin/ash\", \"-ec\"]\nENTRYPOINT echo hi\n",
		"{" PATH_ENV
		"],\"Shell\":[\"/bin/ash\",\"-ec\"],\"Entrypoint\":[\"/bin/ash\",\"-ec\",\"echo hi\"]}",
		"ENTRYPOINT [\"/bin/ash\" \"-ec\" \"echo hi\"]");
	/* A CMD of the same stage stays, whatever its place. */
	check("CMD [\"a\"]\nENTRYPOINT [\"b\"]\n",
		"{" PATH_ENV "],\"Cmd\":[\"a\"],\"Entrypoint\":[\"b\"]}", NULL);
	check("CMD [\"a\"]\nCMD []\n", "{" PATH_ENV "]}", "CMD []");
	check("USER daemon\nSTOPSIGNAL SIGRTMIN+3\n",
		"{" PATH_ENV
		"],\"User\":\"daemon\",\"StopSignal\":\"SIGRTMIN+3\"}",
		"STOPSIGNAL SIGRTMIN+3");
	check("ONBUILD RUN x\nONBUILD COPY a b\n",
		"{" PATH_ENV "],\"OnBuild\":[\"RUN x\",\"COPY a b\"]}", NULL);
}

static void
health(void **state)
{
	(void)state;
	check("HEALTHCHECK --interval=5s --timeout=1m30s --start-period=500ms "
	      "--start-interval=2s --retries=3 CMD curl x || exit 1\n",
		"{" PATH_ENV
		"],\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"curl x || exit 1\"],"
		"\"Interval\":5000000000,\"Timeout\":90000000000,\"StartPeriod\":500000000,"
		"\"StartInterval\":2000000000,\"Retries\":3}}",
		"HEALTHCHECK &{[\"CMD-SHELL\" \"curl x || exit 1\"] \"5s\" \"1m30s\" \"500ms\" \"2s\" '\\x03'}");
	check("HEALTHCHECK CMD [\"a\"]\n",
		"{" PATH_ENV "],\"Healthcheck\":{\"Test\":[\"CMD\",\"a\"]}}",
		NULL);
	check("HEALTHCHECK NONE\n",
		"{" PATH_ENV "],\"Healthcheck\":{\"Test\":[\"NONE\"]}}",
		NULL);
}

static void
directories_are_joined_and_cleaned(void **state)
{
	static const struct {
		const char *lines, *cwd;
	} rows[] = {
		{ "", "/" },
		{ "WORKDIR a\n", "/a" },
		{ "WORKDIR /a//b/\nWORKDIR ../c\n", "/a/c" },
		{ "WORKDIR /p/$UNSET/x/\n", "/p/x" },
		{ "ENV D=/q\nWORKDIR $D\n", "/q" },
		{ "WORKDIR ../../x\n", "/x" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		cleanup_value(stage_after_release) struct stage_after a = { 0 };
		autoerror err = { 0 };

		assert_ok(apply(&a, rows[n].lines, &err), &err);
		assert_string_equal(state_cwd(&a.s), rows[n].cwd);
	}
}

static void
mistakes_are_requests(void **state)
{
	static const struct {
		const char *lines, *message;
	} rows[] = {
		{ "EXPOSE eighty\n", "'eighty' is not a port" },
		{ "STOPSIGNAL FOO\n", "invalid signal" },
		{ "ENV $UNSET=x\n", "must not be empty" },
		{ "ENV A=${A:?needed}\n", "needed" },
		{ "HEALTHCHECK --interval=1us CMD x\n", "less than 1ms" },
		{ "HEALTHCHECK --timeout=x CMD x\n", "--timeout" },
		{ "HEALTHCHECK --retries=-1 CMD x\n", "--retries" },
		{ "VOLUME $UNSET\n", "must not be empty" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		cleanup_value(stage_after_release) struct stage_after a = { 0 };
		autoerror err = { 0 };
		int r = apply(&a, rows[n].lines, &err);

		assert_fails(r, &err, EINVAL, rows[n].message);
	}
}

static void
a_stage_goes_through_a_pipe(void **state)
{
	cleanup_value(stage_after_release) struct stage_after a = { 0 };
	cleanup_value(state_release) struct state back = { 0 };
	cleanup(json_free) struct json *j = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_ok(apply(&a, "ENV A=1\nARG B=2\nWORKDIR /w\n", &err), &err);
	j = state_format(&a.s);
	assert_ok(state_parse(j, &back, &err), &err);
	assert_string_equal(state_cwd(&back), "/w");
	assert_string_equal(strv_env_get(&back.vars, "B"), "2");
	assert_int_equal(back.escape, '\\');
	json_set(j, "escape", NULL);
	assert_fails(state_parse(j, &back, &err), &err, EBADMSG, "damaged");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(env_and_arg),
		cmocka_unit_test(members),
		cmocka_unit_test(what_runs),
		cmocka_unit_test(health),
		cmocka_unit_test(directories_are_joined_and_cleaned),
		cmocka_unit_test(mistakes_are_requests),
		cmocka_unit_test(a_stage_goes_through_a_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
