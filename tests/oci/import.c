/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>

#include "oci/compress.h"
#include "oci/import.h"
#include "oci/tar.h"
#include "tests/lib/bytes.h"

static struct store *
opened(const struct unit_dir *dir)
{
	struct store *s = NULL;
	autoerror err = { 0 };

	assert_ok(store_open(dir->path, &s, &err), &err);
	return s;
}

static struct tar_entry
entry(enum tar_kind kind, const char *path, const char *link)
{
	/* Borrowed: writing reads only. */
	return (struct tar_entry){
		.kind = kind,
		.path = (char *)path,
		.link = (char *)link,
		.mode = 0644,
		.uid = 7,
		.size = kind == TAR_FILE ? 3 : 0,
		.mtime = 1,
		.mtime_ns = kind == TAR_FILE ? 5 : 0,
	};
}

static void
make_tar(const struct tar_entry *entries, size_t count, struct buf *ret)
{
	struct bytes_sink sink = bytes_into(ret);
	cleanup(tar_writer_free) struct tar_writer *w =
		tar_writer_new(&sink.sink);
	autoerror err = { 0 };
	size_t i;

	for (i = 0; i < count; i++) {
		assert_ok(tar_writer_add(w, &entries[i], &err), &err);
		if (entries[i].size)
			assert_ok(tar_writer_data(w, "abc", 3, &err), &err);
	}
	assert_ok(tar_writer_end(w, &err), &err);
}

static int
import_bytes(struct store *s, const struct buf *bytes, struct layer *ret,
	struct error *err)
{
	cleanup(source_free) struct source *from =
		source_from_memory(bytes->data, bytes->len);

	return import_tar(s, from, ret, err);
}

/* The entry comes out as our tars have it, whatever else was said of it. */
static void
test_is_normalised(void **state)
{
	char foreign[] = "security.selinux", ours[] = "user.a", value[] = "x";
	struct tar_xattr xattrs[] = {
		{ foreign, value, 1 }, { ours, value, 1 },
	};
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(layer_release) struct layer l = { 0 };
	cleanup_value(buf_release) struct buf bytes = { 0 };
	cleanup(source_free) struct source *from = NULL;
	cleanup(tar_reader_free) struct tar_reader *reader = NULL;
	cleanup_value(tar_entry_release) struct tar_entry e = { 0 };
	struct tar_entry one = entry(TAR_FILE, "a", NULL);
	autoerror err = { 0 };

	(void)state;
	one.xattrs = xattrs;
	one.xattr_count = ARRAY_SIZE(xattrs);
	make_tar(&one, 1, &bytes);
	assert_ok(import_bytes(s, &bytes, &l, &err), &err);
	assert_string_equal(l.blob.media_type, MEDIA_OCI_LAYER);
	assert_true(digest_equal(&l.diff_id, &l.blob.digest));
	assert_ok(layer_open_tar(s, &l, &from, &err), &err);
	reader = tar_reader_new(from, NULL);
	assert_int_equal(tar_reader_next(reader, &e, &err), 1);
	assert_string_equal(e.path, "a");
	assert_int_equal(e.uid, 7);
	assert_int_equal(e.mtime, 1);
	assert_int_equal(e.mtime_ns, 0);
	assert_int_equal(e.xattr_count, 1);
	assert_string_equal(e.xattrs[0].name, "user.a");
}

/* Any compression of a tar gives the same layer. */
static void
test_compressed(void **state)
{
	static const enum codec codecs[] = { CODEC_GZIP, CODEC_ZSTD };
	const struct tar_entry entries[] = {
		entry(TAR_DIR, "d", NULL),
		entry(TAR_FILE, "d/a", NULL),
		entry(TAR_HARD_LINK, "d/b", "d/a"),
		entry(TAR_SYMLINK, "d/c", "../../x"),
	};
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(layer_release) struct layer plain = { 0 };
	cleanup_value(buf_release) struct buf bytes = { 0 };
	autoerror err = { 0 };
	size_t i;

	(void)state;
	make_tar(entries, ARRAY_SIZE(entries), &bytes);
	assert_ok(import_bytes(s, &bytes, &plain, &err), &err);
	for (i = 0; i < ARRAY_SIZE(codecs); i++) {
		cleanup_value(layer_release) struct layer l = { 0 };
		cleanup_value(buf_release) struct buf packed = { 0 };
		struct bytes_sink to = bytes_into(&packed);
		cleanup(sink_free) struct sink *sink = NULL;

		assert_ok(compress_sink(codecs[i], 0, &to.sink, &sink, &err),
			&err);
		assert_ok(sink_write(sink, bytes.data, bytes.len, &err), &err);
		assert_ok(sink_finish(sink, &err), &err);
		assert_ok(import_bytes(s, &packed, &l, &err), &err);
		assert_true(digest_equal(&l.diff_id, &plain.diff_id));
	}
}

static void
test_refused(void **state)
{
	const struct {
		struct tar_entry entry;
		int code;
		const char *message;
	} cases[] = {
		{ entry(TAR_FILE, "a/../b", NULL), EBADMSG, "leaves" },
		{ entry(TAR_FILE, "..", NULL), EBADMSG, "leaves" },
		{ entry(TAR_FILE, "a/.wh.b", NULL), EINVAL, "'a/.wh.b'" },
		{ entry(TAR_HARD_LINK, "a", "b"), EBADMSG, "hard link to 'b'" },
	};
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(strv_release) struct strv left = { 0 };
	struct layer l = { 0 };
	autoerror err = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_value(buf_release) struct buf bytes = { 0 };

		make_tar(&cases[i].entry, 1, &bytes);
		assert_fails(import_bytes(s, &bytes, &l, &err), &err,
			cases[i].code, cases[i].message);
	}
	/* Nothing stays behind. */
	assert_ok(fs_list(store_dir_fd(s, STORE_TMP, &err), 10, &left, &err),
		&err);
	assert_int_equal(left.count, 0);
}

static void
test_no_tar(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(buf_release) struct buf bytes = { .max = KiB(64) };
	struct layer l = { 0 };
	autoerror err = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		buf_adds(&bytes, "this is no tar archive");
	assert_fails(import_bytes(s, &bytes, &l, &err), &err, EBADMSG, "");
	buf_reset(&bytes);
	buf_add(&bytes, "\x1f\x8b\x08\0damaged", 11);
	assert_fails(import_bytes(s, &bytes, &l, &err), &err, EBADMSG, "");
}

static void
test_tree(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	unit_dir_auto root = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(layer_release) struct layer l = { 0 };
	autoerror err = { 0 };

	(void)state;
	unit_write(root.fd, "file", "abc");
	assert_ok(import_tree(s, root.fd, &l, &err), &err);
	assert_int_equal(layer_is_here(s, &l, &err), 1);
	unit_write(root.fd, ".wh.x", "");
	layer_release(&l);
	assert_fails(import_tree(s, root.fd, &l, &err), &err, EINVAL, ".wh.x");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_normalised),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_tar),
		cmocka_unit_test(test_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
