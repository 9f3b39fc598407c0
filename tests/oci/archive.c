/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/archive.h"
#include "oci/archive-index.h"
#include "oci/draft.h"
#include "util/path.h"

static const struct platform linux_amd64 = { "linux", "amd64", "" };

static struct store *
opened(const struct unit_dir *dir, const char *name)
{
	autofree char *path = path_join(dir->path, name);
	struct store *s = NULL;
	autoerror err = { 0 };

	assert_ok(store_open(path, &s, &err), &err);
	return s;
}

/* An image of one layer, an empty tar, called app:1. */
static void
make_image(struct store *s, struct archive_image *ret)
{
	cleanup(draft_free) struct draft *d = draft_from_nothing(&linux_amd64);
	cleanup_value(layer_release) struct layer l = { 0 };
	static const char zeros[1024];
	struct digest digest;
	autoerror err = { 0 };

	assert_ok(
		store_write_blob(s, zeros, sizeof(zeros), &digest, &err), &err);
	assert_ok(layer_from_blob(s, &digest, sizeof(zeros), &l, &err), &err);
	draft_add_layer(d, &l);
	assert_ok(draft_commit(d, s, NULL, &ret->what, &err), &err);
	strv_add(&ret->names, "localhost/app:1");
}

static void
assert_is(const struct archive_content *c, const struct archive_image *i)
{
	assert_int_equal(c->count, 1);
	assert_true(digest_equal(&c->images[0].what, &i->what));
	assert_int_equal(c->images[0].names.count, 1);
	assert_string_equal(c->images[0].names.items[0], "localhost/app:1");
}

static void
test_tar(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *from = opened(&dir, "from");
	cleanup(store_free) struct store *to = opened(&dir, "to");
	cleanup_value(archive_image_release) struct archive_image i = { 0 };
	cleanup_value(archive_content_release) struct archive_content c = { 0 };
	cleanup(source_free) struct source *source = NULL;
	cleanup(sink_free) struct sink *sink = NULL;
	autoclose int fd = -1;
	autoerror err = { 0 };

	(void)state;
	make_image(from, &i);
	fd = openat(dir.fd, "tar", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	sink = sink_to_fd(fd);
	assert_ok(archive_write_tar(from, ARCHIVE_DOCKER, &i, 1, sink, &err),
		&err);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	source = source_from_fd(fd);
	assert_ok(archive_read_tar(to, source, &c, &err), &err);
	assert_is(&c, &i);
	assert_int_equal(store_has_blob(to, &i.what, &err), 1);
}

static void
test_dir_keeps_others(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *from = opened(&dir, "from");
	cleanup(store_free) struct store *to = opened(&dir, "to");
	cleanup_value(archive_image_release) struct archive_image i = { 0 };
	cleanup_value(archive_content_release) struct archive_content c = { 0 };
	autofree char *path = path_join(dir.path, "a/layout");
	autoerror err = { 0 };

	(void)state;
	make_image(from, &i);
	for (int n = 0; n < 2; n++)
		assert_ok(
			archive_write_dir(from, ARCHIVE_OCI, &i, 1, path, &err),
			&err);
	assert_ok(archive_read_dir(to, path, &c, &err), &err);
	assert_is(&c, &i);
	archive_content_release(&c);
	strv_release(&i.names);
	strv_add(&i.names, "localhost/app:2");
	assert_ok(
		archive_write_dir(from, ARCHIVE_OCI, &i, 1, path, &err), &err);
	assert_ok(archive_read_dir(to, path, &c, &err), &err);
	assert_int_equal(c.count, 1);
	assert_int_equal(c.images[0].names.count, 2);
}

/* An index whose entries are all `what`; its digest. */
static struct digest
write_index(const struct unit_dir *dir, const char *what, int count)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	char hex[DIGEST_HEX_SIZE];
	autofree char *path = NULL;
	struct digest digest;

	buf_init(&text, MiB(4));
	buf_adds(&text, "{\"schemaVersion\":2,\"manifests\":[");
	for (int n = 0; n < count; n++)
		buf_addf(&text, "%s{\"mediaType\":\"" MEDIA_OCI_INDEX
			"\",\"size\":1,\"digest\":\"sha256:%s\"}",
			n ? "," : "", what);
	buf_adds(&text, "]}");
	digest_of(text.data, text.len, &digest);
	path = mem_printf("blobs/sha256/%s", digest_format_hex(&digest, hex));
	unit_write(dir->fd, path, buf_text(&text));
	unit_write(dir->fd, "index.json", buf_text(&text));
	return digest;
}

/* 2000 times 2000 times 2000 times the same. */
static void
test_indexes_without_end(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir, "store");
	cleanup_value(archive_content_release) struct archive_content c = { 0 };
	char hex[DIGEST_HEX_SIZE];
	struct digest d = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(mkdirat(dir.fd, "blobs", 0700), 0);
	assert_int_equal(mkdirat(dir.fd, "blobs/sha256", 0700), 0);
	unit_write(dir.fd, "oci-layout", ARCHIVE_LAYOUT);
	d = write_index(&dir, "", 0);
	for (int n = 0; n < 3; n++)
		d = write_index(&dir, digest_format_hex(&d, hex), 2000);
	assert_ok(archive_read_dir(s, dir.path, &c, &err), &err);
	assert_int_equal(c.count, 1);
}

/* What somebody else put there is kept, whatever it is. */
static void
test_layout_with_rubbish(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir, "store");
	cleanup_value(archive_image_release) struct archive_image i = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *path = path_join(dir.path, "layout");
	autoerror err = { 0 };

	(void)state;
	make_image(s, &i);
	strv_release(&i.names);
	assert_int_equal(mkdirat(dir.fd, "layout", 0700), 0);
	unit_write(dir.fd, "layout/index.json", "{\"manifests\":[{},7]}");
	assert_ok(archive_write_dir(s, ARCHIVE_OCI, &i, 1, path, &err), &err);
	buf_init(&text, MiB(1));
	assert_ok(fs_read_file(dir.fd, "layout/index.json", MiB(1), &text,
			&err), &err);
	assert_non_null(strstr(buf_text(&text), "[{},7,{"));
}

static void
test_no_archive(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir, "store");
	cleanup_value(archive_content_release) struct archive_content c = { 0 };
	cleanup(source_free) struct source *nothing =
		source_from_memory("rubbish", 7);
	autoerror err = { 0 };

	(void)state;
	assert_fails(archive_read_dir(s, dir.path, &c, &err), &err, EBADMSG,
		"no archive of images");
	unit_write(dir.fd, "manifest.json", "{}");
	assert_fails(archive_read_dir(s, dir.path, &c, &err), &err, EBADMSG,
		"no array");
	unit_write(dir.fd, "manifest.json", "[{\"Config\":\"../x\"}]");
	assert_true(archive_read_dir(s, dir.path, &c, &err) < 0);
	error_release(&err);
	assert_true(archive_read_tar(s, nothing, &c, &err) < 0);
	assert_int_equal(c.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tar),
		cmocka_unit_test(test_dir_keeps_others),
		cmocka_unit_test(test_indexes_without_end),
		cmocka_unit_test(test_layout_with_rubbish),
		cmocka_unit_test(test_no_archive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
