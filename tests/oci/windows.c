/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/blob.h"
#include "oci/tar.h"
#include "oci/windows.h"
#include "util/base64.h"

/* As BuildKit writes them for files, up to the list. */
#define START                                                                  \
	"AQAEgBQAAAAkAAAAAAAAADAAAAABAgAAAAAABSAAAAAgAgAAAQEAAAAAAAUSAAAAAgBM" \
	"AAMAAAA"

static void
descriptors(void **state)
{
	cleanup_value(buf_release) struct buf file = { 0 }, dir = { 0 },
					      text = { 0 };

	(void)state;
	buf_init(&file, KiB(4));
	buf_init(&dir, KiB(4));
	buf_init(&text, KiB(4));
	windows_descriptor(false, &file);
	windows_descriptor(true, &dir);
	/* Header, two identifiers, a list of 8 with its entries. */
	assert_int_equal(file.len, 48 + 8 + 24 + 20 + 24);
	assert_int_equal(dir.len, 48 + 8 + 24 + 20 + 24 + 20 + 3 * 24);
	base64_format(file.data, file.len, &text);
	assert_memory_equal(buf_text(&text), START, strlen(START));
}

static struct store *
opened(const struct unit_dir *dir)
{
	struct store *s = NULL;
	autoerror err = { 0 };

	assert_ok(store_open(dir->path, &s, &err), &err);
	return s;
}

static void
add(struct tar_writer *w, enum tar_kind kind, const char *path,
	const char *more)
{
	struct tar_entry e = { .kind = kind,
		.path = (char *)path,
		.mode = 0640,
		.uid = 5,
		.mtime = 7 };
	autoerror err = { 0 };

	if (kind == TAR_FILE)
		e.size = strlen(more);
	else
		e.link = (char *)more;
	assert_ok(tar_writer_add(w, &e, &err), &err);
	if (kind == TAR_FILE)
		assert_ok(tar_writer_data(w, more, strlen(more), &err), &err);
}

static void
make_layer(struct store *s, enum tar_kind last, struct layer *ret)
{
	cleanup(tar_writer_free) struct tar_writer *w = NULL;
	cleanup(blob_free) struct blob *b = NULL;
	struct digest digest;
	autoerror err = { 0 };
	uint64_t size;

	assert_ok(blob_begin(s, &b, &err), &err);
	w = tar_writer_new(blob_sink(b));
	add(w, TAR_DIR, "d", NULL);
	add(w, TAR_FILE, "d/f", "text");
	add(w, TAR_HARD_LINK, "d/h", "d/f");
	add(w, TAR_SYMLINK, "s", "d/f");
	if (last == TAR_FIFO)
		add(w, TAR_FIFO, "p", NULL);
	assert_ok(tar_writer_end(w, &err), &err);
	assert_ok(blob_commit(b, NULL, &digest, &size, &err), &err);
	assert_ok(layer_from_blob(s, &digest, size, ret, &err), &err);
}

static void
layers(void **state)
{
	static const struct {
		const char *path, *link;
	} expected[] = {
		{ "Files", NULL },
		{ "Hives", NULL },
		{ "Files/d", NULL },
		{ "Files/d/f", NULL },
		{ "Files/d/h", "Files/d/f" },
		{ "Files/s", "d/f" },
	};
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(layer_release) struct layer from = { 0 }, to = { 0 };
	cleanup(tar_reader_free) struct tar_reader *r = NULL;
	cleanup(source_free) struct source *tar = NULL;
	autoerror err = { 0 };

	(void)state;
	make_layer(s, TAR_FILE, &from);
	assert_ok(windows_layer(s, &from, &to, &err), &err);
	assert_ok(layer_open_tar(s, &to, &tar, &err), &err);
	r = tar_reader_new(tar, NULL);
	for (size_t n = 0; n < ARRAY_SIZE(expected); n++) {
		struct tar_entry e = { 0 };

		assert_int_equal(tar_reader_next(r, &e, &err), 1);
		assert_string_equal(e.path, expected[n].path);
		if (expected[n].link)
			assert_string_equal(e.link, expected[n].link);
		assert_int_equal(e.uid, 0);
		tar_entry_release(&e);
	}
}

static void
no_pipes(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(layer_release) struct layer from = { 0 }, to = { 0 };
	autoerror err = { 0 };

	(void)state;
	make_layer(s, TAR_FIFO, &from);
	assert_fails(windows_layer(s, &from, &to, &err), &err, ENOTSUP,
		"'p': Windows");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptors),
		cmocka_unit_test(layers),
		cmocka_unit_test(no_pipes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
