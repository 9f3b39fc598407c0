/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/template.h"
#include "util/mem.h"

static struct map *values;

static int
make_values(void **state)
{
	(void)state;
	values = map_new(free);
	map_set(values, "Run.ID", mem_strdup("cf2a"));
	map_set(values, "Values.a.b", mem_strdup("{{.Run.ID}}"));
	return 0;
}

static int
free_values(void **state)
{
	(void)state;
	map_free(values);
	return 0;
}

static void
assert_renders(const char *text, const char *wanted)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	autoerror err = { 0 };

	buf_init(&out, MiB(2));
	if (template_render(text, strlen(text), "f", values, &out, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(buf_text(&out), wanted);
}

static void
assert_refused(const char *text, const char *message)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	autoerror err = { 0 };

	buf_init(&out, MiB(2));
	assert_int_equal(
		template_render(text, strlen(text), "f", values, &out, &err),
		-EINVAL);
	assert_string_equal(err.text, message);
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_int_equal(out.len, 0);
}

static void
fields(void **state)
{
	(void)state;
	assert_renders("", "");
	assert_renders("a {{.Run.ID}} b", "a cf2a b");
	assert_renders("{{ .Run.ID }}{{\t.Run.ID\n}}", "cf2acf2a");
	assert_renders("x{{.Values.none}}y", "xy");
	/* What was put in is not looked at again. */
	assert_renders("{{.Values.a.b}}", "{{.Run.ID}}");
	assert_renders("{ { }} }", "{ { }} }");
}

static void
literals(void **state)
{
	(void)state;
	assert_renders("{{\"a\\n\\\"}}\\t\"}}", "a\n\"}}\t");
	assert_renders("{{`raw \\n }}`}}", "raw \\n }}");
	assert_renders("{{42}}{{-7}}", "42-7");
}

static void
trims_and_comments(void **state)
{
	(void)state;
	assert_renders("a \n {{- .Run.ID -}} \n b", "acf2ab");
	assert_renders("a {{/* \" ' }} */}} b", "a  b");
	assert_renders("a {{- /* x */ -}} b", "ab");
	assert_renders("{{.Run.ID}} {{- .Run.ID}}", "cf2acf2a");
	assert_renders("a\n  # {{ not closed\nb {{.Run.ID}}",
		"a\n  # {{ not closed\nb cf2a");
}

static void
mistakes(void **state)
{
	(void)state;
	assert_refused(
		"a\n b {{.Run.ID", "f:2:4: an action without its end '}}'");
	assert_refused("{{/* x }}", "f:1:1: an action without its end '}}'");
	assert_refused("{{}}", "f:1:3: an action with nothing in it");
	assert_refused("{{.}}", "f:1:3: '.' alone has no text");
	assert_refused("{{.a..b}}", "f:1:3: '.a..b' is not a field");
	assert_refused("{{.a.}}", "f:1:3: '.a.' is not a field");
	assert_refused("{{\"\\q\"}}", "f:1:4: unknown escape '\\q'");
	assert_refused("{{1.5}}", "f:1:3: '1.5' is not a whole number");
	assert_refused(
		"{{if .a}}", "f:1:3: 'if' is not supported yet in a template");
	assert_refused("{{.a | upper}}",
		"f:1:6: '|' is not supported yet in a template");
	assert_refused(
		"{{$x}}", "f:1:3: '$' is not supported yet in a template");
}

static void
limits(void **state)
{
	autofree char *text = mem_zalloc(TEMPLATE_TEXT_MAX + 2);
	cleanup_value(buf_release) struct buf out = { 0 };
	cleanup(map_free) struct map *big = map_new(free);
	autoerror err = { 0 };

	(void)state;
	memset(text, 'x', TEMPLATE_TEXT_MAX + 1);
	buf_init(&out, MiB(4));
	assert_int_equal(template_render(text, TEMPLATE_TEXT_MAX + 1, "f",
				 values, &out, &err),
		-EFBIG);
	text[TEMPLATE_TEXT_MAX] = '\0';
	map_set(big, "big", take_ptr(&text));
	assert_int_equal(
		template_render("{{.big}}!", 9, "f", big, &out, &err), -EFBIG);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(literals),
		cmocka_unit_test(trims_and_comments),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, make_values, free_values);
}
