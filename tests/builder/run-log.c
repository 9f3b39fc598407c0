/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/run-log.h"
#include "util/log.h"

/* A store in dir/store; logs of failures go to dir/state. */
static struct store *
opened(const struct unit_dir *d)
{
	autofree char *path = mem_printf("%s/store", d->path);
	autofree char *state = mem_printf("%s/state", d->path);
	struct store *s = NULL;
	autoerror err = { 0 };

	assert_ok(store_open(path, &s, &err), &err);
	assert_int_equal(setenv("XDG_STATE_HOME", state, 1), 0);
	return s;
}

static void
feed(struct run_log *l, const char *text)
{
	unit_dir_auto d = unit_dir_make();
	autoclose int fd = -1;
	autoerror err = { 0 };

	unit_write(d.fd, "output", text);
	fd = openat(d.fd, "output", O_RDONLY | O_CLOEXEC);
	assert_ok(run_log_read(l, fd, &err), &err);
}

static size_t
count_in_tmp(struct store *s)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	autoerror err = { 0 };
	int fd = store_dir_fd(s, STORE_TMP, &err);

	assert_ok(fd, &err);
	assert_ok(fs_list(fd, 1000, &names, &err), &err);
	return names.count;
}

static void
failed(struct run_log *l, struct error *err)
{
	error_release(err);
	(void)error_set(err, ECHILD, "it failed");
	run_log_keep(l, err);
}

static void
silence_costs_nothing(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&d);
	cleanup_value(run_log_release) struct run_log l;
	autoerror err = { 0 };
	size_t before = count_in_tmp(s);

	(void)state;
	run_log_init(&l, s, NULL, 1);
	feed(&l, "");
	assert_int_equal(count_in_tmp(s), before);
	failed(&l, &err);
	assert_string_equal(err.hint, "it wrote nothing");
}

/* The path that the hint ends with. */
static const char *
kept_path(const struct error *err)
{
	const char *at = strstr(err->hint, "\nfull log: ");

	assert_non_null(at);
	return at + strlen("\nfull log: ");
}

static void
the_end_is_shown_and_all_is_kept(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&d);
	cleanup_value(buf_release) struct buf text = { 0 }, kept = { 0 };
	cleanup_value(run_log_release) struct run_log l;
	autoerror err = { 0 };

	(void)state;
	buf_init(&text, MiB(1));
	for (int n = 1; n <= 20000; n++)
		buf_addf(&text, "line %d\n", n);
	run_log_init(&l, s, NULL, 1);
	feed(&l, buf_text(&text));
	failed(&l, &err);
	assert_true(strncmp(err.hint, "its last output:\nline 19961\nline 19962",
		38) == 0);
	assert_non_null(strstr(err.hint, "\nline 20000\nfull log: "));
	assert_non_null(strstr(kept_path(&err), "/state/slipway/logs/build-"));
	buf_init(&kept, MiB(1));
	assert_ok(fs_read_file(AT_FDCWD, kept_path(&err), MiB(1), &kept, &err),
		&err);
	assert_string_equal(buf_text(&kept), buf_text(&text));
}

static void
advice_comes_first_and_the_last_line_may_be_open(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&d);
	cleanup_value(run_log_release) struct run_log l;
	autoerror err = { 0 };

	(void)state;
	run_log_init(&l, s, NULL, 1);
	feed(&l, "a\nb");
	(void)error_set(&err, ECHILD, "it failed");
	(void)error_hint(&err, "try again");
	run_log_keep(&l, &err);
	assert_true(strncmp(err.hint,
			    "try again\nits last output:\na\nb\nfull log: /",
			    41) == 0);
}

static void
bytes_that_are_no_text(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&d);
	cleanup_value(run_log_release) struct run_log l;
	autoclose int fd = -1;
	autoerror err = { 0 };
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	fd = fds[0];
	assert_int_equal(write(fds[1], "", 1), 1);
	assert_int_equal(close(fds[1]), 0);
	run_log_init(&l, s, NULL, 1);
	assert_ok(run_log_read(&l, fd, &err), &err);
	failed(&l, &err);
	assert_true(strncmp(err.hint, "its last output:\n\nfull log: /",
			    29) == 0);
}

static void
what_was_not_kept_goes(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&d);
	struct run_log l;
	size_t before = count_in_tmp(s);

	(void)state;
	run_log_init(&l, s, NULL, 1);
	feed(&l, "x");
	assert_int_equal(count_in_tmp(s), before + 1);
	run_log_release(&l);
	assert_int_equal(count_in_tmp(s), before);
	run_log_release(&l);
}

static void
no_place_for_logs_is_no_failure(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&d);
	cleanup_value(run_log_release) struct run_log l;
	autoerror err = { 0 };

	(void)state;
	log_set_level(LOG_QUIET);
	unit_write(d.fd, "state", "a file");
	run_log_init(&l, s, NULL, 1);
	feed(&l, "x\n");
	failed(&l, &err);
	assert_string_equal(err.text, "it failed");
	assert_string_equal(err.hint,
		"its last output:\nx\nfull log: not kept");
}

static void
output_that_cannot_be_read(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&d);
	cleanup_value(run_log_release) struct run_log l;
	autoerror err = { 0 };

	(void)state;
	run_log_init(&l, s, NULL, 1);
	assert_fails(run_log_read(&l, d.fd, &err), &err, EISDIR,
		"cannot read a RUN's output");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_costs_nothing),
		cmocka_unit_test(the_end_is_shown_and_all_is_kept),
		cmocka_unit_test(
			advice_comes_first_and_the_last_line_may_be_open),
		cmocka_unit_test(bytes_that_are_no_text),
		cmocka_unit_test(what_was_not_kept_goes),
		cmocka_unit_test(no_place_for_logs_is_no_failure),
		cmocka_unit_test(output_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
