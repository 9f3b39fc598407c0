/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <poll.h>

#include "oci/packer.h"

static const struct packer_options gzip = { .codec = CODEC_GZIP };

#define COUNT 3

/* What packer_read() told. */
struct told {
	size_t count;
	struct digest digests[COUNT];
	int answer;
};

static int
take(void *context, size_t index, const struct descriptor *blob,
	struct error *err)
{
	struct told *t = context;

	t->count++;
	t->digests[index] = blob->digest;
	return t->answer ? error_set(err, -t->answer, "no more") : 0;
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
make_layer(struct store *s, const char *text, struct layer *ret)
{
	autofree char *name = NULL;
	autoerror err = { 0 };
	autoclose int fd = -1;

	assert_ok(fs_make_temp_dir(store_dir_fd(s, STORE_TMP, &err), &name,
			&fd, &err), &err);
	unit_write(fd, "file", text);
	assert_ok(layer_from_tree(s, name, INT64_MAX, ret, &err), &err);
}

/* Until it ends or fails. */
static int
read_all(struct packer *p, struct told *t, struct error *err)
{
	struct pollfd fd = { .fd = packer_fd(p), .events = POLLIN };
	int r;

	do {
		assert_int_equal(poll(&fd, 1, 60000), 1);
		r = packer_read(p, take, t, err);
	} while (r > 0);
	return r;
}

static void
all_but_the_left_out_are_packed(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(packer_free) struct packer *p = NULL;
	cleanup_value(layer_release) struct layer a = { 0 };
	cleanup_value(layer_release) struct layer b = { 0 };
	const struct layer *layers[COUNT] = { &a, NULL, &b };
	struct told t = { 0 };
	autoerror err = { 0 };

	(void)state;
	make_layer(s, "a", &a);
	make_layer(s, "b", &b);
	assert_ok(packer_start(s, &gzip, layers, COUNT, &p, &err), &err);
	assert_ok(read_all(p, &t, &err), &err);
	assert_int_equal(t.count, 2);
	assert_int_equal(store_has_blob(s, &t.digests[0], &err), 1);
	assert_true(digest_is_none(&t.digests[1]));
	assert_int_equal(store_has_blob(s, &t.digests[2], &err), 1);
}

static void
a_failure_has_its_story(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(packer_free) struct packer *p = NULL;
	cleanup_value(layer_release) struct layer lost = { 0 };
	const struct layer *layers[1] = { &lost };
	struct digest d = { 0 };
	struct told t = { 0 };
	autoerror err = { 0 };

	(void)state;
	digest_of("nothing", 7, &d);
	layer_init(&lost, &d, 7);
	assert_ok(packer_start(s, &gzip, layers, 1, &p, &err), &err);
	assert_fails(read_all(p, &t, &err), &err, ENOENT, "is not here");
	assert_int_equal(t.count, 0);
}

static void
who_listens_may_end_it(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(packer_free) struct packer *p = NULL;
	cleanup_value(layer_release) struct layer a = { 0 };
	const struct layer *layers[1] = { &a };
	struct told t = { .answer = -EPERM };
	autoerror err = { 0 };

	(void)state;
	make_layer(s, "a", &a);
	assert_ok(packer_start(s, &gzip, layers, 1, &p, &err), &err);
	assert_fails(read_all(p, &t, &err), &err, EPERM, "no more");
	assert_null(packer_free(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_but_the_left_out_are_packed),
		cmocka_unit_test(a_failure_has_its_story),
		cmocka_unit_test(who_listens_may_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
