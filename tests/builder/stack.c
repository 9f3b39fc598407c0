/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/builder/layers.h"

#include "builder/stack.h"
#include "sandbox/mounts.h"
#include "util/log.h"

static void
check_file(const struct rootfs *r, const char *name, const char *text)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	autoerror err = { 0 };

	buf_init(&b, KiB(1));
	assert_ok(fs_read_file(rootfs_fd(r), name, KiB(1), &b, &err), &err);
	assert_string_equal(buf_text(&b), text);
}

static void
a_stage_is_its_layers(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = layers_open_store(&dir);
	cleanup(draft_free) struct draft *d =
		draft_from_nothing(&layers_platform);
	cleanup(rootfs_close) struct rootfs *r = NULL;
	autoerror err = { 0 };

	(void)state;
	layers_add(s, d, "a", "below");
	layers_add(s, d, "d/b", "below");
	layers_add(s, d, "a", "above");
	assert_ok(stack_open_draft(s, d, &r, &err), &err);
	check_file(r, "a", "above");
	check_file(r, "d/b", "below");
	assert_int_equal(rootfs_is_unchanged(r, &err), 1);
}

static void
an_image_is_its_layers(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = layers_open_store(&dir);
	cleanup(draft_free) struct draft *d =
		draft_from_nothing(&layers_platform);
	cleanup(image_free) struct image *i = NULL;
	cleanup(rootfs_close) struct rootfs *r = NULL;
	struct digest digest;
	autoerror err = { 0 };

	(void)state;
	layers_add(s, d, "a", "text");
	assert_ok(draft_commit(d, s, NULL, &digest, &err), &err);
	assert_ok(image_load(s, &digest, &layers_platform, &i, &err), &err);
	assert_ok(stack_open_image(s, i, &r, &err), &err);
	check_file(r, "a", "text");
}

/* For an overlay the same directory twice is ELOOP. */
static void
the_same_layer_twice(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = layers_open_store(&dir);
	cleanup(draft_free) struct draft *d =
		draft_from_nothing(&layers_platform);
	cleanup(rootfs_close) struct rootfs *r = NULL;
	autoerror err = { 0 };

	(void)state;
	layers_add(s, d, "a", "one");
	layers_add(s, d, "a", "two");
	layers_add(s, d, "a", "one");
	assert_int_equal(draft_layer_count(d), 3);
	assert_ok(stack_open_draft(s, d, &r, &err), &err);
	check_file(r, "a", "one");
}

static void
keep_line(void *context, enum log_level level, const char *line)
{
	if (level == LOG_WARNING)
		buf_addf(context, "%s\n", line);
}

/* Nothing is lost here, and a file system without attributes is named. */
static void
losses_are_told(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = layers_open_store(&dir);
	cleanup_value(buf_release) struct buf lines = { 0 };
	autoclose int fd = -1;
	autoerror err = { 0 };
	int tmp;

	(void)state;
	buf_init(&lines, KiB(4));
	log_set_writer(keep_line, &lines);
	assert_ok(stack_tell_losses(s, IDENTITY_SINGLE, &err), &err);
	assert_int_equal(lines.len, 0);
	tmp = store_dir_fd(s, STORE_TMP, &err);
	assert_ok(mounts_create("ramfs", NULL, MOUNTS_PLAIN, &fd, &err), &err);
	assert_int_equal(dup2(fd, tmp), tmp);
	assert_ok(stack_tell_losses(s, IDENTITY_RANGE, &err), &err);
	assert_int_equal(lines.len, 0);
	assert_ok(stack_tell_losses(s, IDENTITY_SINGLE, &err), &err);
	assert_non_null(strstr(buf_text(&lines), "owners are lost"));
	log_set_writer(NULL, NULL);
}

static void
nothing_is_an_empty_root(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = layers_open_store(&dir);
	cleanup(draft_free) struct draft *d =
		draft_from_nothing(&layers_platform);
	cleanup(rootfs_close) struct rootfs *r = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_ok(stack_open_draft(s, d, &r, &err), &err);
	assert_int_equal(fs_has(rootfs_fd(r), "proc", &err), 1);
}

static void
a_layer_that_is_not_here(void **state)
{
	const struct digest lost = { { 1 } };
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = layers_open_store(&dir);
	cleanup(draft_free) struct draft *d =
		draft_from_nothing(&layers_platform);
	cleanup_value(layer_release) struct layer l = { 0 };
	struct rootfs *r = NULL;
	autoerror err = { 0 };

	(void)state;
	layer_init(&l, &lost, 1);
	draft_add_layer(d, &l);
	assert_fails(stack_open_draft(s, d, &r, &err), &err, ENOENT, "");
	assert_null(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stage_is_its_layers),
		cmocka_unit_test(an_image_is_its_layers),
		cmocka_unit_test(the_same_layer_twice),
		cmocka_unit_test(losses_are_told),
		cmocka_unit_test(nothing_is_an_empty_root),
		cmocka_unit_test(a_layer_that_is_not_here),
	};

	return cmocka_run_group_tests(tests, layers_enter, NULL);
}
