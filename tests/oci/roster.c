/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/roster.h"

static void
add_entry(struct image_index *i, const char *text)
{
	struct digest d;

	digest_of(text, strlen(text), &d);
	i->manifests =
		mem_resize(i->manifests, i->count + 1, sizeof(*i->manifests));
	descriptor_init(&i->manifests[i->count++], MEDIA_OCI_MANIFEST, &d, 1);
}

static void
entries_are_found_and_removed(void **state)
{
	cleanup_value(image_index_release) struct image_index i = { 0 };
	autoerror err = { 0 };
	struct digest d;
	size_t at = 9;

	(void)state;
	roster_init(&i);
	add_entry(&i, "a");
	add_entry(&i, "b");
	digest_of("b", 1, &d);
	assert_ok(roster_find(&i, &d, &at, &err), &err);
	assert_int_equal(at, 1);
	roster_remove(&i, 0);
	assert_ok(roster_find(&i, &d, &at, &err), &err);
	assert_int_equal(at, 0);
	roster_remove(&i, 0);
	assert_int_equal(i.count, 0);
	assert_fails(roster_find(&i, &d, &at, &err), &err, ENOENT,
		"has no 'sha256:");
}

static void
entries_are_annotated(void **state)
{
	cleanup_value(image_index_release) struct image_index i = { 0 };
	struct roster_words words = {
		.os = "linux", .architecture = "arm", .variant = "v6"
	};
	struct roster_words bad = { 0 };
	autoerror err = { 0 };

	(void)state;
	roster_init(&i);
	add_entry(&i, "a");
	strv_add(&words.annotations, "a.b=c=d");
	assert_ok(roster_annotate(&i, 0, &words, &err), &err);
	assert_string_equal(
		json_get_text(i.manifests[0].platform, "variant"), "v6");
	assert_string_equal(
		json_get_text(i.manifests[0].annotations, "a.b"), "c=d");
	strv_add(&bad.annotations, "=x");
	assert_fails(
		roster_annotate(&i, 0, &bad, &err), &err, EINVAL, "NAME=VALUE");
	strv_release(&words.annotations);
	strv_release(&bad.annotations);
}

static void
lists_live_in_the_store(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autofree char *path = mem_printf("%s/store", dir.path);
	cleanup(store_free) struct store *s = NULL;
	cleanup_value(image_index_release) struct image_index i = { 0 };
	cleanup_value(image_index_release) struct image_index back = { 0 };
	struct image_index none = { 0 };
	autoref ref = { 0 };
	autoref other = { 0 };
	autoerror err = { 0 };
	struct digest d;

	(void)state;
	assert_ok(store_open(path, &s, &err), &err);
	assert_ok(ref_parse("list:1", &ref, &err), &err);
	assert_ok(ref_parse("list:2", &other, &err), &err);
	roster_init(&i);
	add_entry(&i, "a");
	assert_ok(roster_save(s, &ref, &i, &d, &err), &err);
	assert_ok(roster_load(s, &ref, &back, &err), &err);
	assert_int_equal(back.count, 1);
	assert_fails(roster_load(s, &other, &none, &err), &err, ENOENT, "2");
	digest_of("missing", 7, &d);
	assert_fails(roster_add(s, &i, &d, &err), &err, ENOENT, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_found_and_removed),
		cmocka_unit_test(entries_are_annotated),
		cmocka_unit_test(lists_live_in_the_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
