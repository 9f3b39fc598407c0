/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/draft.h"
#include "oci/gc.h"

static const struct platform linux_amd64 = { "linux", "amd64", "" };

static const struct gc_options everything = { .keep_steps_seconds = INT64_MAX };

static struct store *
opened(const struct unit_dir *dir)
{
	struct store *s = NULL;
	autoerror err = { 0 };

	assert_ok(store_open(dir->path, &s, &err), &err);
	return s;
}

/* A layer made here that is only a tree. */
static void
make_tree(struct store *s, const char *file, struct layer *ret)
{
	autoerror err = { 0 };
	autofree char *name = NULL;
	autoclose int fd = -1;

	assert_ok(fs_make_temp_dir(store_dir_fd(s, STORE_TMP, &err), &name,
			&fd, &err), &err);
	unit_write(fd, file, "x");
	assert_ok(layer_from_tree(s, name, INT64_MAX, ret, &err), &err);
}

static bool
has_tree(struct store *s, const struct layer *l)
{
	char name[128];

	store_tree_name(s, &l->diff_id, name);
	return fs_has(store_dir_fd(s, STORE_TREES, NULL), name, NULL) == 1;
}

/* An image of one layer with the tag, if there is one. */
static struct digest
make_image(struct store *s, const struct layer *l, const char *tag)
{
	cleanup(draft_free) struct draft *d = draft_from_nothing(&linux_amd64);
	autoerror err = { 0 };
	struct digest manifest;
	autoref ref = { 0 };

	draft_add_layer(d, l);
	assert_ok(draft_commit(d, s, NULL, &manifest, &err), &err);
	if (!tag)
		return manifest;
	assert_ok(ref_parse(tag, &ref, &err), &err);
	assert_ok(store_ref_set(s, &ref, &manifest, &err), &err);
	return manifest;
}

static size_t
count(struct store *s, enum store_part part)
{
	cleanup_value(strv_release) struct strv names = { 0 };

	assert_int_equal(fs_list(store_dir_fd(s, part, NULL), 1000, &names,
			NULL), 0);
	return names.count;
}

static void
run(struct store *s, const struct gc_options *options, size_t removed)
{
	cleanup_value(gc_result_release) struct gc_result result = { 0 };
	autoerror err = { 0 };

	assert_ok(gc_run(s, options, &result, &err), &err);
	assert_int_equal(result.removed.count, removed);
	assert_int_equal(result.bytes > 0, removed > 0);
}

static void
test_tags_keep(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(layer_release) struct layer kept = { 0 };
	cleanup_value(layer_release) struct layer lost = { 0 };
	autoref ref = { 0 };
	struct digest d;

	(void)state;
	make_tree(s, "a", &kept);
	make_tree(s, "b", &lost);
	(void)make_image(s, &kept, "a:1");
	d = make_image(s, &lost, NULL);
	unit_mkdir(dir.fd, "trees/.mountpoints");
	/* Tree, config and manifest of the one without a tag. */
	run(s, &everything, 3);
	assert_true(has_tree(s, &kept));
	assert_false(has_tree(s, &lost));
	assert_int_equal(store_has_blob(s, &d, NULL), 0);
	assert_int_equal(count(s, STORE_TMP), 0);
	run(s, &everything, 0);
	assert_int_equal(ref_parse("a:1", &ref, NULL), 0);
	assert_int_equal(store_ref_remove(s, &ref, NULL), 0);
	run(s, &everything, 3);
	assert_int_equal(count(s, STORE_BLOBS), 0);
	assert_int_equal(count(s, STORE_TREES), 1);
}

static void
test_grace_and_dry_run(void **state)
{
	const struct gc_options young = { .grace_seconds = 3600,
		.keep_steps_seconds = INT64_MAX };
	const struct gc_options dry = { .keep_steps_seconds = INT64_MAX,
		.dry_run = true };
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(layer_release) struct layer l = { 0 };

	(void)state;
	make_tree(s, "a", &l);
	run(s, &young, 0);
	run(s, &dry, 1);
	assert_true(has_tree(s, &l));
	run(s, &everything, 1);
	assert_false(has_tree(s, &l));
}

static void
write_step(const struct unit_dir *dir, const char *name, const struct layer *l)
{
	autofree char *path = mem_printf("steps/%s", name);
	autofree char *text = NULL;
	char digest[DIGEST_TEXT_SIZE];

	text = mem_printf("{\"layer\":{\"diff_id\":\"%s\",\"size\":1}}",
		digest_format(&l->diff_id, digest));
	unit_write(dir->fd, path, text);
}

