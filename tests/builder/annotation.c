/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/annotation.h"

static const struct platform amd64 = { "linux", "amd64", "" };
static const struct platform arm64 = { "linux", "arm64", "" };

/* The value of `name` at a place, or "". */
static const char *
at(const struct annotations *a, enum annotation_level level,
	const struct platform *p, const char *name, char ret[64])
{
	cleanup(json_free) struct json *j = annotations_at(a, level, p);
	const char *value = json_get_text(j, name);

	(void)snprintf(ret, 64, "%s", value ? value : "");
	return ret;
}

static void
levels(void **state)
{
	cleanup_value(annotations_release) struct annotations a = { 0 };
	autoerror err = { 0 };
	char b[64];

	(void)state;
	assert_ok(annotations_add(&a, "plain=1", &err), &err);
	assert_ok(annotations_add(&a, "org.x.url=http://h:1/?a=b", &err), &err);
	assert_ok(annotations_add(&a, "index,manifest-descriptor:both=2", &err),
		&err);
	assert_ok(
		annotations_add(&a, "manifest[linux/arm64]:one=3", &err), &err);
	assert_ok(annotations_add(&a, "plain=later", &err), &err);
	assert_string_equal(
		at(&a, ANNOTATION_MANIFEST, &amd64, "plain", b), "later");
	assert_string_equal(at(&a, ANNOTATION_MANIFEST, &amd64, "org.x.url", b),
		"http://h:1/?a=b");
	assert_string_equal(at(&a, ANNOTATION_INDEX, NULL, "both", b), "2");
	assert_string_equal(
		at(&a, ANNOTATION_MANIFEST_DESCRIPTOR, &amd64, "both", b), "2");
	assert_string_equal(at(&a, ANNOTATION_MANIFEST, &amd64, "both", b), "");
	assert_string_equal(at(&a, ANNOTATION_MANIFEST, &arm64, "one", b), "3");
	assert_string_equal(at(&a, ANNOTATION_MANIFEST, &amd64, "one", b), "");
	assert_null(annotations_at(&a, ANNOTATION_INDEX_DESCRIPTOR, NULL));
}

static void
attributes(void **state)
{
	cleanup_value(annotations_release) struct annotations a = { 0 };
	autoerror err = { 0 };
	char b[64];

	(void)state;
	assert_ok(annotations_add_attribute(&a, "annotation.a.b", "1", &err),
		&err);
	assert_ok(
		annotations_add_attribute(&a, "annotation-index.c", "2", &err),
		&err);
	assert_ok(annotations_add_attribute(&a,
			  "annotation-manifest[linux/arm64].d.e", "3", &err),
		&err);
	assert_string_equal(at(&a, ANNOTATION_MANIFEST, &amd64, "a.b", b), "1");
	assert_string_equal(at(&a, ANNOTATION_INDEX, NULL, "c", b), "2");
	assert_string_equal(at(&a, ANNOTATION_MANIFEST, &arm64, "d.e", b), "3");
	assert_fails(annotations_add_attribute(&a, "annotations", "", &err),
		&err, EINVAL, "names no annotation");
	assert_fails(
		annotations_add_attribute(&a, "annotation-layer.x", "", &err),
		&err, EINVAL, "level 'layer'");
}

static void
mistakes(void **state)
{
	static const char *const table[][2] = {
		{ "nothing", "is not NAME=VALUE" },
		{ "=x", "is not NAME=VALUE" },
		{ "layer:a=b", "level 'layer' is not known" },
		{ "manifest[linux/arm64:a=b", "does not end in ']'" },
		{ "manifest[]:a=b", "does not end in ']'" },
		{ "manifest[what/is/this/now]:a=b", "what" },
	};
	cleanup_value(annotations_release) struct annotations a = { 0 };

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		autoerror err = { 0 };
		int r = annotations_add(&a, table[n][0], &err);

		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_fails(r, &err, EINVAL, table[n][1]);
	}
	assert_int_equal(a.count, 0);
}

static void
indexes(void **state)
{
	cleanup_value(annotations_release) struct annotations a = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(annotations_check(NULL, false, &err), &err);
	assert_ok(annotations_add(&a, "a=b", &err), &err);
	assert_ok(annotations_check(&a, false, &err), &err);
	assert_ok(annotations_add(&a, "index-descriptor:a=b", &err), &err);
	assert_ok(annotations_check(&a, true, &err), &err);
	assert_fails(annotations_check(&a, false, &err), &err, EINVAL,
		"for an index");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels),
		cmocka_unit_test(attributes),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(indexes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
