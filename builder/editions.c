/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/editions.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/json-error.h"
#include "util/fs.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/proc.h"

#define ANSWER_MAX MiB(16)
#define PIECE KiB(16)

struct child {
	struct proc proc;
	int fd;		   /* -1: it has answered */
	struct buf answer; /* one JSON document */
};

struct editions {
	edition_builder *build;
	void *context;
	const char *const *names;
	size_t count;
	struct progress *shown;
	struct child *children;
	int channel[2];
};

void
edition_release(struct edition *e)
{
	strv_release(&e->steps);
	strv_release(&e->all_steps);
	free(e->provenance);
	*e = (struct edition){ 0 };
}

static void
editions_release(struct editions *e)
{
	for (size_t n = 0; n < e->count; n++) {
		proc_release(&e->children[n].proc);
		scope_close(&e->children[n].fd);
		buf_release(&e->children[n].answer);
	}
	free(e->children);
	scope_close(&e->channel[0]);
	scope_close(&e->channel[1]);
}

/* In the child. */

static void
answer(int fd, const struct edition *made, const struct error *err)
{
	cleanup(json_free) struct json *j = json_new_object();
	cleanup_value(buf_release) struct buf text = { 0 };
	char digest[DIGEST_TEXT_SIZE];

	if (err->code) {
		json_set(j, "error", json_from_error(err));
	} else {
		json_set_text(
			j, "manifest", digest_format(&made->manifest, digest));
		json_set_bool(j, "worked", made->worked);
		json_set(j, "steps", json_new_list(&made->steps));
		json_set(j, "all_steps", json_new_list(&made->all_steps));
		json_set_text(j, "provenance", made->provenance);
	}
	buf_init(&text, ANSWER_MAX);
	json_format(j, &text);
	/* Nobody is left to be told when this fails. */
	(void)fs_write(fd, buf_text(&text), text.len, NULL);
}

static int
be_child(const struct editions *e, size_t number, int fd)
{
	struct progress *shown = progress_to_parent(e->channel[1]);
	struct edition made = { 0 };
	autoerror err = { 0 };
	sigset_t none;
	int r;

	/* The parent catches interrupts and kills us. */
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	r = e->build(e->context, number, shown, &made, &err);
	progress_free(shown);
	answer(fd, &made, &err);
	return r < 0;
}

/* In the parent. */

static int
start(struct editions *e, size_t number, struct error *err)
{
	struct child *c = &e->children[number];
	autoclose int write_fd = -1;
	int fds[2], r;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	c->fd = fds[0];
	write_fd = fds[1];
	buf_init(&c->answer, ANSWER_MAX);
	r = proc_fork(&c->proc, err);
	if (r == 0)
		_exit(be_child(e, number, write_fd));
	return r < 0 ? r : 0;
}

static int
parse_answer(const struct child *c, struct edition *ret, struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	const char *digest;
	int r;

	if (c->answer.len == 0)
		return error_set(err, EIO, "its process died");
	r = json_parse(buf_text(&c->answer), c->answer.len, ANSWER_MAX,
		"answer", &j, err);
	if (r < 0)
		return r;
	if (json_get(j, "error"))
		return json_to_error(json_get(j, "error"), err);
	digest = json_get_text(j, "manifest");
	ret->worked = json_get_bool(j, "worked", false);
	r = json_get_list(j, "steps", &ret->steps, err);
	if (r == 0)
		r = json_get_list(j, "all_steps", &ret->all_steps, err);
	if (r < 0)
		return r;
	if (json_get_text(j, "provenance"))
		ret->provenance = mem_strdup(json_get_text(j, "provenance"));
	return digest_parse(digest ? digest : "", &ret->manifest, err);
}

/* Take what can be read; at its end, what it says. */
static int
hear(struct editions *e, size_t number, struct edition *ret, struct error *err)
{
	struct child *c = &e->children[number];
	char piece[PIECE];
	ssize_t len = read(c->fd, piece, sizeof(piece));
	struct proc_end end;
	int r;

	if (len < 0)
		return errno == EINTR ? 0 : error_errno(err, "cannot read");
	if (len > 0) {
		buf_add(&c->answer, piece, (size_t)len);
		return 0;
	}
	(void)close(take_fd(&c->fd));
	r = proc_wait(&c->proc, -1, &end, err);
	if (r == 0)
		r = parse_answer(c, ret, err);
	return r < 0 ? error_wrap(err, "%s", e->names[number]) : 0;
}

static int
wait_for_news(struct editions *e, int interrupt_fd, struct edition *ret,
	struct error *err)
{
	autofree struct pollfd *fds = mem_array(e->count + 2, sizeof(*fds));
	int r;

	for (size_t n = 0; n < e->count; n++)
		fds[n] = (struct pollfd){ e->children[n].fd, POLLIN, 0 };
	fds[e->count] = (struct pollfd){ e->channel[0], POLLIN, 0 };
	fds[e->count + 1] = (struct pollfd){ interrupt_fd, POLLIN, 0 };
	if (poll(fds, e->count + 2, progress_tick(e->shown)) < 0 &&
		errno != EINTR)
		return error_errno(err, "cannot wait for editions");
	/* First what was shown, so that nothing is lost by a failure. */
	r = progress_feed(e->shown, e->channel[0], err);
	if (r >= 0)
		r = proc_check_interrupt(err);
	for (size_t n = 0; r == 0 && n < e->count; n++) {
		if (fds[n].revents)
			r = hear(e, n, &ret[n], err);
	}
	return r;
}

static bool
is_done(const struct editions *e)
{
	for (size_t n = 0; n < e->count; n++) {
		if (e->children[n].fd >= 0)
			return false;
	}
	return true;
}

int
editions_build(edition_builder *build, void *context, const char *const *names,
	size_t count, struct progress *shown, struct edition *ret,
	struct error *err)
{
	cleanup_value(editions_release) struct editions e = {
		.build = build,
		.context = context,
		.names = names,
		.count = count,
		.shown = shown,
		.channel = { -1, -1 },
	};
	int interrupt_fd, r;

	e.children = mem_array(count, sizeof(*e.children));
	for (size_t n = 0; n < count; n++)
		e.children[n].fd = -1;
	r = progress_channel(e.channel, err);
	/* They are to catch interrupts themselves if they want to. */
	for (size_t n = 0; r == 0 && n < count; n++)
		r = start(&e, n, err);
	if (r < 0)
		return r;
	interrupt_fd = proc_catch_interrupts(err);
	if (interrupt_fd < 0)
		return interrupt_fd;
	while (r == 0 && !is_done(&e))
		r = wait_for_news(&e, interrupt_fd, ret, err);
	return r;
}
