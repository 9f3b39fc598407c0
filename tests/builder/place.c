/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/place.h"

/* d/ d/sub/ d/file, and links of every kind. */
static void
make_tree(int fd)
{
	unit_mkdir(fd, "d");
	unit_mkdir(fd, "d/sub");
	unit_write(fd, "d/file", "x");
	unit_symlink(fd, "absolute", "/d");
	unit_symlink(fd, "relative", "d/sub");
	unit_symlink(fd, "d/up", "../d/sub");
	unit_symlink(fd, "escape", "../../../../d");
	unit_symlink(fd, "dangling", "/d/new");
	unit_symlink(fd, "to-file", "d/file");
	unit_symlink(fd, "loop", "loop");
}

static const struct {
	const char *path, *real;
	enum place_kind kind;
	const char *known;
} places[] = {
	{ "/", "", PLACE_DIR, "" },
	{ "", "", PLACE_DIR, "" },
	{ "/d", "d", PLACE_DIR, "d" },
	{ "/d/", "d", PLACE_DIR, "d" },
	{ "d/./sub/../file", "d/file", PLACE_OTHER, "d/file" },
	{ "/../../d", "d", PLACE_DIR, "d" },
	{ "/absolute/sub", "d/sub", PLACE_DIR, "d/sub" },
	{ "/relative", "d/sub", PLACE_DIR, "d/sub" },
	{ "/relative/..", "d", PLACE_DIR, "d" },
	{ "/d/up/x", "d/sub/x", PLACE_NOTHING, "d/sub" },
	{ "/escape/sub", "d/sub", PLACE_DIR, "d/sub" },
	{ "/dangling", "d/new", PLACE_NOTHING, "d" },
	{ "/dangling/a", "d/new/a", PLACE_NOTHING, "d" },
	{ "/to-file", "d/file", PLACE_OTHER, "d/file" },
	{ "/a/b/../c", "a/c", PLACE_NOTHING, "" },
	{ "/d/a/b", "d/a/b", PLACE_NOTHING, "d" },
};

static void
links_are_followed_inside(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	struct tree_looker l;

	(void)state;
	make_tree(dir.fd);
	tree_looker_init(&l, dir.fd);
	for (size_t n = 0; n < ARRAY_SIZE(places); n++) {
		cleanup_value(place_release) struct place p = { 0 };
		autoerror err = { 0 };

		assert_ok(place_find(&l.looker, places[n].path, &p, &err),
			&err);
		if (strcmp(p.path, places[n].real) != 0)
			print_error("'%s'\n", places[n].path);
		assert_string_equal(p.path, places[n].real);
		assert_int_equal(p.kind, places[n].kind);
		assert_int_equal(p.known, strlen(places[n].known));
	}
}

static void
a_file_is_no_way(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	struct place p = { 0 };
	struct tree_looker l;
	autoerror err = { 0 };

	(void)state;
	make_tree(dir.fd);
	tree_looker_init(&l, dir.fd);
	assert_fails(place_find(&l.looker, "/d/file/x", &p, &err), &err,
		ENOTDIR, "'/d/file' is not a directory");
	assert_fails(place_find(&l.looker, "/to-file/x", &p, &err), &err,
		ENOTDIR, "'/d/file' is not a directory");
}

static void
loops_end(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	struct place p = { 0 };
	struct tree_looker l;
	autoerror err = { 0 };

	(void)state;
	make_tree(dir.fd);
	tree_looker_init(&l, dir.fd);
	assert_fails(place_find(&l.looker, "/loop", &p, &err), &err, ELOOP,
		"too many symbolic links");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_followed_inside),
		cmocka_unit_test(a_file_is_no_way),
		cmocka_unit_test(loops_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
