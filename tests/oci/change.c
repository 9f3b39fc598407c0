/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/change.h"

static const struct platform linux_amd64 = { "linux", "amd64", "" };

/* The "config" object after the lines. */
static void
assert_changes(const char *const *lines, const char *expected)
{
	cleanup(config_free) struct config *c = config_new(&linux_amd64);
	cleanup_value(buf_release) struct buf b = { .max = MiB(1) };
	autoerror err = { 0 };

	for (; *lines; lines++)
		assert_ok(change_apply(c, *lines, &err), &err);
	json_format(config_runtime(c), &b);
	assert_string_equal(buf_text(&b), expected);
}

#define CHANGES(expected, ...)                                                 \
	assert_changes((const char *const[]){ __VA_ARGS__, NULL }, expected)

static void
test_commands(void **state)
{
	(void)state;
	CHANGES("{\"Cmd\":[\"a\",\"b c\"]}", "CMD [\"a\", \"b c\"]");
	CHANGES("{\"Cmd\":[\"/bin/sh\",\"-c\",\"a  b\"]}", " cmd  a  b ");
	CHANGES("{\"Entrypoint\":[\"/x\"]}", "ENTRYPOINT [\"/x\"]");
	CHANGES("{\"Cmd\":[\"/bin/sh\",\"-c\",\"[1]\"]}", "CMD [1]");
	CHANGES("{\"Cmd\":[]}", "CMD []");
}

static void
test_pairs(void **state)
{
	(void)state;
	CHANGES("{\"Env\":[\"A=1\",\"B=x y\",\"C=\"]}",
		"ENV A=1 B=\"x y\"  C=");
	CHANGES("{\"Env\":[\"A=2\",\"B=1\"]}", "ENV A=1", "ENV B=1 A=2");
	CHANGES("{\"Env\":[\"A=b c\"]}", "ENV A b c");
	CHANGES("{\"Env\":[\"A=b c$d\"]}", "ENV A='b c'\\$d");
	CHANGES("{\"Labels\":{\"a.b\":\"x\",\"c\":\"d=e\"}}",
		"LABEL a.b=x \"c\"=d=e");
}

static void
test_others(void **state)
{
	(void)state;
	CHANGES("{\"ExposedPorts\":{\"80/tcp\":{},\"53/udp\":{}}}",
		"EXPOSE 80 53/udp");
	CHANGES("{\"Volumes\":{\"/a\":{},\"/b c\":{}}}",
		"VOLUME [\"/a\", \"/b c\"]");
	CHANGES("{\"Volumes\":{\"/a\":{},\"/b\":{}}}", "VOLUME /a /b");
	CHANGES("{\"User\":\"a:b\",\"StopSignal\":\"SIGINT\"}", "USER a:b",
		"STOPSIGNAL SIGINT");
	CHANGES("{\"WorkingDir\":\"/a/c\"}", "WORKDIR a/b", "WORKDIR ../c");
	CHANGES("{\"WorkingDir\":\"/x\"}", "WORKDIR /a", "WORKDIR /x/");
}

static void
test_refused(void **state)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{ "", "it says nothing" },
		{ "CMD", "it says nothing" },
		{ "CMD  ", "it says nothing" },
		{ "RUN x", "'RUN' is not possible here" },
		{ "ENV A=1 B", "'B' is not of the form" },
		{ "ENV A=1 =2", "'=2' is not of the form" },
		{ "LABEL A=1 B", "'B' is not of the form" },
		{ "EXPOSE x", "'x' is not a port" },
		{ "EXPOSE 80x", "'80x' is not a port" },
	};
	cleanup(config_free) struct config *c = config_new(&linux_amd64);
	autoerror err = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int r = change_apply(c, cases[i].line, &err);

		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_fails(r, &err, EINVAL, cases[i].message);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
