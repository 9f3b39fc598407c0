/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/log.h"
#include "util/strv.h"

static void
keep(void *context, enum log_level level, const char *line)
{
	strv_addf(context, "%d %s", (int)level, line);
}

static void
levels_filter(void **state)
{
	struct strv lines = { 0 };

	(void)state;
	log_set_writer(keep, &lines);
	log_set_level(LOG_WARNING);
	log_debug("d");
	log_info("i");
	log_warning("w%d", 1);
	log_set_level(LOG_DEBUG);
	assert_int_equal(log_get_level(), LOG_DEBUG);
	log_debug("d");
	log_info("i");
	log_set_level(LOG_QUIET);
	log_warning("never");
	log_set_writer(NULL, NULL);
	assert_int_equal(lines.count, 3);
	assert_string_equal(lines.items[0], "2 w1");
	assert_string_equal(lines.items[1], "4 d");
	assert_string_equal(lines.items[2], "3 i");
	strv_release(&lines);
}

static void
once_is_once(void **state)
{
	struct strv lines = { 0 };

	(void)state;
	log_set_writer(keep, &lines);
	log_set_level(LOG_WARNING);
	log_warning_once("a", "first");
	log_warning_once("a", "second");
	log_warning_once("b", "other");
	log_set_writer(NULL, NULL);
	assert_int_equal(lines.count, 2);
	assert_string_equal(lines.items[1], "2 other");
	strv_release(&lines);
}

static void
names_of_levels(void **state)
{
	enum log_level level = LOG_QUIET;
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(log_parse_level("info", &level, NULL), 0);
	assert_int_equal(level, LOG_INFO);
	assert_int_equal(log_parse_level("loud", &level, &err), -EINVAL);
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_int_equal(level, LOG_INFO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_filter),
		cmocka_unit_test(once_is_once),
		cmocka_unit_test(names_of_levels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
