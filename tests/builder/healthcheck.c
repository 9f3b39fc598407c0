/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/healthcheck.h"

static struct dockerfile *
parsed(const char *line)
{
	autofree char *text = mem_printf("FROM x\nHEALTHCHECK %s\n", line);
	struct dockerfile *d = NULL;
	autoerror err = { 0 };

	assert_ok(dockerfile_parse("D", text, strlen(text), NULL, &d, &err),
		&err);
	return d;
}

static const struct {
	const char *line, *config, *history;
} checks[] = {
	{ "NONE", "{\"Test\":[\"NONE\"]}",
		"HEALTHCHECK &{[\"NONE\"] \"0s\" \"0s\" \"0s\" \"0s\" '\\x00'}" },
	{ "CMD a  b", "{\"Test\":[\"CMD-SHELL\",\"a  b\"]}",
		"HEALTHCHECK &{[\"CMD-SHELL\" \"a  b\"] \"0s\" \"0s\" \"0s\" \"0s\" '\\x00'}" },
	{ "CMD [\"a\", \"b\"]", "{\"Test\":[\"CMD\",\"a\",\"b\"]}",
		"HEALTHCHECK &{[\"CMD\" \"a\" \"b\"] \"0s\" \"0s\" \"0s\" \"0s\" '\\x00'}" },
	{ "--interval=1m30s --timeout=1ms --start-period=0s "
	  "--start-interval=2h --retries=3 CMD a",
		"{\"Test\":[\"CMD-SHELL\",\"a\"],\"Interval\":90000000000,"
		"\"Timeout\":1000000,\"StartInterval\":7200000000000,"
		"\"Retries\":3}",
		"HEALTHCHECK &{[\"CMD-SHELL\" \"a\"] \"1m30s\" \"1ms\" \"0s\" \"2h0m0s\" '\\x03'}" },
};

static void
value_config_and_history(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(checks); n++) {
		cleanup(dockerfile_free) struct dockerfile *d =
			parsed(checks[n].line);
		cleanup_value(healthcheck_release) struct healthcheck h = { 0 };
		cleanup(json_free) struct json *j = NULL;
		struct buf config = { 0 }, history = { 0 };
		autoerror err = { 0 };

		assert_ok(healthcheck_parse(
				  &d->stages[0].instrs[0], &h, &err),
			&err);
		j = healthcheck_format(&h);
		buf_init(&config, KiB(4));
		json_format(j, &config);
		assert_text(buf_steal(&config), checks[n].config);
		buf_init(&history, KiB(4));
		healthcheck_add_history(&h, &history);
		assert_text(buf_steal(&history), checks[n].history);
	}
}

static void
what_is_wrong(void **state)
{
	static const struct {
		const char *line, *message;
		int code;
	} table[] = {
		{ "--retries=1 NONE", "HEALTHCHECK NONE takes no flags", EINVAL },
		{ "--interval=x CMD a", "--interval: ", EINVAL },
		{ "--timeout=-1s CMD a", "--timeout: '-1s' is less than 1ms",
			EINVAL },
		{ "--start-period=999us CMD a",
			"--start-period: '999us' is less than 1ms", EINVAL },
		{ "--retries=-1 CMD a", "--retries: ", EINVAL },
		{ "--retries=2147483648 CMD a", "--retries: ", ERANGE },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		cleanup(dockerfile_free) struct dockerfile *d =
			parsed(table[n].line);
		struct healthcheck h = { 0 };
		autoerror err = { 0 };
		int r;

		r = healthcheck_parse(&d->stages[0].instrs[0], &h, &err);
		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_fails(r, &err, table[n].code, table[n].message);
		assert_int_equal(h.test.count, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(value_config_and_history),
		cmocka_unit_test(what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
