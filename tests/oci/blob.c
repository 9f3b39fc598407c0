/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>

#include "oci/blob.h"

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static struct store *
opened(const struct unit_dir *dir)
{
	struct store *s = NULL;
	autoerror err = { 0 };

	assert_ok(store_open(dir->path, &s, &err), &err);
	return s;
}

static struct blob *
begun(struct store *s, const char *text)
{
	struct blob *b = NULL;
	autoerror err = { 0 };

	assert_ok(blob_begin(s, &b, &err), &err);
	assert_ok(sink_write(blob_sink(b), text, strlen(text), &err), &err);
	return b;
}

static size_t
count_temporary(struct store *s)
{
	cleanup_value(strv_release) struct strv names = { 0 };

	assert_int_equal(fs_list(store_dir_fd(s, STORE_TMP, NULL), 100, &names,
			NULL), 0);
	return names.count;
}

static void
test_commit(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(blob_free) struct blob *b = begun(s, "abc");
	cleanup_value(buf_release) struct buf text = { 0 };
	autoclose int fd = -1;
	autoerror err = { 0 };
	struct digest abc, d;
	uint64_t size = 0;

	(void)state;
	assert_int_equal(digest_parse_hex(ABC, &abc, NULL), 0);
	assert_int_equal(store_has_blob(s, &abc, NULL), 0);
	assert_ok(blob_commit(b, &abc, &d, &size, &err), &err);
	assert_true(digest_equal(&d, &abc));
	assert_int_equal(size, 3);
	b = blob_free(b);
	assert_int_equal(count_temporary(s), 0);
	size = 0;
	assert_ok(blob_open(s, &abc, &fd, &size, &err), &err);
	assert_int_equal(size, 3);
	assert_ok(fs_read_fd(fd, 10, &text, &err), &err);
	assert_string_equal(buf_text(&text), "abc");
}

/* Also when the sink was finished by somebody in front of it. */
static void
test_commit_twice(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(blob_free) struct blob *one = begun(s, "abc");
	cleanup(blob_free) struct blob *two = begun(s, "abc");
	autoerror err = { 0 };
	struct digest d;
	struct stat first, second;

	(void)state;
	assert_ok(sink_finish(blob_sink(one), &err), &err);
	assert_ok(blob_commit(one, NULL, &d, NULL, &err), &err);
	assert_int_equal(fstatat(dir.fd, "blobs/sha256/" ABC, &first, 0), 0);
	assert_int_equal(first.st_mode & 07777, 0644);
	/* The one that is there stays. */
	assert_ok(blob_commit(two, NULL, &d, NULL, &err), &err);
	two = blob_free(two);
	assert_int_equal(fstatat(dir.fd, "blobs/sha256/" ABC, &second, 0), 0);
	assert_int_equal(first.st_ino, second.st_ino);
	assert_int_equal(count_temporary(s), 0);
}

static void
test_mends_a_short_one(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(blob_free) struct blob *b = begun(s, "abc");
	cleanup_value(buf_release) struct buf text = { 0 };
	autoerror err = { 0 };
	struct digest d;

	(void)state;
	assert_true(store_dir_fd(s, STORE_BLOBS, NULL) >= 0);
	unit_write(dir.fd, "blobs/sha256/" ABC, "a");
	assert_ok(blob_commit(b, NULL, &d, NULL, &err), &err);
	assert_ok(store_read_blob(s, &d, &text, &err), &err);
}

static void
test_wrong_digest(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(blob_free) struct blob *b = begun(s, "abd");
	autoerror err = { 0 };
	struct digest abc, d;
	int fd;

	(void)state;
	assert_int_equal(digest_parse_hex(ABC, &abc, NULL), 0);
	assert_fails(blob_commit(b, &abc, &d, NULL, &err), &err, EBADMSG,
		"expected 'sha256:" ABC "' but got");
	b = blob_free(b);
	assert_int_equal(count_temporary(s), 0);
	assert_fails(blob_open(s, &abc, &fd, NULL, &err), &err, ENOENT,
		"no blob 'sha256:" ABC "' here");
}

static void
test_dropped(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);

	(void)state;
	blob_free(begun(s, "abc"));
	blob_free(NULL);
	assert_int_equal(count_temporary(s), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commit),
		cmocka_unit_test(test_commit_twice),
		cmocka_unit_test(test_mends_a_short_one),
		cmocka_unit_test(test_wrong_digest),
		cmocka_unit_test(test_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
