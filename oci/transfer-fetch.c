/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/transfer-part.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "oci/apart.h"
#include "oci/net.h"
#include "util/fs.h"
#include "util/mem.h"

/* At once; more would only share the line. */
#define FETCHES_MAX 4
/* Up to this a blob is a matter of memory, not of a child. */
#define SMALL_MAX KiB(256)
#define PIPE_SIZE ((int)MiB(1))
#define REPORT_MAX KiB(16)
#define INTERRUPT_MS 200

/* All that one transfer_fetch() is about. */
struct batch {
	struct transfer *t;
	int64_t repository;
	struct fetch *all;
	size_t count, started;
	progress_step step;
	int channel[2];
};

void
transfer_fetch_init(struct fetch *f)
{
	*f = (struct fetch){ .fd = -1 };
}

static void
fetch_release(struct transfer *t, struct fetch *f)
{
	courier_forget(t->courier, &f->errand);
	courier_errand_release(&f->errand);
	proc_release(&f->child);
	if (f->fd >= 0)
		(void)close(f->fd);
	f->fd = -1;
	buf_release(&f->report);
}

/* In the child. */

/* An error as one packet into the pipe to the parent; silence is success. */
static void
report_error(int fd, const struct error *e)
{
	cleanup(json_free) struct json *j = json_new_object();
	cleanup_value(buf_release) struct buf text = { 0 };

	net_set_error(j, e);
	buf_init(&text, REPORT_MAX);
	json_format(j, &text);
	/* Nobody is left to be told when this fails. */
	(void)fs_write(fd, text.data, text.len, NULL);
}

static void
child_main(struct batch *b, struct fetch *f, int pipe_fd, int report_fd)
{
	autoerror err = { 0 };
	struct progress *shown = b->t->settings.progress ?
		progress_to_parent(b->channel[1]) : NULL;
	int store_fd = store_dir_fd(b->t->store, STORE_ROOT, &err);
	int r = store_fd;

	/* Decompressing and unpacking are for strangers' bytes. */
	if (r >= 0) {
		apart_confine(store_fd);
		r = transfer_receive(b->t->store, f, pipe_fd, shown, b->step,
			&err);
	}
	if (r < 0)
		report_error(report_fd, &err);
	_exit(r < 0 ? 1 : 0);
}

/* In the parent. */

static int
ask_blob(struct batch *b, struct fetch *f, int fd, struct error *err)
{
	cleanup(json_free) struct json *packet =
		transfer_packet("blob", b->repository);
	char text[DIGEST_TEXT_SIZE];

	json_set_text(packet, "digest", digest_format(&f->what.digest, text));
	json_set_number(packet, "size", (int64_t)f->what.size);
	return courier_send(b->t->courier, packet, fd, &f->errand, err);
}

static int
start_small(struct batch *b, struct fetch *f, struct error *err)
{
	int r;

	f->child_ended = true;
	r = transfer_memory(&f->fd, err);
	return r < 0 ? r : ask_blob(b, f, f->fd, err);
}

