/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>

#include "sandbox/census.h"

static const struct timespec old[2] = { { 5, 6 }, { 7, 8 } };

/* t/{a,b,d/{x,e/y},o/{z,u/v},l} */
static int
make_tree(const struct unit_dir *d)
{
	static const char *const dirs[] = { "t", "t/d", "t/d/e", "t/o",
		"t/o/u" };
	static const char *const files[] = { "t/a", "t/b", "t/d/x",
		"t/d/e/y", "t/o/z", "t/o/u/v" };

	for (size_t n = 0; n < ARRAY_SIZE(dirs); n++)
		unit_mkdir(d->fd, dirs[n]);
	for (size_t n = 0; n < ARRAY_SIZE(files); n++)
		unit_write(d->fd, files[n], files[n]);
	unit_symlink(d->fd, "t/l", "a");
	for (size_t n = 0; n < ARRAY_SIZE(dirs); n++)
		assert_int_equal(utimensat(d->fd, dirs[n], old, 0), 0);
	return openat(d->fd, "t", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static struct census *
take(int fd)
{
	struct census *c = NULL;
	autoerror err = { 0 };

	assert_ok(census_take(fd, &c, &err), &err);
	assert_int_equal(census_is_same(c, fd, &err), 1);
	return c;
}

/* All names below `fd`, and what they are: "d/ d/x a! " */
static void
list_all(int fd, const char *above, struct buf *ret)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	autoerror err = { 0 };

	assert_ok(fs_list(fd, 100, &names, &err), &err);
	for (size_t n = 0; n < names.count; n++) {
		autofree char *path = mem_printf("%s%s", above,
			names.items[n]);
		autofree char *inside = mem_printf("%s/", path);
		autoclose int child = openat(fd, names.items[n],
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		struct stat st;
		char mark;

		assert_int_equal(fstatat(fd, names.items[n], &st,
			AT_SYMLINK_NOFOLLOW), 0);
		buf_addf(ret, "%s%s ", path, S_ISCHR(st.st_mode) ? "!" :
			child < 0 ? "" : fgetxattr(child,
			"user.overlay.opaque", &mark, 1) == 1 ? "//" : "/");
		if (child >= 0)
			list_all(child, inside, ret);
	}
}

static void
assert_reduced(const struct census *c, int fd, const char *wanted)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autoerror err = { 0 };

	assert_int_equal(census_is_same(c, fd, &err), *wanted == '\0');
	assert_ok(census_reduce(c, fd, &err), &err);
	buf_init(&text, KiB(4));
	list_all(fd, "", &text);
	assert_string_equal(buf_text(&text), wanted);
}

static void
nothing_changed(const struct unit_dir *d)
{
	(void)d;
}

static void
content_of_equal_size(const struct unit_dir *d)
{
	autoclose int fd = openat(d->fd, "t/a", O_WRONLY | O_CLOEXEC);
	struct stat st;

	/* With the time it had. */
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(write(fd, "T", 1), 1);
	assert_int_equal(futimens(fd, (struct timespec[]){ st.st_atim,
		st.st_mtim }), 0);
}

static void
deep_file(const struct unit_dir *d)
{
	unit_write(d->fd, "t/d/e/y", "more of it");
}

static void
mode(const struct unit_dir *d)
{
	assert_int_equal(fchmodat(d->fd, "t/b", 0711, 0), 0);
}

static void
attribute(const struct unit_dir *d)
{
	autofree char *path = mem_printf("%s/t/o/z", d->path);

	assert_int_equal(setxattr(path, "user.kind", "x", 1, 0), 0);
}

static void
directory_mode(const struct unit_dir *d)
{
	assert_int_equal(fchmodat(d->fd, "t/d", 0711, 0), 0);
}

static void
deleted(const struct unit_dir *d)
{
	autoerror err = { 0 };

	assert_int_equal(unlinkat(d->fd, "t/l", 0), 0);
	assert_int_equal(unlinkat(d->fd, "t/d/x", 0), 0);
	assert_ok(fs_remove_tree(d->fd, "t/o", &err), &err);
}

/* Its inode may well be the one it had. */
static void
directory_again(const struct unit_dir *d)
{
	autoerror err = { 0 };

	assert_ok(fs_remove_tree(d->fd, "t/o", &err), &err);
	unit_mkdir(d->fd, "t/o");
	unit_mkdir(d->fd, "t/o/u");
	unit_write(d->fd, "t/o/u/v", "t/o/u/v");
}

static void
file_again(const struct unit_dir *d)
{
	assert_int_equal(unlinkat(d->fd, "t/a", 0), 0);
	unit_write(d->fd, "t/a", "t/a");
}

static void
file_by_directory(const struct unit_dir *d)
{
	assert_int_equal(unlinkat(d->fd, "t/a", 0), 0);
	unit_mkdir(d->fd, "t/a");
	unit_write(d->fd, "t/a/in", "");
}

static void
directory_by_file(const struct unit_dir *d)
{
	autoerror err = { 0 };

	assert_ok(fs_remove_tree(d->fd, "t/o", &err), &err);
	unit_write(d->fd, "t/o", "");
}

static void
renamed(const struct unit_dir *d)
{
	assert_int_equal(renameat(d->fd, "t/o", d->fd, "t/n"), 0);
	assert_int_equal(renameat(d->fd, "t/d/e", d->fd, "t/o"), 0);
	assert_int_equal(renameat(d->fd, "t/a", d->fd, "t/b"), 0);
}

static void
new_ones(const struct unit_dir *d)
{
	unit_mkdir(d->fd, "t/d/n");
	unit_mkdir(d->fd, "t/d/n/n");
	assert_int_equal(linkat(d->fd, "t/b", d->fd, "t/c", 0), 0);
}

static void
temporary(const struct unit_dir *d)
{
	unit_write(d->fd, "t/d/tmp", "");
	assert_int_equal(unlinkat(d->fd, "t/d/tmp", 0), 0);
}

static void
finds_each_change(void **state)
{
	static const struct {
		void (*change)(const struct unit_dir *d);
		const char *wanted;
	} rows[] = {
		{ nothing_changed, "" },
		{ content_of_equal_size, "a " },
		{ deep_file, "d/ d/e/ d/e/y " },
		{ mode, "b " },
		{ attribute, "o/ o/z " },
		{ directory_mode, "d/ " },
		{ deleted, "d/ d/x! l! o! " },
		{ directory_again, "o// o/u/ o/u/v " },
		{ file_again, "a " },
		{ file_by_directory, "a// a/in " },
		{ directory_by_file, "o " },
		{ renamed, "a! b d/ d/e! n/ n/u/ n/u/v n/z o// o/y " },
		{ new_ones, "b c d/ d/n/ d/n/n/ " },
		{ temporary, "d/ " },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		unit_dir_auto d = unit_dir_make();
		autoclose int fd = make_tree(&d);
		cleanup(census_free) struct census *c = take(fd);

		rows[n].change(&d);
		assert_reduced(c, fd, rows[n].wanted);
	}
}

static void
directories_keep_their_times(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoclose int fd = make_tree(&d);
	cleanup(census_free) struct census *c = take(fd);
	struct stat st;

	(void)state;
	deep_file(&d);
	assert_reduced(c, fd, "d/ d/e/ d/e/y ");
	assert_int_equal(fstatat(fd, "d/e", &st, 0), 0);
	assert_int_equal(st.st_mtim.tv_sec, 7);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mtim.tv_sec, 7);
}

static void
the_root_itself_does_not_count(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoclose int fd = make_tree(&d);
	cleanup(census_free) struct census *c = take(fd);
	autoerror err = { 0 };

	(void)state;
	unit_write(fd, "tmp", "");
	assert_int_equal(census_is_same(c, fd, &err), 0);
	assert_int_equal(unlinkat(fd, "tmp", 0), 0);
	assert_int_equal(census_is_same(c, fd, &err), 1);
}

static void
tells_what_is_wrong(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoclose int fd = -1;
	struct census *c = NULL;
	autoerror err = { 0 };

	(void)state;
	unit_write(d.fd, "file", "");
	fd = openat(d.fd, "file", O_RDONLY | O_CLOEXEC);
	assert_int_equal(census_take(fd, &c, &err), -ENOTDIR);
	assert_null(c);
	assert_null(census_free(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_each_change),
		cmocka_unit_test(directories_keep_their_times),
		cmocka_unit_test(the_root_itself_does_not_count),
		cmocka_unit_test(tells_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
