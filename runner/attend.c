/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/attend.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/mem.h"

struct attend {
	int signal_fd;
	sigset_t before;
};

static const int passed_on[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH,
};

/* Places in the array for poll. */
enum { SIGNALS, ENDED, INPUT, OUTPUT, PLACES };

int
attend_begin(struct attend **ret, struct error *err)
{
	struct attend *a = mem_zalloc(sizeof(*a));
	sigset_t set;
	size_t i;

	(void)sigemptyset(&set);
	for (i = 0; i < ARRAY_SIZE(passed_on); i++)
		(void)sigaddset(&set, passed_on[i]);
	(void)sigprocmask(SIG_BLOCK, &set, &a->before);
	a->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (a->signal_fd < 0) {
		int r = error_errno(err, "cannot wait for signals");

		(void)attend_free(a);
		return r;
	}
	*ret = a;
	return 0;
}

struct attend *
attend_free(struct attend *a)
{
	if (!a)
		return NULL;
	scope_close(&a->signal_fd);
	(void)sigprocmask(SIG_SETMASK, &a->before, NULL);
	free(a);
	return NULL;
}

static void
pass_signals(const struct attend *a, struct sandbox *s, struct terminal *t)
{
	struct signalfd_siginfo info;

	while (read(a->signal_fd, &info, sizeof(info)) ==
		(ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGWINCH && t)
			terminal_resize(t);
		else
			sandbox_signal(s, (int)info.ssi_signo);
	}
}

/* One round; 1 while the program runs. */
static int
turn(const struct attend *a, struct sandbox *s, struct terminal *t,
	int64_t deadline, struct error *err)
{
	struct pollfd p[PLACES] = {
		[SIGNALS] = { a->signal_fd, POLLIN, 0 },
		[ENDED] = { sandbox_fd(s), POLLIN, 0 },
		[INPUT] = { t ? terminal_input_fd(t) : -1, POLLIN, 0 },
		[OUTPUT] = { t ? terminal_output_fd(t) : -1, POLLIN, 0 },
	};
	int r;

	r = TEMP_FAILURE_RETRY(poll(p, PLACES, clock_left_ms(deadline)));
	if (r < 0)
		return error_errno(err, "cannot wait for the program");
	if (r == 0) {
		(void)error_set(err, ETIMEDOUT, "timed out");
		return error_kind(err, ERROR_TIMEOUT);
	}
	if (p[SIGNALS].revents)
		pass_signals(a, s, t);
	if (p[INPUT].revents)
		(void)terminal_pass_input(t);
	/* What was printed last is shown before the end counts. */
	if (p[OUTPUT].revents)
		return terminal_pass_output(t) || !p[ENDED].revents;
	return !p[ENDED].revents;
}

int
attend_wait(struct attend *a, struct sandbox *s, struct terminal *terminal,
	int64_t timeout_ms, struct proc_end *ret, struct error *err)
{
	int64_t deadline = clock_deadline_ms(timeout_ms);
	int r;

	do
		r = turn(a, s, terminal, deadline, err);
	while (r > 0);
	if (r < 0) {
		sandbox_kill(s);
		return r;
	}
	return sandbox_wait(s, -1, ret, err);
}
