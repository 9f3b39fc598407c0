/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/validator.h"

struct place {
	struct unit_dir dir;
	struct store *store;
};

static void
place_open(struct place *p, struct error *err)
{
	autofree char *path = NULL;

	p->dir = unit_dir_make();
	path = mem_printf("%s/store", p->dir.path);
	assert_ok(store_open(path, &p->store, err), err);
}

static void
place_close(struct place *p)
{
	store_free(p->store);
	unit_dir_remove(&p->dir);
}

static void
what_is_saved_is_loaded(void **state)
{
	cleanup_value(place_close) struct place p = { 0 };
	cleanup_value(validator_release) struct validator back = { 0 };
	struct validator v = { .etag = (char *)(uintptr_t)"\"e\"", .size = 5 };
	autoerror err = { 0 };

	(void)state;
	place_open(&p, &err);
	assert_int_equal(validator_load(p.store, "http://h/a", &back), 0);
	assert_ok(store_write_blob(p.store, "hello", 5, &v.digest, &err), &err);
	validator_save(p.store, "http://h/a", &v);
	assert_int_equal(validator_load(p.store, "http://h/b", &back), 0);
	assert_int_equal(validator_load(p.store, "http://h/a", &back), 1);
	assert_string_equal(back.etag, "\"e\"");
	assert_null(back.last_modified);
	assert_int_equal(back.size, 5);
	assert_true(digest_equal(&back.digest, &v.digest));
	validator_forget(p.store, "http://h/a");
	validator_forget(p.store, "http://h/a");
	v = (struct validator){ 0 };
	assert_int_equal(validator_load(p.store, "http://h/a", &v), 0);
}

static void
what_counts_for_nothing(void **state)
{
	cleanup_value(place_close) struct place p = { 0 };
	struct validator v = { 0 }, back = { 0 };
	cleanup_value(strv_release) struct strv names = { 0 };
	autoerror err = { 0 };
	int fd;

	(void)state;
	place_open(&p, &err);
	/* Nothing to ask with. */
	validator_save(p.store, "http://h/a", &v);
	fd = store_dir_fd(p.store, STORE_FETCHED, &err);
	assert_ok(fs_list(fd, 9, &names, &err), &err);
	assert_int_equal(names.count, 0);
	/* The blob is not here. */
	v.last_modified = (char *)(uintptr_t)"then";
	digest_of("x", 1, &v.digest);
	validator_save(p.store, "http://h/a", &v);
	assert_int_equal(validator_load(p.store, "http://h/a", &back), 0);
	/* A record that is none. */
	assert_ok(fs_list(fd, 9, &names, &err), &err);
	assert_int_equal(names.count, 1);
	unit_write(fd, names.items[0], "{");
	assert_int_equal(validator_load(p.store, "http://h/a", &back), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_saved_is_loaded),
		cmocka_unit_test(what_counts_for_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
