/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/images.h"
#include "oci/draft.h"
#include "util/log.h"

static const struct platform amd64 = { "linux", "amd64", "" };
static const struct digest lost = { { 1 } };

static void
policies(void **state)
{
	static const struct {
		const char *text;
		enum pull_policy policy;
	} table[] = {
		{ NULL, PULL_MISSING }, { "missing", PULL_MISSING },
		{ "false", PULL_MISSING }, { "", PULL_ALWAYS },
		{ "true", PULL_ALWAYS }, { "always", PULL_ALWAYS },
		{ "newer", PULL_NEWER }, { "never", PULL_NEVER },
	};
	enum pull_policy policy;
	autoerror err = { 0 };
	int r;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		assert_ok(pull_policy_parse(table[n].text, &policy, &err),
			&err);
		assert_int_equal(policy, table[n].policy);
	}
	r = pull_policy_parse("Always", &policy, &err);
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_non_null(strstr(err.hint, "missing, always, newer and never"));
	assert_fails(r, &err, EINVAL, "'Always' is not a pull policy");
}

/* A store with an image called `name`, whose only layer may be lost. */
static struct store *
opened(const struct unit_dir *dir, const char *name, bool has_layer,
	struct digest *ret_config)
{
	cleanup(draft_free) struct draft *d = draft_from_nothing(&amd64);
	cleanup_value(layer_release) struct layer l = { 0 };
	cleanup(image_free) struct image *i = NULL;
	struct store *s = NULL;
	struct digest manifest;
	autoref ref = { 0 };
	autoerror err = { 0 };

	assert_ok(store_open(dir->path, &s, &err), &err);
	if (!has_layer) {
		layer_init(&l, &lost, 1);
		draft_add_layer(d, &l);
	}
	assert_ok(draft_commit(d, s, NULL, &manifest, &err), &err);
	assert_ok(ref_parse(name, &ref, &err), &err);
	assert_ok(store_ref_set(s, &ref, &manifest, &err), &err);
	assert_ok(image_load(s, &manifest, &amd64, &i, &err), &err);
	*ret_config = *image_config_digest(i);
	return s;
}

static struct images *
made(struct store *s, enum pull_policy policy,
	struct transfer_settings *settings)
{
	transfer_settings_init(settings);
	settings->retries = 0;
	return images_new(s, policy, settings);
}

static void
what_is_here_is_loaded_once(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	struct digest id;
	cleanup(store_free) struct store *s =
		opened(&dir, "localhost/a:1", true, &id);
	struct transfer_settings settings;
	cleanup(images_free) struct images *i =
		made(s, PULL_MISSING, &settings);
	const struct image *one = NULL, *again = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_ok(images_get(i, "localhost/a:1", &amd64, &one, &err), &err);
	assert_ok(images_get(i, "localhost/a:1", &amd64, &again, &err), &err);
	assert_ptr_equal(one, again);
	assert_true(digest_equal(image_config_digest(one), &id));
	assert_null(images_free(NULL));
}

/* An id is no reference: whatever the policy, there is nothing to ask. */
static void
an_id_is_found_here(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	struct digest id;
	cleanup(store_free) struct store *s =
		opened(&dir, "localhost/a:1", true, &id);
	struct transfer_settings settings;
	cleanup(images_free) struct images *i =
		made(s, PULL_ALWAYS, &settings);
	const struct image *found = NULL;
	char hex[DIGEST_HEX_SIZE];
	autoerror err = { 0 };

	(void)state;
	assert_ok(images_get(i, digest_format_hex(&id, hex), &amd64, &found,
			  &err),
		&err);
	assert_true(digest_equal(image_config_digest(found), &id));
}

static void
never_means_never(void **state)
{
	static const struct {
		const char *name;
		bool has_layer;
	} table[] = {
		{ "localhost/other:1", true },
		{ "localhost/a:1", false },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		unit_dir_auto dir = unit_dir_make();
		struct digest id;
		cleanup(store_free) struct store *s = opened(&dir,
			"localhost/a:1", table[n].has_layer, &id);
		struct transfer_settings settings;
		cleanup(images_free) struct images *i =
			made(s, PULL_NEVER, &settings);
		const struct image *found = NULL;
		autoerror err = { 0 };
		int r;

		r = images_get(i, table[n].name, &amd64, &found, &err);
		assert_int_equal(err.kind, ERROR_LOCAL);
		assert_fails(r, &err, ENOENT, "is not in the store");
		assert_null(found);
	}
}

/* Port 1 of this machine: nobody answers. */
static void
a_registry_that_is_not_there(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	struct digest id;
	cleanup(store_free) struct store *s =
		opened(&dir, "localhost:1/a:1", true, &id);
	struct transfer_settings settings;
	cleanup(images_free) struct images *newer =
		made(s, PULL_NEWER, &settings);
	cleanup(images_free) struct images *always =
		made(s, PULL_ALWAYS, &settings);
	const struct image *found = NULL;
	autoerror err = { 0 };

	(void)state;
	log_set_level(LOG_QUIET);
	assert_ok(images_get(newer, "localhost:1/a:1", &amd64, &found, &err),
		&err);
	assert_true(digest_equal(image_config_digest(found), &id));
	found = NULL;
	assert_true(images_get(always, "localhost:1/a:1", &amd64, &found,
			    &err) < 0);
	assert_null(found);
}

static void
no_name_at_all(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	struct digest id;
	cleanup(store_free) struct store *s =
		opened(&dir, "localhost/a:1", true, &id);
	struct transfer_settings settings;
	cleanup(images_free) struct images *i =
		made(s, PULL_MISSING, &settings);
	const struct image *found = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_fails(images_get(i, "no image", &amd64, &found, &err), &err,
		EINVAL, "no image");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies),
		cmocka_unit_test(what_is_here_is_loaded_once),
		cmocka_unit_test(an_id_is_found_here),
		cmocka_unit_test(never_means_never),
		cmocka_unit_test(a_registry_that_is_not_there),
		cmocka_unit_test(no_name_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
