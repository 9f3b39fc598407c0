/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "util/json-error.h"
#include "util/fs.h"
#include "util/json.h"
#include "util/mem.h"

/* A config of 8 MiB, the most that is allowed, its layers and its variables. */
#define ANSWER_MAX MiB(64)
#define PIECE KiB(64)

/* One JSON document; the parent may be gone already. */
static void
send_answer(int fd, const char *name, struct json *value)
{
	cleanup(json_free) struct json *j = json_new_object();
	cleanup_value(buf_release) struct buf text = { 0 };

	json_set(j, name, value);
	buf_init(&text, ANSWER_MAX);
	json_format(j, &text);
	(void)fs_write(fd, buf_text(&text), text.len, NULL);
}

/* The child's whole life. */
static int
be_worker(struct site *site, struct stage_run *run, int progress_fd,
	int answer_fd)
{
	autoerror err = { 0 };
	sigset_t none;
	int r;

	/* The parent catches interrupts and kills us. */
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	site->progress = progress_to_parent(progress_fd);
	context_inherit(site->context);
	named_contexts_inherit(site->named);
	r = stage_work(run, &err);
	if (r == 0)
		r = context_save(site->context, &err);
	if (r == 0)
		r = named_contexts_save(site->named, &err);
	if (r < 0)
		send_answer(answer_fd, "error", json_from_error(&err));
	else
		send_answer(answer_fd, "state", state_format(stage_state(run)));
	/* What it mounted would stay as long as our parent: the mount namespace
	 * is one and the same. */
	stage_free(run);
	return r < 0 ? 1 : 0;
}

int
worker_start(struct site *site, struct stage_run *run, int progress_fd,
	struct worker *ret, struct error *err)
{
	autoclose int read_fd = -1, write_fd = -1;
	struct proc proc = { 0 };
	int fds[2], r;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	read_fd = fds[0];
	write_fd = fds[1];
	if (fcntl(read_fd, F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, "cannot set up a pipe");
	r = proc_fork(&proc, err);
	if (r < 0)
		return r;
	if (r == 0)
		_exit(be_worker(site, run, progress_fd, write_fd));
	*ret = (struct worker){ .proc = proc, .answer_fd = take_fd(&read_fd) };
	buf_init(&ret->answer, ANSWER_MAX);
	return 0;
}

int
worker_read(struct worker *w, struct error *err)
{
	char piece[PIECE];
	ssize_t len;

	len = read(w->answer_fd, piece, sizeof(piece));
	if (len < 0 && (errno == EINTR || errno == EAGAIN))
		return 1;
	if (len < 0)
		return error_errno(err, "cannot read a stage's answer");
	if (len == 0)
		return 0;
	buf_add(&w->answer, piece, (size_t)len);
	len = buf_check(&w->answer, "a stage's answer", err);
	return len < 0 ? (int)len : 1;
}

static int
ended_without_answer(const struct proc_end *end, struct error *err)
{
	if (end->signal)
		return error_set(err, EIO,
			"the process of the stage was killed by signal %d",
			end->signal);
	return error_set(err, EIO,
		"the process of the stage ended with status %d", end->status);
}

int
worker_finish(struct worker *w, struct state *ret, struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	struct proc_end end;
	int r;

	r = proc_wait(&w->proc, -1, &end, err);
	if (r < 0)
		return r;
	if (w->answer.len == 0)
		return ended_without_answer(&end, err);
	r = json_parse(w->answer.data, w->answer.len, ANSWER_MAX,
		"a stage's answer", &j, err);
	if (r < 0)
		return r;
	if (json_get(j, "error"))
		return json_to_error(json_get(j, "error"), err);
	return state_parse(json_get(j, "state"), ret, err);
}

void
worker_release(struct worker *w)
{
	proc_release(&w->proc);
	if (w->answer.max)
		(void)close(w->answer_fd);
	buf_release(&w->answer);
	*w = (struct worker){ 0 };
}
