/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/bag.h"
#include "oci/tar.h"
#include "util/path.h"

static struct store *
opened(const struct unit_dir *dir)
{
	autofree char *path = path_join(dir->path, "store");
	struct store *s = NULL;
	autoerror err = { 0 };

	assert_ok(store_open(path, &s, &err), &err);
	return s;
}

static void
add(struct tar_writer *w, enum tar_kind kind, const char *path,
	const char *text)
{
	struct tar_entry e = { .kind = kind, .path = (char *)path };
	autoerror err = { 0 };

	if (kind == TAR_FILE)
		e.size = strlen(text);
	else
		e.link = (char *)text;
	assert_ok(tar_writer_add(w, &e, &err), &err);
	if (kind == TAR_FILE)
		assert_ok(tar_writer_data(w, text, strlen(text), &err), &err);
}

static int
open_tar(struct store *s, int fd, struct bag **ret, struct error *err)
{
	cleanup(source_free) struct source *from = source_from_fd(fd);

	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return bag_open_tar(s, from, ret, err);
}

static void
test_tar(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autoclose int fd =
		openat(dir.fd, "tar", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	cleanup(sink_free) struct sink *sink = sink_to_fd(fd);
	cleanup(tar_writer_free) struct tar_writer *w = tar_writer_new(sink);
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(bag_free) struct bag *b = NULL;
	cleanup_value(buf_release) struct buf text = { 0 };
	struct digest one, other;
	autoerror err = { 0 };
	uint64_t size;

	(void)state;
	add(w, TAR_FILE, "index.json", "{}");
	add(w, TAR_FILE, "a/layer.tar", "bytes");
	add(w, TAR_SYMLINK, "b/layer.tar", "../a/layer.tar");
	add(w, TAR_SYMLINK, "round", "round");
	assert_ok(tar_writer_end(w, &err), &err);
	assert_ok(open_tar(s, fd, &b, &err), &err);
	assert_ok(bag_read(b, "index.json", &text, &err), &err);
	assert_string_equal(buf_text(&text), "{}");
	assert_ok(bag_take(b, "a/layer.tar", &one, &size, &err), &err);
	assert_int_equal(size, 5);
	assert_ok(bag_take(b, "b/layer.tar", &other, &size, &err), &err);
	assert_true(digest_equal(&one, &other));
	assert_int_equal(store_has_blob(s, &one, &err), 1);
	assert_fails(bag_take(b, "round", &one, &size, &err), &err, ENOENT,
		"'round' is not in it");
	assert_fails(bag_read(b, "none.json", &text, &err), &err, ENOENT,
		"'none.json'");
}

#define WRONG           \
	"blobs/sha256/" \
	"0000000000000000000000000000000000000000000000000000000000000000"

static void
test_names_bind(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autoclose int fd =
		openat(dir.fd, "tar", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	cleanup(sink_free) struct sink *sink = sink_to_fd(fd);
	cleanup(tar_writer_free) struct tar_writer *w = tar_writer_new(sink);
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(bag_free) struct bag *b = NULL;
	autoerror err = { 0 };

	(void)state;
	add(w, TAR_FILE, WRONG, "bytes");
	assert_ok(tar_writer_end(w, &err), &err);
	assert_fails(open_tar(s, fd, &b, &err), &err, EBADMSG,
		"expected 'sha256:000000");
}

static void
test_dir(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(bag_free) struct bag *b = NULL;
	cleanup_value(buf_release) struct buf text = { 0 };
	struct digest d;
	autoerror err = { 0 };
	uint64_t size;

	(void)state;
	unit_write(dir.fd, "index.json", "{}");
	unit_symlink(dir.fd, "out.json", "/etc/passwd");
	unit_mkdir(dir.fd, "dir.json");
	assert_ok(bag_open_dir(s, dir.path, &b, &err), &err);
	assert_ok(bag_read(b, "index.json", &text, &err), &err);
	assert_string_equal(buf_text(&text), "{}");
	assert_ok(bag_take(b, "index.json", &d, &size, &err), &err);
	assert_int_equal(size, 2);
	assert_true(bag_read(b, "out.json", &text, &err) < 0);
	error_release(&err);
	assert_true(bag_take(b, "../index.json", &d, &size, &err) < 0);
	error_release(&err);
	assert_fails(
		bag_read(b, "dir.json", &text, &err), &err, EBADMSG, "no file");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tar),
		cmocka_unit_test(test_names_bind),
		cmocka_unit_test(test_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
