/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/builder/site.h"

#include <poll.h>
#include <signal.h>

#include "builder/worker.h"
#include "oci/config.h"

/* Hear all it says, and its end. */
static int
hear(struct worker *w, struct state *ret, struct error *err)
{
	int r;

	do {
		struct pollfd p = { .fd = w->answer_fd, .events = POLLIN };

		assert_true(poll(&p, 1, 30000) > 0);
		r = worker_read(w, err);
	} while (r > 0);
	return r < 0 ? r : worker_finish(w, ret, err);
}

static int
work(const char *text, struct state *ret, struct error *err)
{
	site_auto t;
	cleanup_value(worker_release) struct worker w = { 0 };
	cleanup(stage_free) struct stage_run *run = NULL;
	autoclose int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	site_make(&t, text);
	assert_ok(stage_begin(&t.site, 0, &run, err), err);
	assert_ok(worker_start(&t.site, run, null, &w, err), err);
	return hear(&w, ret, err);
}

static void
it_answers_with_its_state(void **state)
{
	cleanup_value(state_release) struct state s = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(work("FROM scratch\nENV A=b\nUSER me\n", &s, &err), &err);
	assert_string_equal(strv_env_get(&s.vars, "A"), "b");
	assert_string_equal(config_get_text(draft_config(s.draft), "User"),
		"me");
}

/* Text, kind, place and advice come over. */
static void
it_answers_with_its_error(void **state)
{
	struct state s = { 0 };
	autoerror err = { 0 };
	int r;

	(void)state;
	r = work("FROM scratch\nENV A=${B\n", &s, &err);
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_non_null(strstr(err.hint, "ENV A=${B\n      ^"));
	assert_fails(r, &err, EINVAL, "Dockerfile:2:7: ");
	assert_null(s.draft);
}

/* A child that says `text` and ends by `signal` or `status`. */
static void
start_other(struct worker *w, const char *text, int signal, int status,
	size_t max)
{
	autoerror err = { 0 };
	int fds[2], r;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	r = proc_fork(&w->proc, &err);
	assert_ok(r, &err);
	if (r == 0) {
		(void)!write(fds[1], text, strlen(text));
		if (signal)
			(void)raise(signal);
		_exit(status);
	}
	(void)close(fds[1]);
	w->answer_fd = fds[0];
	buf_init(&w->answer, max);
}

static const struct {
	const char *text;
	int signal, status;
	size_t max;
	int code;
	const char *message;
} ends[] = {
	{ "", 0, 3, KiB(1), EIO, "ended with status 3" },
	{ "", SIGKILL, 0, KiB(1), EIO, "was killed by signal 9" },
	{ "rubbish", 0, 0, KiB(1), EBADMSG, "a stage's answer" },
	{ "{}", 0, 0, KiB(1), EBADMSG, "damaged" },
	{ "{\"error\":{}}", 0, 1, KiB(1), EIO, "a child failed without a word" },
	{ "{\"error\":{\"code\":22,\"text\":\"no\"}}", 0, 1, KiB(1), EINVAL,
		"no" },
	{ "too much", 0, 0, 4, EFBIG, "a stage's answer" },
};

static void
other_ends(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(ends); n++) {
		cleanup_value(worker_release) struct worker w = { 0 };
		struct state s = { 0 };
		autoerror err = { 0 };

		start_other(&w, ends[n].text, ends[n].signal, ends[n].status,
			ends[n].max);
		assert_fails(hear(&w, &s, &err), &err, ends[n].code,
			ends[n].message);
		assert_null(s.draft);
	}
}

static void
what_still_runs_is_killed(void **state)
{
	struct worker w = { 0 };
	autoerror err = { 0 };
	int fds[2], r;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	r = proc_fork(&w.proc, &err);
	assert_ok(r, &err);
	if (r == 0) {
		for (;;)
			(void)pause();
	}
	(void)close(fds[1]);
	w.answer_fd = fds[0];
	buf_init(&w.answer, KiB(1));
	pid = w.proc.pid;
	worker_release(&w);
	assert_int_equal(kill(pid, 0), -1);
	worker_release(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_answers_with_its_state),
		cmocka_unit_test(it_answers_with_its_error),
		cmocka_unit_test(other_ends),
		cmocka_unit_test(what_still_runs_is_killed),
	};

	return cmocka_run_group_tests(tests, layers_enter, NULL);
}
