/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/yaml.h"
#include "util/buf.h"
#include "util/mem.h"

static struct yaml_doc *
parsed(const char *text)
{
	struct yaml_doc *y = NULL;
	autoerror err = { 0 };

	if (yaml_doc_parse(text, strlen(text), "f", &y, &err) < 0)
		fail_msg("%s", err.text);
	return y;
}

static void
assert_refused(const char *text, int code, const char *message)
{
	struct yaml_doc *y = NULL;
	autoerror err = { 0 };

	assert_int_equal(
		yaml_doc_parse(text, strlen(text), "f", &y, &err), code);
	assert_null(y);
	assert_string_equal(err.text, message);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

static const char *
text_at(const struct yaml_doc *y, const char *key)
{
	const struct yaml_node *n = yaml_get(yaml_doc_root(y), key);

	assert_non_null(n);
	return yaml_text(n);
}

static void
trees(void **state)
{
	cleanup(yaml_doc_free) struct yaml_doc *y = parsed(
		"a: one\nb:\n- x\n- {k: v}\nc: ~\nd: '~'\ne: |\n  two\n  lines\n");
	const struct yaml_node *root = yaml_doc_root(y);
	const struct yaml_node *list;

	(void)state;
	assert_int_equal(yaml_kind(root), YAML_MAP);
	assert_int_equal(yaml_count(root), 5);
	assert_string_equal(yaml_key(root, 1), "b");
	assert_string_equal(text_at(y, "a"), "one");
	list = yaml_get(root, "b");
	assert_int_equal(yaml_kind(list), YAML_LIST);
	assert_string_equal(yaml_text(yaml_get(yaml_at(list, 1), "k")), "v");
	assert_int_equal(yaml_kind(yaml_get(root, "c")), YAML_NONE);
	assert_int_equal(yaml_kind(yaml_get(root, "d")), YAML_TEXT);
	assert_true(yaml_is_quoted(yaml_get(root, "d")));
	assert_false(yaml_is_quoted(yaml_get(root, "a")));
	assert_string_equal(text_at(y, "e"), "two\nlines\n");
	assert_null(yaml_get(root, "z"));
	assert_null(yaml_get(list, "z"));
	assert_string_equal(yaml_text(list), "");
}

static void
nodes_know_their_place(void **state)
{
	cleanup(yaml_doc_free) struct yaml_doc *y =
		parsed("a:\n  - b\n  - c\n");
	const struct yaml_node *list = yaml_get(yaml_doc_root(y), "a");
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(
		yaml_error(y, yaml_at(list, 1), &err, "bad %d", 7), -EINVAL);
	assert_string_equal(err.text, "f:3:5: bad 7");
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_int_equal(
		yaml_error(y, yaml_key_node(yaml_doc_root(y), 0), &err, "key"),
		-EINVAL);
	assert_string_equal(err.text, "f:1:1: key");
}

static void
nothing_is_nothing(void **state)
{
	const char *const texts[] = { "", "# only a comment\n", "---\n" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		cleanup(yaml_doc_free) struct yaml_doc *y = parsed(texts[i]);

		assert_int_equal(yaml_kind(yaml_doc_root(y)), YAML_NONE);
	}
	assert_null(yaml_doc_free(NULL));
}

static void
aliases_and_merges(void **state)
{
	cleanup(yaml_doc_free) struct yaml_doc *y = parsed(
		"base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\n"
		"one: {y: own, <<: *b}\ntwo: {<<: [*b, *m]}\nsame: *b\n");
	const struct yaml_node *root = yaml_doc_root(y);
	const struct yaml_node *one = yaml_get(root, "one");
	const struct yaml_node *two = yaml_get(root, "two");

	(void)state;
	assert_string_equal(yaml_text(yaml_get(one, "y")), "own");
	assert_string_equal(yaml_text(yaml_get(one, "x")), "1");
	assert_string_equal(yaml_text(yaml_get(two, "y")), "2");
	assert_string_equal(yaml_text(yaml_get(two, "z")), "4");
	assert_ptr_equal(yaml_get(root, "same"), yaml_get(root, "base"));
}

static void
mistakes(void **state)
{
	(void)state;
	assert_refused(
		"a: 1\na: 2\n", -EINVAL, "f:2:1: key 'a' is there twice");
	assert_refused("? [x]\n: 1\n", -EINVAL, "f:1:3: a key is a list");
	assert_refused("a: *none\n", -EINVAL, "f:1:4: unknown alias '*none'");
	assert_refused("a: &x [*x]\n", -EINVAL, "f:1:8: unknown alias '*x'");
	assert_refused(
		"a: 1\n---\nb: 2\n", -EINVAL, "f:2:1: a second document");
	assert_refused("a: !ruby/object 1\n", -EINVAL,
		"f:1:4: unknown tag '!ruby/object'");
	assert_refused(
		"<<: text\n", -EINVAL, "f:1:5: '<<' is a text, not a map");
	assert_refused("<<: {a: 1}\n<<: {b: 1}\n", -EINVAL,
		"f:2:1: key '<<' is there twice");
	assert_refused(
		"a: \"\\0\"\n", -EINVAL, "f:1:4: a text holds a NUL byte");
	assert_refused("a: b: c\n", -EINVAL,
		"f:1:5: mapping values are not allowed in this context");
	assert_refused(
		"a: [\n", -EINVAL, "f:2:1: did not find expected node content");
}

static void
depth_is_limited(void **state)
{
	char text[2 * 65 + 1] = "";

	(void)state;
	memset(text, '[', 65);
	memset(text + 65, ']', 65);
	assert_refused(text, -EFBIG, "f:1:65: deeper than 64 levels");
	text[0] = text[129] = ' ';
	yaml_doc_free(parsed(text));
}

static void
size_is_limited(void **state)
{
	autofree char *text = mem_zalloc(YAML_TEXT_MAX + 2);

	(void)state;
	memset(text, 'x', YAML_TEXT_MAX + 1);
	assert_refused(text, -EFBIG, "f:1:1: more than 1048576 bytes");
	text[YAML_TEXT_MAX] = '\0';
	yaml_doc_free(parsed(text));
}

static void
expansion_is_limited(void **state)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	struct yaml_doc *y = NULL;
	autoerror err = { 0 };
	int i;

	(void)state;
	buf_init(&b, YAML_TEXT_MAX);
	buf_adds(&b, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
	for (i = 1; i < 9; i++)
		buf_addf(&b,
			"a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,"
			"*a%d,*a%d,*a%d]\n",
			i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1,
			i - 1, i - 1, i - 1);
	assert_int_equal(yaml_doc_parse(b.data, b.len, "f", &y, &err), -EFBIG);
	assert_non_null(strstr(err.text, "more than 100000 values"));
	buf_reset(&b);
	for (i = 0; i < 100001; i++)
		buf_adds(&b, "- x\n");
	assert_int_equal(yaml_doc_parse(b.data, b.len, "f", &y, &err), -EFBIG);
}

static void
bools(void **state)
{
	bool value = false;

	(void)state;
	assert_int_equal(yaml_parse_bool("True", &value), 0);
	assert_true(value);
	assert_int_equal(yaml_parse_bool("off", &value), 0);
	assert_false(value);
	assert_int_equal(yaml_parse_bool("1", &value), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees),
		cmocka_unit_test(nodes_know_their_place),
		cmocka_unit_test(nothing_is_nothing),
		cmocka_unit_test(aliases_and_merges),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(size_is_limited),
		cmocka_unit_test(expansion_is_limited),
		cmocka_unit_test(bools),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
