/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/cache.h"
#include "util/log.h"

/* A store with a layer of two zero blocks and an entry that leads to it. */
struct fixture {
	struct unit_dir dir;
	struct store *store;
	struct key key;
	struct cache_entry entry;
};

static void
fixture_make(struct fixture *f)
{
	static const char zeros[1024];
	autofree char *path = NULL;
	autoerror err = { 0 };
	struct digest digest;

	f->dir = unit_dir_make();
	path = mem_printf("%s/store", f->dir.path);
	assert_ok(store_open(path, &f->store, &err), &err);
	assert_ok(store_write_blob(f->store, zeros, sizeof(zeros), &digest,
			  &err),
		&err);
	layer_init(&f->entry.layer, &digest, sizeof(zeros));
	f->entry.created = mem_strdup("2026-01-02T03:04:05Z");
	key_add(&f->key, "step", "RUN");
}

static void
fixture_release(struct fixture *f)
{
	cache_entry_release(&f->entry);
	key_release(&f->key);
	store_free(f->store);
	unit_dir_remove(&f->dir);
}

static void
what_was_put_is_found(void **state)
{
	cleanup_value(fixture_release) struct fixture f = { 0 };
	cleanup_value(cache_entry_release) struct cache_entry e = { 0 };
	autoerror err = { 0 };

	(void)state;
	fixture_make(&f);
	assert_int_equal(cache_get(f.store, &f.key, &e, &err), 0);
	assert_ok(cache_put(f.store, &f.key, &f.entry, "RUN true", &err),
		&err);
	assert_int_equal(cache_get(f.store, &f.key, &e, &err), 1);
	assert_true(digest_equal(&e.layer.diff_id, &f.entry.layer.diff_id));
	assert_int_equal(e.layer.blob.size, 1024);
	assert_string_equal(e.created, "2026-01-02T03:04:05Z");
	key_add(&f.key, "more", "");
	assert_int_equal(cache_get(f.store, &f.key, &e, &err), 0);
}

static void
an_entry_whose_layer_is_gone_counts_not(void **state)
{
	cleanup_value(fixture_release) struct fixture f = { 0 };
	cleanup_value(cache_entry_release) struct cache_entry e = { 0 };
	char hex[DIGEST_HEX_SIZE];
	autoerror err = { 0 };
	int fd;

	(void)state;
	fixture_make(&f);
	assert_ok(cache_put(f.store, &f.key, &f.entry, "RUN true", &err),
		&err);
	fd = store_dir_fd(f.store, STORE_BLOBS, &err);
	assert_int_equal(
		unlinkat(fd, digest_format_hex(&f.entry.layer.diff_id, hex), 0),
		0);
	assert_int_equal(cache_get(f.store, &f.key, &e, &err), 0);
}

static void
damaged_entries_count_not(void **state)
{
	static const char *const damaged[] = { "", "{", "[]", "{}",
		"{\"created\":\"x\"}",
		"{\"created\":\"x\",\"layer\":{\"diff_id\":\"x\",\"size\":1}}",
		"{\"layer\":{\"diff_id\":\"x\",\"size\":-1}}" };
	cleanup_value(fixture_release) struct fixture f = { 0 };
	char hex[DIGEST_HEX_SIZE];
	struct digest digest;
	autoerror err = { 0 };
	int fd;

	(void)state;
	fixture_make(&f);
	log_set_level(LOG_QUIET);
	fd = store_dir_fd(f.store, STORE_STEPS, &err);
	key_digest(&f.key, &digest);
	(void)digest_format_hex(&digest, hex);
	for (size_t n = 0; n < ARRAY_SIZE(damaged); n++) {
		cleanup_value(cache_entry_release) struct cache_entry e = { 0 };

		unit_write(fd, hex, damaged[n]);
		assert_int_equal(cache_get(f.store, &f.key, &e, &err), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_found),
		cmocka_unit_test(an_entry_whose_layer_is_gone_counts_not),
		cmocka_unit_test(damaged_entries_count_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
