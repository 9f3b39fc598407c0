/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/check.h"
#include "oci/draft.h"

static const struct platform linux_amd64 = { "linux", "amd64", "" };
static const struct check_options with_trees = { .trees = true };

static struct store *
opened(const struct unit_dir *dir)
{
	struct store *s = NULL;
	autoerror err = { 0 };

	assert_ok(store_open(dir->path, &s, &err), &err);
	return s;
}

/* h.example/a:1, one layer that is only a tree. */
static void
make_image(struct store *s, struct layer *ret)
{
	cleanup(draft_free) struct draft *d = draft_from_nothing(&linux_amd64);
	autoerror err = { 0 };
	autofree char *name = NULL;
	autoclose int fd = -1;
	autoref ref = { 0 };
	struct digest manifest;

	assert_ok(fs_make_temp_dir(store_dir_fd(s, STORE_TMP, &err), &name,
			&fd, &err), &err);
	unit_write(fd, "file", "x");
	assert_ok(layer_from_tree(s, name, INT64_MAX, ret, &err), &err);
	draft_add_layer(d, ret);
	assert_ok(draft_commit(d, s, NULL, &manifest, &err), &err);
	assert_ok(ref_parse("h.example/a:1", &ref, &err), &err);
	assert_ok(store_ref_set(s, &ref, &manifest, &err), &err);
}

/* Nothing but one problem with `text` in it, or none for NULL. */
static void
assert_problem(struct store *s, const char *text)
{
	cleanup_value(check_result_release) struct check_result result = { 0 };
	autoerror err = { 0 };

	assert_ok(check_run(s, &with_trees, &result, &err), &err);
	assert_int_equal(result.problems.count, text ? 1 : 0);
	if (text && !strstr(result.problems.items[0], text)) {
		print_error("%s\n", result.problems.items[0]);
		fail();
	}
}

static void
test_good(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(layer_release) struct layer l = { 0 };
	cleanup_value(check_result_release) struct check_result result = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_problem(s, NULL);
	make_image(s, &l);
	unit_mkdir(dir.fd, "trees/.mountpoints");
	assert_problem(s, NULL);
	assert_ok(check_run(s, &with_trees, &result, &err), &err);
	assert_int_equal(result.refs, 1);
	assert_int_equal(result.images, 1);
	assert_int_equal(result.blobs, 2);
	assert_int_equal(result.trees, 1);
	assert_int_equal(result.trees_skipped, 0);
}

static void
test_damaged_tree(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(layer_release) struct layer l = { 0 };
	autofree char *file = NULL;
	char name[128];

	(void)state;
	make_image(s, &l);
	store_tree_name(s, &l.diff_id, name);
	file = mem_printf("trees/%s/file", name);
	unit_write(dir.fd, file, "y");
	assert_problem(s, name);
	assert_int_equal(fs_remove_tree(store_dir_fd(s, STORE_TREES, NULL),
			name, NULL), 0);
	assert_problem(s, "refs/h.example/a:1: layer with diff id");
}

static void
test_damaged_blobs(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	autofree char *path = NULL;
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	(void)state;
	assert_int_equal(store_write_blob(s, "abc", 3, &d, NULL), 0);
	assert_problem(s, NULL);
	path = mem_printf("blobs/sha256/%s", digest_format_hex(&d, hex));
	unit_write(dir.fd, path, "abd");
	assert_problem(s, "has digest 'sha256:");
	assert_int_equal(unlinkat(dir.fd, path, 0), 0);
	unit_write(dir.fd, "blobs/sha256/rubbish", "x");
	assert_problem(s, "blobs/sha256/rubbish: ");
}

static void
test_damaged_refs(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	const struct digest missing = { { 1 } };
	struct digest text;
	autoref ref = { 0 };

	(void)state;
	assert_int_equal(ref_parse("h.example/a:1", &ref, NULL), 0);
	assert_int_equal(store_ref_set(s, &ref, &missing, NULL), 0);
	assert_problem(s, "refs/h.example/a:1: no blob");
	assert_int_equal(store_write_blob(s, "abc", 3, &text, NULL), 0);
	assert_int_equal(store_ref_set(s, &ref, &text, NULL), 0);
	assert_problem(s, "refs/h.example/a:1: manifest is not valid JSON");
	unit_write(dir.fd, "refs/h.example/a:1", "rubbish");
	assert_problem(s, "is damaged");
	assert_int_equal(unlinkat(dir.fd, "refs/h.example/a:1", 0), 0);
	unit_write(dir.fd, "refs/h.example/A:1", "rubbish");
	assert_problem(s, "lower case");
}

static void
test_steps_and_packed(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);

	(void)state;
	assert_true(store_dir_fd(s, STORE_STEPS, NULL) >= 0);
	assert_true(store_dir_fd(s, STORE_PACKED, NULL) >= 0);
	unit_write(dir.fd, "steps/a", "{\"layer\":null}");
	unit_write(dir.fd, "packed/a.seen", "anything");
	assert_problem(s, NULL);
	unit_write(dir.fd, "steps/b", "{");
	assert_problem(s, "steps/b: ");
	unit_write(dir.fd, "steps/b", "{\"layer\":{\"diff_id\":\"x\"}}");
	assert_problem(s, "steps/b: 'x' is not a digest");
	assert_int_equal(unlinkat(dir.fd, "steps/b", 0), 0);
	unit_write(dir.fd, "packed/a.gzip", "x");
	assert_problem(s, "packed/a.gzip: ");
	unit_write(dir.fd, "packed/a.gzip", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n");
	assert_problem(s, "packed/a.gzip: its blob");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_damaged_tree),
		cmocka_unit_test(test_damaged_blobs),
		cmocka_unit_test(test_damaged_refs),
		cmocka_unit_test(test_steps_and_packed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