static void
test_steps_keep(void **state)
{
	const struct gc_options old_go = { .keep_steps_seconds = -1 };
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(layer_release) struct layer l = { 0 };

	(void)state;
	make_tree(s, "a", &l);
	assert_true(store_dir_fd(s, STORE_STEPS, NULL) >= 0);
	write_step(&dir, "one", &l);
	unit_write(dir.fd, "steps/damaged", "{");
	run(s, &everything, 0);
	assert_true(has_tree(s, &l));
	run(s, &old_go, 3);
	assert_false(has_tree(s, &l));
}

static void
test_packed(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(layer_release) struct layer kept = { 0 };
	cleanup_value(layer_release) struct layer lost = { 0 };
	cleanup_value(descriptor_release) struct descriptor packed = { 0 };
	autoerror err = { 0 };

	(void)state;
	make_tree(s, "a", &kept);
	(void)make_image(s, &kept, "a:1");
	assert_ok(layer_pack(s, &kept, CODEC_GZIP, 0, false, &packed, &err),
		&err);
	make_tree(s, "b", &lost);
	descriptor_release(&packed);
	assert_ok(layer_pack(s, &lost, CODEC_GZIP, 0, false, &packed, &err),
		&err);
	/* Its tree, its note and the blob. */
	run(s, &everything, 3);
	assert_int_equal(count(s, STORE_PACKED), 1);
	descriptor_release(&packed);
	assert_ok(layer_pack(s, &kept, CODEC_GZIP, 0, false, &packed, &err),
		&err);
	assert_int_equal(store_has_blob(s, &packed.digest, &err), 1);
}

/* The blob may be older than its note, and then goes first. */
static void
test_notes_have_no_grace(void **state)
{
	const struct gc_options young = { .grace_seconds = 3600,
		.keep_steps_seconds = INT64_MAX };
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(layer_release) struct layer lost = { 0 };
	cleanup_value(descriptor_release) struct descriptor packed = { 0 };
	autoerror err = { 0 };

	(void)state;
	make_tree(s, "a", &lost);
	assert_ok(layer_pack(s, &lost, CODEC_GZIP, 9, false, &packed, &err),
		&err);
	unit_write(dir.fd, "packed/nobody.seen", "host/path\n");
	run(s, &young, 2);
	assert_int_equal(count(s, STORE_PACKED), 0);
	assert_true(has_tree(s, &lost));
}

static void
test_caches(void **state)
{
	const struct gc_options all = { .caches = true };
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);

	(void)state;
	assert_true(store_dir_fd(s, STORE_MOUNTS, NULL) >= 0);
	assert_true(store_dir_fd(s, STORE_FILEHASH, NULL) >= 0);
	unit_mkdir(dir.fd, "mounts/id");
	unit_write(dir.fd, "mounts/id/file", "x");
	unit_write(dir.fd, "filehash/abc", "x");
	run(s, &everything, 0);
	run(s, &all, 2);
	assert_int_equal(count(s, STORE_MOUNTS), 0);
	assert_int_equal(count(s, STORE_TMP), 0);
}

/* An index keeps the images of it that are here; the others may be missing. */
static void
test_index(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(layer_release) struct layer l = { 0 };
	autofree char *text = NULL;
	char digest[DIGEST_TEXT_SIZE];
	struct digest image, index;
	autoref ref = { 0 };

	(void)state;
	make_tree(s, "a", &l);
	image = make_image(s, &l, NULL);
	text = mem_printf("{\"schemaVersion\":2,\"manifests\":["
		"{\"mediaType\":\"" MEDIA_OCI_MANIFEST "\",\"digest\":\"%s\","
		"\"size\":1},{\"mediaType\":\"" MEDIA_OCI_MANIFEST "\","
		"\"digest\":\"sha256:%064d\",\"size\":1}]}",
		digest_format(&image, digest), 0);
	assert_int_equal(store_write_blob(s, text, strlen(text), &index, NULL),
		0);
	assert_int_equal(ref_parse("i:1", &ref, NULL), 0);
	assert_int_equal(store_ref_set(s, &ref, &index, NULL), 0);
	run(s, &everything, 0);
	assert_true(has_tree(s, &l));
}

/* What one damaged tag led to must not take the rest along. */
static void
test_damaged(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(layer_release) struct layer l = { 0 };
	autofree char *path = NULL;
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	(void)state;
	make_tree(s, "a", &l);
	d = make_image(s, &l, "h.example/a:1");
	(void)make_image(s, &l, "h.example/b:1");
	path = mem_printf("blobs/sha256/%s", digest_format_hex(&d, hex));
	unit_write(dir.fd, "refs/h.example/a:1", "rubbish");
	run(s, &everything, 0);
	assert_true(has_tree(s, &l));
	unit_write(dir.fd, path, "rubbish");
	run(s, &everything, 2);
	assert_false(has_tree(s, &l));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tags_keep),
		cmocka_unit_test(test_grace_and_dry_run),
		cmocka_unit_test(test_steps_keep),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_notes_have_no_grace),
		cmocka_unit_test(test_caches),
		cmocka_unit_test(test_index),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
