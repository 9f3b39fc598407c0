/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/proc.h"
#include "util/scope.h"

#define CHUNK 65536

enum { TO_CHILD, FROM_CHILD, ERRORS, ENDS };

/* Our ends of the pipes; -1 where there is none or it is at its end. */
struct capture {
	const char *name;
	int fds[ENDS];
	const struct buf *input;
	size_t written;
	struct buf *bufs[ENDS];
	int64_t deadline_ms; /* negative: none */
};

static void
close_end(struct capture *c, int which)
{
	scope_close(&c->fds[which]);
	c->fds[which] = -1;
}

static void
capture_release(struct capture *c)
{
	int i;

	for (i = 0; i < ENDS; i++)
		close_end(c, i);
}

/* A child that does not read its input is no error: its end tells. */
static void
write_some(struct capture *c)
{
	size_t left = c->input->len - c->written;
	ssize_t n = 0;

	if (left)
		n = write(c->fds[TO_CHILD], c->input->data + c->written, left);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		c->written += (size_t)n;
	if (n < 0 || c->written == c->input->len)
		close_end(c, TO_CHILD);
}

static int
read_some(struct capture *c, int which, struct error *err)
{
	char chunk[CHUNK];
	ssize_t n = read(c->fds[which], chunk, sizeof(chunk));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0)
		return error_errno(err, "cannot read from '%s'", c->name);
	if (n == 0) {
		close_end(c, which);
		return 0;
	}
	buf_add(c->bufs[which], chunk, (size_t)n);
	return buf_check(c->bufs[which], "output", err);
}

static int
serve(struct capture *c, const struct pollfd *fds, struct error *err)
{
	int i, r;

	if (fds[TO_CHILD].revents)
		write_some(c);
	for (i = FROM_CHILD; i < ENDS; i++) {
		r = fds[i].revents ? read_some(c, i, err) : 0;
		if (r < 0)
			return error_wrap(err, "'%s'", c->name);
	}
	return 0;
}

static int
timed_out(const struct capture *c, struct error *err)
{
	error_set(err, ETIMEDOUT, "'%s' takes too long", c->name);
	return error_kind(err, ERROR_TIMEOUT);
}

static int
exchange(struct capture *c, struct error *err)
{
	struct pollfd fds[ENDS];
	int i, r;

	while (c->fds[FROM_CHILD] >= 0 || c->fds[ERRORS] >= 0) {
		for (i = 0; i < ENDS; i++)
			fds[i] = (struct pollfd){ c->fds[i],
				i == TO_CHILD ? POLLOUT : POLLIN, 0 };
		r = poll(fds, ENDS, clock_left_ms(c->deadline_ms));
		if (r < 0 && errno != EINTR)
			return error_errno(err, "cannot poll '%s'", c->name);
		if (r == 0)
			return timed_out(c, err);
		r = r < 0 ? 0 : serve(c, fds, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* `ours` is which end we keep; it does not block. */
static int
make_pipe(struct capture *c, int which, int ours, int *ret_theirs,
	struct error *err)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	c->fds[which] = fds[ours];
	*ret_theirs = fds[!ours];
	if (fcntl(fds[ours], F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, "cannot set up a pipe");
	return 0;
}

static int
start(struct capture *c, const struct proc_spec *wanted, struct proc *ret,
	struct error *err)
{
	struct proc_spec spec = *wanted;
	autoclose int in = -1;
	autoclose int out = -1;
	autoclose int errors = -1;
	int r = 0;

	if (c->input)
		r = make_pipe(c, TO_CHILD, 1, &in, err);
	if (r == 0)
		r = make_pipe(c, FROM_CHILD, 0, &out, err);
	if (r == 0 && c->bufs[ERRORS])
		r = make_pipe(c, ERRORS, 0, &errors, err);
	if (r < 0)
		return r;
	if (c->input)
		spec.in_fd = in;
	spec.out_fd = out;
	if (c->bufs[ERRORS])
		spec.error_fd = errors;
	return proc_start(&spec, ret, err);
}

int
proc_capture(const struct proc_spec *spec, const struct buf *input,
	struct buf *out, struct buf *errors, int timeout_ms,
	struct proc_end *ret, struct error *err)
{
	cleanup_value(capture_release) struct capture c = {
		.name = spec->program,
		.fds = { -1, -1, -1 },
		.input = input,
		.bufs = { NULL, out, errors },
		.deadline_ms = clock_deadline_ms(timeout_ms),
	};
	autoproc child = { 0 };
	int r;

	r = start(&c, spec, &child, err);
	if (r < 0)
		return r;
	r = exchange(&c, err);
	if (r < 0)
		return r;
	close_end(&c, TO_CHILD);
	r = proc_wait(&child, clock_left_ms(c.deadline_ms), ret, err);
	return r == -ETIMEDOUT ? timed_out(&c, err) : r;
}
