/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "oci/blob.h"
#include "oci/layer.h"
#include "oci/tar.h"
#include "tests/lib/bytes.h"

#define EMPTY "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

struct place {
	struct unit_dir dir;
	struct store *store;
};

static int
setup(void **state)
{
	struct place *p = mem_alloc(sizeof(*p));
	autofree char *path = NULL;
	autoerror err = { 0 };

	p->dir = unit_dir_make();
	path = mem_printf("%s/store", p->dir.path);
	assert_ok(store_open(path, &p->store, &err), &err);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	store_free(p->store);
	unit_dir_remove(&p->dir);
	free(p);
	return 0;
}

static int
part(struct place *p, enum store_part which)
{
	int fd = store_dir_fd(p->store, which, NULL);

	assert_true(fd >= 0);
	return fd;
}

static size_t
names_in(struct place *p, enum store_part which)
{
	cleanup_value(strv_release) struct strv names = { 0 };

	assert_int_equal(fs_list(part(p, which), 100, &names, NULL), 0);
	return names.count;
}

/* A directory in tmp/ with a file, a whiteout's mark and a directory. */
static void
make_upper(struct place *p, const char *name, const char *text)
{
	autoclose int fd = -1;
	struct timespec times[2] = { { 1, 0 }, { 2000, 0 } };

	unit_mkdir(part(p, STORE_TMP), name);
	fd = openat(part(p, STORE_TMP), name,
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	unit_write(fd, "file", text);
	unit_mkdir(fd, "dir");
	assert_int_equal(utimensat(fd, "file", times, 0), 0);
	assert_int_equal(utimensat(fd, "dir", times, 0), 0);
}

static void
make_layer(struct place *p, const char *text, struct layer *ret)
{
	autoerror err = { 0 };

	make_upper(p, "upper", text);
	assert_ok(layer_from_tree(p->store, "upper", INT64_MAX, ret, &err),
		&err);
}

static void
remove_tree_of(struct place *p, const struct layer *l)
{
	char name[128];

	store_tree_name(p->store, &l->diff_id, name);
	assert_int_equal(fs_remove_tree(part(p, STORE_TREES), name, NULL), 0);
}

static void
test_chain_id(void **state)
{
	struct digest a, b, c, want;
	char text[DIGEST_TEXT_SIZE * 2], one[DIGEST_TEXT_SIZE],
		other[DIGEST_TEXT_SIZE];

	(void)state;
	digest_of("a", 1, &a);
	digest_of("b", 1, &b);
	layer_chain_id(NULL, &a, &c);
	assert_true(digest_equal(&a, &c));
	layer_chain_id(&a, &b, &c);
	(void)snprintf(text, sizeof(text), "%s %s", digest_format(&a, one),
		digest_format(&b, other));
	digest_of(text, strlen(text), &want);
	assert_true(digest_equal(&want, &c));
}

static void
test_from_tree(void **state)
{
	struct place *p = *state;
	cleanup_value(layer_release) struct layer one = { 0 };
	cleanup_value(layer_release) struct layer same = { 0 };
	cleanup_value(layer_release) struct layer other = { 0 };
	autoerror err = { 0 };
	char name[128];

	make_layer(p, "x", &one);
	make_layer(p, "x", &same);
	make_layer(p, "y", &other);
	assert_true(digest_equal(&one.diff_id, &same.diff_id));
	assert_false(digest_equal(&one.diff_id, &other.diff_id));
	assert_int_equal(names_in(p, STORE_TMP), 0);
	assert_int_equal(names_in(p, STORE_TREES), 2);
	assert_string_equal(one.blob.media_type, MEDIA_OCI_LAYER);
	assert_int_equal(one.blob.size, 3 * 512 + 1024);
	assert_int_equal(layer_is_here(p->store, &one, &err), 1);
	assert_ok(layer_tree(p->store, &one, name, &err), &err);
	assert_fails(layer_from_tree(p->store, "gone", INT64_MAX, &other, &err),
		&err, ENOENT, "'tmp/gone'");
}

static void
test_empty(void **state)
{
	struct place *p = *state;
	cleanup_value(layer_release) struct layer l = { 0 };
	cleanup_value(layer_release) struct layer hiding = { 0 };
	char hex[DIGEST_HEX_SIZE];
	autoerror err = { 0 };
	autoclose int fd = -1;
	int i;

	for (i = 0; i < 2; i++) {
		unit_mkdir(part(p, STORE_TMP), "upper");
		layer_release(&l);
		assert_ok(layer_from_tree(p->store, "upper", 0, &l, &err),
			&err);
		assert_string_equal(digest_format_hex(&l.diff_id, hex), EMPTY);
		assert_int_equal(l.blob.size, 1024);
	}
	/* Nothing in it, but all below deleted. */
	unit_mkdir(part(p, STORE_TMP), "upper");
	fd = openat(part(p, STORE_TMP), "upper", O_RDONLY | O_CLOEXEC);
	assert_int_equal(fsetxattr(fd, "user.overlay.opaque", "y", 1, 0), 0);
	assert_ok(layer_from_tree(p->store, "upper", 0, &hiding, &err), &err);
	assert_false(digest_equal(&hiding.diff_id, &l.diff_id));
}

/* Each form of it gives the same tar. */
static void
assert_tar(struct place *p, const struct layer *l)
{
	cleanup_value(buf_release) struct buf written = { 0 };
	struct bytes_sink to = bytes_into(&written);
	cleanup(source_free) struct source *tar = NULL;
	cleanup_value(buf_release) struct buf read = { 0 };
	struct bytes_sink into = bytes_into(&read);
	autoerror err = { 0 };
	struct digest d;

	assert_ok(layer_write_tar(p->store, l, &to.sink, &err), &err);
	digest_of(written.data, written.len, &d);
	assert_true(digest_equal(&d, &l->diff_id));
	assert_ok(layer_open_tar(p->store, l, &tar, &err), &err);
	assert_ok(stream_copy(tar, &into.sink, MiB(1), NULL, &err), &err);
	assert_int_equal(read.len, written.len);
	assert_memory_equal(read.data, written.data, read.len);
}

static void
test_clamp(void **state)
{
	struct place *p = *state;
	cleanup_value(layer_release) struct layer l = { 0 };
	autoerror err = { 0 };

	make_upper(p, "upper", "x");
	assert_ok(layer_from_tree(p->store, "upper", 1000, &l, &err), &err);
	assert_tar(p, &l);
}

static void
test_forms(void **state)
{
	static const enum codec codecs[] = { CODEC_GZIP, CODEC_ZSTD,
		CODEC_NONE };
	struct place *p = *state;
	autoerror err = { 0 };
	char name[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(codecs); i++) {
		cleanup_value(layer_release) struct layer l = { 0 };
		cleanup_value(layer_release) struct layer pulled = { 0 };
		cleanup_value(descriptor_release) struct descriptor d = { 0 };
		cleanup_value(descriptor_release) struct descriptor again = {
			0 };

		make_layer(p, codec_name(codecs[i]), &l);
		assert_tar(p, &l);
		assert_ok(layer_pack(p->store, &l, codecs[i], 0, false, &d,
			&err), &err);
		assert_string_equal(d.media_type, codec_media_type(codecs[i]));
		assert_int_equal(layer_find_packed(p->store, &l, codecs[i], 9,
			true, &again, &err), codecs[i] == CODEC_NONE);
		descriptor_release(&again);
		assert_int_equal(layer_find_packed(p->store, &l, codecs[i], 0,
			true, &again, &err), 1);
		descriptor_release(&again);
		assert_ok(layer_pack(p->store, &l, codecs[i], 0, false, &again,
			&err), &err);
		assert_true(digest_equal(&d.digest, &again.digest));
		assert_int_equal(d.size, again.size);
		/* Without its tree: from what it was packed to. */
		remove_tree_of(p, &l);
		assert_int_equal(layer_is_here(p->store, &l, &err), 1);
		assert_tar(p, &l);
		assert_ok(layer_tree(p->store, &l, name, &err), &err);
		remove_tree_of(p, &l);
		/* As an image that names the blob brings it. */
		pulled.diff_id = l.diff_id;
		descriptor_copy(&d, &pulled.blob);
		assert_tar(p, &pulled);
		assert_ok(layer_tree(p->store, &pulled, name, &err), &err);
		assert_tar(p, &pulled);
	}
	assert_int_equal(names_in(p, STORE_TMP), 0);
	assert_int_equal(names_in(p, STORE_PACKED), 2);
}

static void
test_pack_choices(void **state)
{
	struct place *p = *state;
	cleanup_value(layer_release) struct layer l = { 0 };
	cleanup_value(layer_release) struct layer pulled = { 0 };
	cleanup_value(descriptor_release) struct descriptor gzip = { 0 };
	cleanup_value(descriptor_release) struct descriptor d = { 0 };
	autoerror err = { 0 };

	make_layer(p, "some text", &l);
	assert_ok(layer_pack(p->store, &l, CODEC_GZIP, 0, false, &gzip, &err),
		&err);
	pulled.diff_id = l.diff_id;
	descriptor_copy(&gzip, &pulled.blob);
	/* What is there travels, unless forced. */
	assert_ok(layer_pack(p->store, &pulled, CODEC_ZSTD, 0, false, &d, &err),
		&err);
	assert_true(digest_equal(&d.digest, &gzip.digest));
	descriptor_release(&d);
	assert_ok(layer_pack(p->store, &pulled, CODEC_ZSTD, 0, true, &d, &err),
		&err);
	assert_string_equal(d.media_type, MEDIA_OCI_LAYER_ZSTD);
	/* A level of its own is remembered under a name of its own. */
	descriptor_release(&d);
	assert_ok(layer_pack(p->store, &l, CODEC_GZIP, 9, false, &d, &err),
		&err);
	assert_int_equal(names_in(p, STORE_PACKED), 3);
	assert_fails(layer_pack(p->store, &l, CODEC_GZIP, 99, false, &d, &err),
		&err, EINVAL, "levels");
	/* A memory of a blob that is gone is none. */
	assert_int_equal(unlinkat(part(p, STORE_BLOBS), digest_format_hex(
		&gzip.digest, (char[DIGEST_HEX_SIZE]){ 0 }), 0), 0);
	descriptor_release(&d);
	assert_ok(layer_pack(p->store, &l, CODEC_GZIP, 0, false, &d, &err),
		&err);
	assert_true(digest_equal(&d.digest, &gzip.digest));
	assert_int_equal(store_has_blob(p->store, &d.digest, &err), 1);
}

static void
test_from_blob(void **state)
{
	struct place *p = *state;
	cleanup_value(layer_release) struct layer l = { 0 };
	autoerror err = { 0 };
	char zeros[1024] = { 0 }, name[128];
	struct digest d;

	digest_of("none", 4, &d);
	assert_fails(layer_from_blob(p->store, &d, 4, &l, &err), &err, ENOENT,
		"no blob");
	assert_ok(store_write_blob(p->store, zeros, sizeof(zeros), &d, &err),
		&err);
	assert_ok(layer_from_blob(p->store, &d, sizeof(zeros), &l, &err), &err);
	assert_int_equal(layer_is_here(p->store, &l, &err), 1);
	assert_tar(p, &l);
	assert_ok(layer_tree(p->store, &l, name, &err), &err);
	assert_int_equal(names_in(p, STORE_TREES), 1);
}

static void
test_not_here(void **state)
{
	struct place *p = *state;
	cleanup_value(layer_release) struct layer l = { 0 };
	cleanup_value(buf_release) struct buf b = { 0 };
	struct bytes_sink to = bytes_into(&b);
	cleanup_value(descriptor_release) struct descriptor got = { 0 };
	autoerror err = { 0 };
	struct source *tar;
	struct digest d;
	char name[128];

	digest_of("none", 4, &d);
	layer_init(&l, &d, 4);
	assert_int_equal(layer_is_here(p->store, &l, &err), 0);
	assert_fails(layer_tree(p->store, &l, name, &err), &err, ENOENT,
		"is not here");
	assert_fails(layer_open_tar(p->store, &l, &tar, &err), &err, ENOENT,
		"is not here");
	assert_fails(layer_write_tar(p->store, &l, &to.sink, &err), &err,
		ENOENT, "is not here");
	assert_fails(layer_pack(p->store, &l, CODEC_GZIP, 0, false, &got, &err),
		&err, ENOENT, "is not here");
	assert_int_equal(names_in(p, STORE_TMP), 0);
}

/* A blob whose contents are not what the image says. */
static void
test_wrong_contents(void **state)
{
	struct place *p = *state;
	cleanup_value(layer_release) struct layer l = { 0 };
	cleanup_value(layer_release) struct layer wrong = { 0 };
	cleanup_value(buf_release) struct buf b = { 0 };
	struct bytes_sink to = bytes_into(&b);
	cleanup(source_free) struct source *from = NULL;
	cleanup(source_free) struct source *rubbish = NULL;
	autoerror err = { 0 };
	char name[128];

	make_layer(p, "good", &l);
	assert_ok(layer_pack(p->store, &l, CODEC_GZIP, 0, false, &wrong.blob,
		&err), &err);
	digest_of("other", 5, &wrong.diff_id);
	assert_int_equal(layer_tree(p->store, &wrong, name, &err), -EBADMSG);
	assert_int_equal(err.kind, ERROR_STORE);
	error_release(&err);
	assert_fails(layer_write_tar(p->store, &wrong, &to.sink, &err), &err,
		EBADMSG, "does not match");
	from = source_from_memory(b.data, b.len);
	free(wrong.blob.media_type);
	wrong.blob.media_type = mem_strdup(MEDIA_OCI_LAYER);
	assert_fails(layer_tree_from_stream(p->store, &wrong, from, &err), &err,
		EBADMSG, "does not match");
	rubbish = source_from_memory("rubbish", 7);
	assert_fails(layer_tree_from_stream(p->store, &wrong, rubbish, &err),
		&err, EBADMSG, "sha256:");
	free(wrong.blob.media_type);
	wrong.blob.media_type = mem_strdup("text/plain");
	assert_fails(layer_tree_from_stream(p->store, &wrong, from, &err), &err,
		ENOTSUP, "text/plain");
	/* Nothing stays behind. */
	assert_int_equal(names_in(p, STORE_TMP), 0);
	assert_int_equal(names_in(p, STORE_TREES), 1);
}

/* A tree that somebody changed does not go out under the old name. */
static void
test_changed_tree(void **state)
{
	struct place *p = *state;
	cleanup_value(layer_release) struct layer l = { 0 };
	cleanup_value(buf_release) struct buf b = { 0 };
	struct bytes_sink to = bytes_into(&b);
	cleanup_value(descriptor_release) struct descriptor d = { 0 };
	autoerror err = { 0 };
	autofree char *path = NULL;
	char name[128];

	make_layer(p, "good", &l);
	store_tree_name(p->store, &l.diff_id, name);
	path = mem_printf("%s/file", name);
	unit_write(part(p, STORE_TREES), path, "bad");
	assert_fails(layer_write_tar(p->store, &l, &to.sink, &err), &err,
		EBADMSG, "does not match");
	assert_fails(layer_pack(p->store, &l, CODEC_ZSTD, 0, false, &d, &err),
		&err, EBADMSG, "does not match");
	assert_int_equal(names_in(p, STORE_PACKED), 0);
	assert_int_equal(names_in(p, STORE_BLOBS), 0);
	assert_int_equal(names_in(p, STORE_TMP), 0);
}

/* Several processes ask for one tree at once; all get it. */
static void
test_many_at_once(void **state)
{
	struct place *p = *state;
	cleanup_value(layer_release) struct layer l = { 0 };
	cleanup_value(descriptor_release) struct descriptor d = { 0 };
	autoerror err = { 0 };
	char name[128];
	pid_t children[8];
	size_t i;
	int status;

	make_layer(p, "shared", &l);
	assert_ok(layer_pack(p->store, &l, CODEC_GZIP, 0, false, &d, &err),
		&err);
	remove_tree_of(p, &l);
	for (i = 0; i < ARRAY_SIZE(children); i++) {
		children[i] = fork();
		if (children[i] == 0)
			_exit(layer_tree(p->store, &l, name, NULL) != 0);
		assert_true(children[i] > 0);
	}
	for (i = 0; i < ARRAY_SIZE(children); i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(names_in(p, STORE_TREES), 1);
	assert_int_equal(names_in(p, STORE_TMP), 0);
}

int
main(void)
{
#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chain_id),
		IN_PLACE(test_from_tree),
		IN_PLACE(test_empty),
		IN_PLACE(test_clamp),
		IN_PLACE(test_forms),
		IN_PLACE(test_pack_choices),
		IN_PLACE(test_from_blob),
		IN_PLACE(test_not_here),
		IN_PLACE(test_wrong_contents),
		IN_PLACE(test_changed_tree),
		IN_PLACE(test_many_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
