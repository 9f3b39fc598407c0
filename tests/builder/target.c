/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "builder/target.h"
#include "tests/lib/bytes.h"
#include "util/log.h"

static struct tar_entry
entry(enum tar_kind kind, const char *path, mode_t mode)
{
	return (struct tar_entry){ .kind = kind,
		.path = (char *)(uintptr_t)path,
		.mode = mode,
		.uid = getuid(),
		.gid = getgid(),
		.mtime = 1000000000 };
}

static int
data(const char *text)
{
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(write(fds[1], text, strlen(text)), strlen(text));
	(void)close(fds[1]);
	return fds[0];
}

static int
add(struct target *t, struct tar_entry e, const char *text, struct error *err)
{
	autoclose int fd = text ? data(text) : -1;

	e.size = text ? strlen(text) : 0;
	return target_add(t, &e, fd, err);
}

static struct stat
look(int fd, const char *path)
{
	struct stat st;

	assert_int_equal(fstatat(fd, path, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st;
}

static void
a_tree_gets_what_is_said(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(target_free) struct target *t = target_to_tree(dir.fd);
	struct tar_entry link = entry(TAR_SYMLINK, "d/link", 0777);
	struct tar_entry hard = entry(TAR_HARD_LINK, "hard", 0644);
	autoerror err = { 0 };

	(void)state;
	link.link = (char *)(uintptr_t)"/nowhere";
	hard.link = (char *)(uintptr_t)"d/file";
	assert_ok(add(t, entry(TAR_DIR, "d", 02750), NULL, &err), &err);
	assert_ok(add(t, entry(TAR_FILE, "d/file", 04711), "text", &err),
		&err);
	assert_ok(add(t, link, NULL, &err), &err);
	assert_ok(add(t, hard, NULL, &err), &err);
	assert_ok(add(t, entry(TAR_FIFO, "d/pipe", 0600), NULL, &err), &err);
	assert_ok(target_finish(t, &err), &err);
	assert_int_equal(look(dir.fd, "d").st_mode, S_IFDIR | 02750);
	/* Though files were added after the directory. */
	assert_int_equal(look(dir.fd, "d").st_mtime, 1000000000);
	assert_int_equal(look(dir.fd, "d/file").st_mode, S_IFREG | 04711);
	assert_int_equal(look(dir.fd, "d/file").st_mtime, 1000000000);
	assert_int_equal(look(dir.fd, "d/file").st_nlink, 2);
	assert_int_equal(look(dir.fd, "d/link").st_mtime, 1000000000);
	assert_true(S_ISFIFO(look(dir.fd, "d/pipe").st_mode));
}

static void
directories_that_were_there_keep_their_times(void **state)
{
	const struct timespec times[2] = { { .tv_sec = 5 }, { .tv_sec = 5 } };
	unit_dir_auto dir = unit_dir_make();
	cleanup(target_free) struct target *t = target_to_tree(dir.fd);
	autoerror err = { 0 };

	(void)state;
	unit_mkdir(dir.fd, "old");
	assert_int_equal(utimensat(dir.fd, "old", times, 0), 0);
	assert_ok(add(t, entry(TAR_FILE, "old/file", 0644), "x", &err), &err);
	assert_ok(target_finish(t, &err), &err);
	assert_int_equal(look(dir.fd, "old").st_mtime, 5);
}

static void
what_is_in_the_way_is_replaced(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(target_free) struct target *t = target_to_tree(dir.fd);
	autoerror err = { 0 };

	(void)state;
	log_set_level(LOG_QUIET);
	unit_mkdir(dir.fd, "a");
	unit_write(dir.fd, "a/full", "x");
	unit_write(dir.fd, "b", "x");
	unit_symlink(dir.fd, "c", "b");
	assert_ok(add(t, entry(TAR_FILE, "a", 0644), "new", &err), &err);
	assert_ok(add(t, entry(TAR_DIR, "b", 0755), NULL, &err), &err);
	assert_ok(add(t, entry(TAR_FILE, "c", 0644), "new", &err), &err);
	assert_true(S_ISREG(look(dir.fd, "a").st_mode));
	assert_true(S_ISDIR(look(dir.fd, "b").st_mode));
	assert_true(S_ISREG(look(dir.fd, "c").st_mode));
}

static void
missing_directories_are_made(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(target_free) struct target *t = target_to_tree(dir.fd);
	cleanup_value(place_release) struct place p = { 0 };
	const struct tar_entry sample = entry(TAR_DIR, NULL, 0700);
	autoerror err = { 0 };

	(void)state;
	unit_mkdir(dir.fd, "a");
	unit_symlink(dir.fd, "l", "a");
	assert_ok(place_find(t->looker, "/l/b/c", &p, &err), &err);
	assert_ok(target_make_dirs(t, &p, &sample, &err), &err);
	assert_int_equal(look(dir.fd, "a").st_mode & 07777, 0755);
	assert_int_equal(look(dir.fd, "a/b/c").st_mode & 07777, 0700);
}

/* The members of a tar, "d/ d/f". */
static char *
members(const struct buf *tar)
{
	cleanup(source_free) struct source *from =
		source_from_memory(tar->data, tar->len);
	cleanup(tar_reader_free) struct tar_reader *r =
		tar_reader_new(from, &tar_default_limits);
	cleanup_value(strv_release) struct strv names = { 0 };
	autoerror err = { 0 };

	for (;;) {
		cleanup_value(tar_entry_release) struct tar_entry e = { 0 };

		if (tar_reader_next(r, &e, &err) <= 0)
			break;
		strv_addf(&names, "%s%s:%o", e.path,
			e.kind == TAR_DIR ? "/" : "", (unsigned)e.mode);
	}
	return strv_join(&names, " ");
}

static void
a_tar_has_parents_and_no_path_twice(void **state)
{
	cleanup_value(buf_release) struct buf tar = { 0 };
	struct bytes_sink sink = bytes_into(&tar);
	cleanup(view_free) struct view *v = view_new(NULL);
	cleanup(target_free) struct target *t = NULL;
	autoerror err = { 0 };

	(void)state;
	view_begin_layer(v);
	t = target_to_tar(&sink.sink, v, 999);
	assert_ok(add(t, entry(TAR_DIR, "d", 0711), NULL, &err), &err);
	target_free(t);
	/* The directory is known from the layer before. */
	buf_reset(&tar);
	view_begin_layer(v);
	t = target_to_tar(&sink.sink, v, 999);
	assert_ok(add(t, entry(TAR_FILE, "d/f", 0644), "text", &err), &err);
	assert_fails(add(t, entry(TAR_FILE, "d/f", 0644), "text", &err), &err,
		EEXIST, "twice");
	assert_ok(target_finish(t, &err), &err);
	assert_text(members(&tar), "d/:711 d/f:644");
	assert_true(view_has_noted(v, "d/f"));
}

static void
a_file_that_shrinks_is_an_error(void **state)
{
	cleanup_value(buf_release) struct buf tar = { 0 };
	struct bytes_sink sink = bytes_into(&tar);
	cleanup(view_free) struct view *v = view_new(NULL);
	cleanup(target_free) struct target *t = NULL;
	struct tar_entry e = entry(TAR_FILE, "f", 0644);
	autoclose int fd = data("abc");
	autoerror err = { 0 };

	(void)state;
	view_begin_layer(v);
	t = target_to_tar(&sink.sink, v, INT64_MAX);
	e.size = 4;
	assert_fails(target_add(t, &e, fd, &err), &err, EIO, "got shorter");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_gets_what_is_said),
		cmocka_unit_test(directories_that_were_there_keep_their_times),
		cmocka_unit_test(what_is_in_the_way_is_replaced),
		cmocka_unit_test(missing_directories_are_made),
		cmocka_unit_test(a_tar_has_parents_and_no_path_twice),
		cmocka_unit_test(a_file_that_shrinks_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
