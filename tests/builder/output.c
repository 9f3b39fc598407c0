/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/output.h"
#include "oci/draft.h"
#include "util/json.h"
#include "util/path.h"

static const struct platform amd64 = { "linux", "amd64", "" };

/* A store in dir/store with an image that has no name. */
static struct store *
opened(const struct unit_dir *dir, struct digest *ret_manifest)
{
	cleanup(draft_free) struct draft *d = draft_from_nothing(&amd64);
	autofree char *path = path_join(dir->path, "store");
	struct store *s = NULL;
	autoerror err = { 0 };

	assert_ok(store_open(path, &s, &err), &err);
	assert_ok(draft_commit(d, s, NULL, ret_manifest, &err), &err);
	return s;
}

static int
write_out(struct store *s, const struct digest *manifest,
	const struct output_options *o, struct output_result *ret,
	struct error *err)
{
	const struct output_image image = { amd64, *manifest };

	return output_write(s, &image, 1, o, ret, err);
}

static int
parse_tags(const char *text, struct ref **ret, struct error *err)
{
	cleanup_value(strv_release) struct strv texts = { 0 };

	strv_split(&texts, text, ' ');
	return output_parse_tags(&texts, ret, err);
}

static void
tags(void **state)
{
	autoerror err = { 0 };
	struct ref *refs = NULL;

	(void)state;
	assert_ok(parse_tags("a localhost:5000/b:2", &refs, &err), &err);
	assert_text(ref_format(&refs[0]), "docker.io/library/a:latest");
	assert_text(ref_format(&refs[1]), "localhost:5000/b:2");
	ref_release(&refs[0]);
	ref_release(&refs[1]);
	free(refs);
}

static void
bad_tags(void **state)
{
	static const char *const table[][2] = {
		{ "a B", "B" },
		{ "a a@sha256:0123456789abcdef0123456789abcdef"
		  "0123456789abcdef0123456789abcdef",
			"a tag cannot hold a digest: 'a@sha256:" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		autoerror err = { 0 };
		struct ref *refs = NULL;
		int r;

		r = parse_tags(table[n][0], &refs, &err);
		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_fails(r, &err, EINVAL, table[n][1]);
		assert_null(refs);
	}
}

static struct json *
read_json(const struct unit_dir *dir, const char *name)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	struct json *j = NULL;
	autoerror err = { 0 };

	buf_init(&text, MiB(1));
	assert_ok(fs_read_file(dir->fd, name, MiB(1), &text, &err), &err);
	assert_ok(
		json_parse(text.data, text.len, MiB(1), name, &j, &err), &err);
	return j;
}

static void
check_metadata(const struct unit_dir *dir, const struct output_result *r)
{
	cleanup(json_free) struct json *j = read_json(dir, "metadata");
	const struct json *d = json_get(j, "containerimage.descriptor");
	char text[DIGEST_TEXT_SIZE];

	assert_string_equal(json_get_text(j, "containerimage.config.digest"),
		digest_format(&r->config, text));
	assert_string_equal(json_get_text(j, "containerimage.digest"),
		digest_format(&r->manifest, text));
	assert_string_equal(json_get_text(d, "digest"), text);
	assert_int_equal(json_get_number(d, "size", 0), r->size);
	assert_string_equal(json_get_text(j, "image.name"),
		"docker.io/library/a:latest,docker.io/library/b:1");
}

