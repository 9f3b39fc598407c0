/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/builder/layers.h"

#include "builder/view.h"

static char *
text_of(const char *text)
{
	return (char *)(uintptr_t)text;
}

static struct tar_entry
entry(enum tar_kind kind, const char *path, const char *link)
{
	return (struct tar_entry){ .kind = kind, .path = text_of(path),
		.link = text_of(link), .mode = 0751, .uid = 7 };
}

static void
note(struct view *v, struct tar_entry e)
{
	autoerror err = { 0 };

	assert_ok(view_note(v, &e, &err), &err);
}

static void
check(struct view *v, const char *path, enum place_kind kind, const char *link)
{
	struct looker *l = view_looker(v);
	autofree char *found_link = NULL;
	enum place_kind found;
	autoerror err = { 0 };

	assert_ok(l->look(l, path, &found, &found_link, &err), &err);
	assert_int_equal(found, kind);
	if (link)
		assert_string_equal(found_link, link);
}

static void
what_is_noted_is_there(void **state)
{
	cleanup(view_free) struct view *v = view_new(NULL);

	(void)state;
	view_begin_layer(v);
	check(v, "f", PLACE_NOTHING, NULL);
	note(v, entry(TAR_FILE, "f", NULL));
	note(v, entry(TAR_DIR, "d", NULL));
	note(v, entry(TAR_SYMLINK, "l", "/to"));
	check(v, "f", PLACE_OTHER, NULL);
	check(v, "d", PLACE_DIR, NULL);
	check(v, "l", PLACE_LINK, "/to");
	check(v, "d/x", PLACE_NOTHING, NULL);
	assert_true(view_has_noted(v, "f"));
	assert_false(view_has_noted(v, "x"));
	view_forget(v);
	check(v, "f", PLACE_NOTHING, NULL);
	assert_false(view_has_noted(v, "f"));
	assert_null(view_free(NULL));
}

static void
a_path_once_in_each_layer(void **state)
{
	cleanup(view_free) struct view *v = view_new(NULL);
	const struct tar_entry file = entry(TAR_FILE, "p", NULL);
	autoerror err = { 0 };

	(void)state;
	view_begin_layer(v);
	note(v, entry(TAR_DIR, "p", NULL));
	assert_true(view_is_in_layer(v, "p"));
	assert_fails(view_note(v, &file, &err), &err, EEXIST,
		"'/p' is in the layer twice");
	view_begin_layer(v);
	assert_false(view_is_in_layer(v, "p"));
	check(v, "p", PLACE_DIR, NULL);
	note(v, file);
	check(v, "p", PLACE_OTHER, NULL);
}

static void
a_noted_directory_is_described(void **state)
{
	struct tar_xattr attribute = { text_of("user.a"), text_of("bc"), 2 };
	struct tar_entry dir = entry(TAR_DIR, "d", NULL);
	cleanup(view_free) struct view *v = view_new(NULL);
	cleanup_value(tar_entry_release) struct tar_entry e = { 0 };
	struct tar_entry none = { 0 };
	autoerror err = { 0 };

	(void)state;
	dir.xattrs = &attribute;
	dir.xattr_count = 1;
	view_begin_layer(v);
	note(v, dir);
	note(v, entry(TAR_FILE, "f", NULL));
	assert_ok(view_describe_dir(v, "d", &e, &err), &err);
	assert_string_equal(e.path, "d");
	assert_int_equal(e.mode, 0751);
	assert_int_equal(e.uid, 7);
	assert_int_equal(e.xattr_count, 1);
	assert_string_equal(e.xattrs[0].name, "user.a");
	assert_memory_equal(e.xattrs[0].value, "bc", 2);
	assert_fails(view_describe_dir(v, "f", &none, &err), &err, ENOTDIR,
		"'/f' is not a directory");
	assert_fails(view_describe_dir(v, "x", &none, &err), &err, ENOTDIR,
		"'/x' is not a directory");
}

static void
layers_are_looked_through(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = layers_open_store(&dir);
	cleanup(draft_free) struct draft *d =
		draft_from_nothing(&layers_platform);
	cleanup(view_free) struct view *v = view_new(s);
	cleanup_value(tar_entry_release) struct tar_entry e = { 0 };
	struct tar_entry none = { 0 };
	autoerror err = { 0 };

	(void)state;
	layers_add(s, d, "dir/file", "text");
	assert_ok(view_open(v, d, &err), &err);
	check(v, "dir", PLACE_DIR, NULL);
	check(v, "dir/file", PLACE_OTHER, NULL);
	/* A file is in the way: nothing can be there. */
	check(v, "dir/file/x", PLACE_NOTHING, NULL);
	check(v, "no/x", PLACE_NOTHING, NULL);
	assert_ok(view_describe_dir(v, "dir", &e, &err), &err);
	assert_string_equal(e.path, "dir");
	assert_int_equal(e.mode, 0755);
	assert_fails(view_describe_dir(v, "no", &none, &err), &err, ENOENT, "");
	assert_fails(view_describe_dir(v, "dir/file", &none, &err), &err,
		ENOTDIR, "");
	/* What came later hides what is below. */
	view_begin_layer(v);
	note(v, entry(TAR_FILE, "dir", NULL));
	check(v, "dir", PLACE_OTHER, NULL);
}

static void
without_layers_nothing_is_mounted(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = layers_open_store(&dir);
	cleanup(draft_free) struct draft *d =
		draft_from_nothing(&layers_platform);
	cleanup(view_free) struct view *v = view_new(s);
	autoerror err = { 0 };
	int fd = -1;

	(void)state;
	assert_ok(view_open(v, d, &err), &err);
	check(v, "proc", PLACE_NOTHING, NULL);
	/* Something to read from, but with nothing of ours in it. */
	assert_ok(view_root(v, d, &fd, &err), &err);
	assert_int_equal(fs_has(fd, "proc", &err), 0);
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
	cleanup(view_free) struct view *v = view_new(s);
	autoerror err = { 0 };
	int fd = -1;

	(void)state;
	layer_init(&l, &lost, 1);
	draft_add_layer(d, &l);
	assert_fails(view_open(v, d, &err), &err, ENOENT, "");
	assert_fails(view_root(v, d, &fd, &err), &err, ENOENT, "");
	assert_int_equal(fd, -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_noted_is_there),
		cmocka_unit_test(a_path_once_in_each_layer),
		cmocka_unit_test(a_noted_directory_is_described),
		cmocka_unit_test(layers_are_looked_through),
		cmocka_unit_test(without_layers_nothing_is_mounted),
		cmocka_unit_test(a_layer_that_is_not_here),
	};

	return cmocka_run_group_tests(tests, layers_enter, NULL);
}
