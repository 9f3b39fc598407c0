/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/builder/layers.h"

#include "builder/export.h"

/* An image of two layers; the upper one has a/b, the lower one c. */
static void
make_image(struct store *s, struct digest *ret)
{
	cleanup(draft_free) struct draft *d =
		draft_from_nothing(&layers_platform);
	autoerror err = { 0 };

	layers_add(s, d, "c", "lower");
	layers_add(s, d, "a/b", "upper");
	assert_ok(draft_commit(d, s, NULL, ret, &err), &err);
}

static void
to_a_directory(void **state)
{
	const struct export_options o = { .epoch = 86400 };
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = layers_open_store(&dir);
	cleanup_value(buf_release) struct buf text = { 0 };
	struct digest image;
	autoerror err = { 0 };
	autoclose int fd = -1;
	struct stat st;

	(void)state;
	make_image(s, &image);
	unit_mkdir(dir.fd, "out");
	fd = openat(dir.fd, "out", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	unit_write(fd, "c", "mine");
	unit_write(fd, "d", "mine");
	assert_ok(export_to_dir(s, &image, &o, fd, &err), &err);
	assert_ok(fs_read_file(fd, "a/b", KiB(1), &text, &err), &err);
	assert_string_equal(buf_text(&text), "upper");
	assert_ok(fs_read_file(fd, "c", KiB(1), &text, &err), &err);
	assert_string_equal(buf_text(&text), "lower");
	assert_int_equal(fs_has(fd, "d", &err), 1);
	assert_int_equal(fstatat(fd, "a/b", &st, 0), 0);
	assert_int_equal(st.st_mtime, 86400);
}

static void
to_a_tar(void **state)
{
	static const char *const expected[] = { "x/a", "x/a/b", "x/c", NULL };
	const struct export_options o = { .epoch = INT64_MAX, .below = "x" };
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = layers_open_store(&dir);
	cleanup(tar_reader_free) struct tar_reader *reader = NULL;
	cleanup(tar_writer_free) struct tar_writer *writer = NULL;
	cleanup(source_free) struct source *from = NULL;
	cleanup(sink_free) struct sink *to = NULL;
	struct digest image;
	autoerror err = { 0 };
	autoclose int fd = -1;

	(void)state;
	make_image(s, &image);
	fd = openat(dir.fd, "tar", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	to = sink_to_fd(fd);
	writer = tar_writer_new(to);
	assert_ok(export_to_tar(s, &image, &o, writer, &err), &err);
	assert_ok(tar_writer_end(writer, &err), &err);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	from = source_from_fd(fd);
	reader = tar_reader_new(from, NULL);
	for (size_t n = 0; expected[n]; n++) {
		struct tar_entry e = { 0 };

		assert_int_equal(tar_reader_next(reader, &e, &err), 1);
		assert_string_equal(e.path, expected[n]);
		tar_entry_release(&e);
	}
}

static void
no_image(void **state)
{
	const struct export_options o = { .epoch = INT64_MAX };
	const struct digest lost = { { 1 } };
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = layers_open_store(&dir);
	autoerror err = { 0 };

	(void)state;
	assert_fails(export_to_dir(s, &lost, &o, dir.fd, &err), &err, EIO,
		"image 'sha256:01");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(to_a_directory),
		cmocka_unit_test(to_a_tar),
		cmocka_unit_test(no_image),
	};

	return cmocka_run_group_tests(tests, layers_enter, NULL);
}