static int
start_large(struct batch *b, struct fetch *f, struct error *err)
{
	autoclose int body_in = -1;
	autoclose int body_out = -1;
	autoclose int report_out = -1;
	int body[2], report[2];
	int r;

	if (pipe2(body, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	body_in = body[0];
	body_out = body[1];
	if (pipe2(report, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	f->fd = report[0];
	report_out = report[1];
	/* Fewer switches; the default works, too. */
	(void)fcntl(body_out, F_SETPIPE_SZ, PIPE_SIZE);
	buf_init(&f->report, REPORT_MAX);
	r = proc_fork(&f->child, err);
	if (r == 0) {
		/* Its own write end would hide the end of the body. */
		(void)close(body_out);
		child_main(b, f, body_in, report_out);
	}
	return r < 0 ? r : ask_blob(b, f, body_out, err);
}

static int
start_some(struct batch *b, size_t running, struct error *err)
{
	int r = 0;

	while (r >= 0 && b->started < b->count && running < FETCHES_MAX) {
		struct fetch *f = &b->all[b->started++];

		r = f->what.size <= SMALL_MAX && !f->unpack ?
			start_small(b, f, err) : start_large(b, f, err);
		running++;
	}
	return r;
}

static bool
is_over(const struct fetch *f)
{
	return f->errand.done && f->child_ended;
}

/* A child's report, until it closes. */
static void
take_report(struct fetch *f)
{
	char *to = buf_room(&f->report, KiB(1));
	ssize_t n = to ? read(f->fd, to, KiB(1)) : 0;

	if (n < 0 && errno == EINTR)
		return;
	if (n > 0)
		buf_grew(&f->report, (size_t)n);
	else
		f->child_ended = true;
}

static int
finish_small(struct transfer *t, struct fetch *f, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	struct digest digest;
	int r;

	if (lseek(f->fd, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot read a blob");
	r = fs_read_fd(f->fd, SMALL_MAX, &text, err);
	if (r < 0)
		return r;
	digest_of(buf_text(&text), text.len, &digest);
	if (!digest_equal(&digest, &f->what.digest)) {
		char got[DIGEST_TEXT_SIZE];

		(void)error_set(err, EBADMSG,
			"the registry sent a blob with digest '%s'",
			digest_format(&digest, got));
		return error_kind(err, ERROR_REMOTE);
	}
	return store_write_blob(t->store, buf_text(&text), text.len, &digest,
		err);
}

/* What the child said, or how it died. */
static int
child_outcome(struct fetch *f, struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	struct proc_end end = { 0 };
	int r;

	r = proc_wait(&f->child, -1, &end, err);
	if (r < 0 || proc_end_status(&end) == 0)
		return r;
	if (f->report.len == 0)
		return error_set(err, EIO, "the receiving process ended with "
			"status %d", proc_end_status(&end));
	r = json_parse(f->report.data, f->report.len, REPORT_MAX, "report", &j,
		err);
	if (r < 0)
		return r;
	r = net_get_error(j, err);
	/* Bytes that are not what their digest says came from elsewhere. */
	if (r == -EBADMSG)
		(void)error_kind(err, ERROR_REMOTE);
	return r;
}

/* When both ends failed, the cause is where the pipe did not break. */
static int
fetch_outcome(struct transfer *t, struct fetch *f, struct error *err)
{
	int r = 0;

	if (f->errand.error.code && f->errand.error.code != EPIPE) {
		r = error_move(err, &f->errand.error);
		(void)error_kind(err, ERROR_REMOTE);
		return r;
	}
	if (f->child.pid > 0)
		r = child_outcome(f, err);
	else if (!f->errand.error.code)
		r = finish_small(t, f, err);
	if (r >= 0 && f->errand.error.code)
		r = error_move(err, &f->errand.error);
	return r;
}

/* Release what is over; count what is running. */
static int
take_ended(struct batch *b, size_t *ret_running, struct error *err)
{
	char text[DIGEST_TEXT_SIZE];
	int r;

	*ret_running = 0;
	for (size_t i = 0; i < b->started; i++) {
		struct fetch *f = &b->all[i];

		if (f->fd < 0)
			continue;
		if (!is_over(f)) {
			++*ret_running;
			continue;
		}
		r = fetch_outcome(b->t, f, err);
		if (r < 0)
			return error_wrap(err, "blob '%s'",
				digest_format(&f->what.digest, text));
		fetch_release(b->t, f);
	}
	return 0;
}

/* Wait for slipway-net, the children, and the progress they tell. */
static int
wait_for_some(struct batch *b, struct error *err)
{
	struct pollfd fds[FETCHES_MAX + 2] = {
		{ .fd = courier_fd(b->t->courier), .events = POLLIN },
		{ .fd = b->channel[0], .events = POLLIN },
	};
	struct fetch *who[FETCHES_MAX + 2];
	nfds_t n = 2;
	int r;

	for (size_t i = 0; i < b->started && n < ARRAY_SIZE(fds); i++)
		if (b->all[i].fd >= 0 && !b->all[i].child_ended) {
			who[n] = &b->all[i];
			fds[n++] = (struct pollfd){ .fd = b->all[i].fd,
				.events = POLLIN };
		}
	r = proc_check_interrupt(err);
	if (r < 0 || poll(fds, n, INTERRUPT_MS) <= 0)
		return r;
	for (nfds_t i = 2; i < n; i++)
		if (fds[i].revents)
			take_report(who[i]);
	if (fds[1].revents)
		r = progress_feed(b->t->settings.progress, b->channel[0], err);
	if (r >= 0 && fds[0].revents)
		r = courier_receive(b->t->courier, err);
	return r;
}

static int
run_batch(struct batch *b, struct error *err)
{
	size_t running = 0;
	int r;

	for (;;) {
		r = start_some(b, running, err);
		if (r < 0)
			return r;
		r = wait_for_some(b, err);
		if (r >= 0)
			r = take_ended(b, &running, err);
		if (r < 0 || (running == 0 && b->started == b->count))
			return r;
	}
}

int
transfer_fetch(struct transfer *t, int64_t repository, struct fetch *all,
	size_t count, progress_step step, struct error *err)
{
	struct batch b = { .t = t, .repository = repository, .all = all,
		.count = count, .step = step, .channel = { -1, -1 } };
	int r = 0;

	if (count == 0)
		return 0;
	if (t->settings.progress)
		r = progress_channel(b.channel, err);
	if (r >= 0)
		r = run_batch(&b, err);
	for (size_t i = 0; i < count; i++)
		fetch_release(t, &all[i]);
	if (b.channel[0] >= 0) {
		(void)close(b.channel[0]);
		(void)close(b.channel[1]);
	}
	return r < 0 ? r : 0;
}