static void
names_and_files(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autofree char *iidfile = path_join(dir.path, "id");
	autofree char *metadata = path_join(dir.path, "metadata");
	struct output_options o = { .tag_count = 2,
		.reports = { .iidfile = iidfile, .metadata = metadata } };
	struct digest manifest, there;
	cleanup(store_free) struct store *s = opened(&dir, &manifest);
	cleanup_value(buf_release) struct buf id = { 0 };
	struct output_result result;
	char text[DIGEST_TEXT_SIZE];
	struct ref *refs = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_ok(parse_tags("a b:1", &refs, &err), &err);
	o.tags = refs;
	assert_ok(write_out(s, &manifest, &o, &result, &err), &err);
	assert_true(digest_equal(&result.manifest, &manifest));
	for (size_t n = 0; n < 2; n++) {
		assert_ok(store_ref_get(s, &refs[n], &there, &err), &err);
		assert_true(digest_equal(&there, &manifest));
	}
	buf_init(&id, KiB(1));
	assert_ok(fs_read_file(dir.fd, "id", KiB(1), &id, &err), &err);
	assert_string_equal(buf_text(&id), digest_format(&result.config, text));
	check_metadata(&dir, &result);
	/* A second time changes nothing, and is no error. */
	assert_ok(write_out(s, &manifest, &o, &result, &err), &err);
	ref_release(&refs[0]);
	ref_release(&refs[1]);
	free(refs);
}

static void
no_place_for_a_file(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autofree char *path = path_join(dir.path, "none/id");
	const struct output_options tables[] = {
		{ .reports.iidfile = path },
		{ .reports.metadata = path },
	};
	struct digest manifest;
	cleanup(store_free) struct store *s = opened(&dir, &manifest);

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(tables); n++) {
		struct output_result result = { 0 };
		autoerror err = { 0 };
		int r;

		r = write_out(s, &manifest, &tables[n], &result, &err);
		assert_int_equal(err.kind, ERROR_LOCAL);
		assert_fails(r, &err, ENOENT, "/none'");
		assert_true(digest_is_none(&result.manifest));
	}
}

static void
found_wrong_before(void **state)
{
	char there[] = "-";
	const struct output_spec push = { .push = true };
	const struct output_spec docker = { .kind = OUTPUT_DOCKER,
		.dest = there };
	const struct output_spec twice[] = { docker, docker };
	const struct {
		struct output_options options;
		size_t platforms;
		int code;
		const char *text;
	} table[] = {
		{ { .specs = &push, .spec_count = 1 }, 1, EINVAL,
			"--push needs a tag to push to" },
		{ { .specs = &docker, .spec_count = 1 }, 2, ENOTSUP,
			"several platforms" },
		{ { .specs = twice, .spec_count = 2 }, 1, EINVAL,
			"two outputs" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		autoerror err = { 0 };
		int r;

		r = output_check(&table[n].options, table[n].platforms, &err);
		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_fails(r, &err, table[n].code, table[n].text);
	}
}

/* Of one platform too, when that is wanted. */
static void
an_index(void **state)
{
	const struct output_options o = { .wants_index = true };
	cleanup_value(image_index_release) struct image_index i = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	unit_dir_auto dir = unit_dir_make();
	struct output_result result;
	struct digest manifest;
	cleanup(store_free) struct store *s = opened(&dir, &manifest);
	autoerror err = { 0 };

	(void)state;
	assert_ok(write_out(s, &manifest, &o, &result, &err), &err);
	assert_true(digest_is_none(&result.config));
	assert_ok(store_read_blob(s, &result.manifest, &text, &err), &err);
	assert_ok(image_index_parse(buf_text(&text), text.len, &i, &err), &err);
	assert_int_equal(i.count, 1);
	assert_true(digest_equal(&i.manifests[0].digest, &manifest));
	assert_string_equal(
		json_get_text(i.manifests[0].platform, "architecture"),
		"amd64");
}

static void
no_such_image(void **state)
{
	const struct output_options o = { 0 };
	const struct digest lost = { { 1 } };
	unit_dir_auto dir = unit_dir_make();
	struct output_result result;
	struct digest manifest;
	cleanup(store_free) struct store *s = opened(&dir, &manifest);
	autoerror err = { 0 };

	(void)state;
	assert_fails(write_out(s, &lost, &o, &result, &err), &err, ENOENT, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags),
		cmocka_unit_test(bad_tags),
		cmocka_unit_test(names_and_files),
		cmocka_unit_test(no_place_for_a_file),
		cmocka_unit_test(found_wrong_before),
		cmocka_unit_test(an_index),
		cmocka_unit_test(no_such_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
