/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/git-child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "builder/git-config.h"
#include "builder/git-env.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/scope.h"

#define TIMEOUT_MS (60 * 60 * 1000)
/* Nothing larger comes in one piece, which a pack is. */
#define FILE_MAX (64LL << 30)
#define WORDS_MAX MiB(1)
/* What of git's words goes into an error. */
#define TOLD_MAX 600
/* How late an interrupt may be seen. */
#define TICK_MS 200

struct git_child {
	struct git_config config;
	struct strv env;
	char *name;
	int64_t deadline_ms;
};

struct git_child *
git_child_free(struct git_child *c)
{
	if (!c)
		return NULL;
	git_config_release(&c->config);
	strv_release(&c->env);
	free(c->name);
	free(c);
	return NULL;
}

static int
find_git(struct error *err)
{
	autofree char *path = NULL;

	if (proc_find("git", &path) == 0)
		return 0;
	(void)error_set(err, ENOENT, "git is not installed");
	(void)error_hint(err,
		"install git, or give the files as a directory or an archive");
	return error_kind(err, ERROR_HOST);
}

int
git_child_open(const struct git_url *u, const struct git_settings *settings,
	const char *home, struct git_child **ret, struct error *err)
{
	cleanup(git_child_free) struct git_child *c = NULL;
	int r;

	r = find_git(err);
	if (r < 0)
		return r;
	c = mem_zalloc(sizeof(*c));
	c->name = mem_strdup(u->name);
	c->deadline_ms = clock_deadline_ms(settings->timeout_ms ?
		settings->timeout_ms : TIMEOUT_MS);
	r = git_config_make(u, settings, home, &c->config, err);
	if (r < 0)
		return r;
	git_env_make(settings, &c->env);
	*ret = take_ptr(&c);
	return 0;
}

/* No file that the child writes may become larger; what we are allowed is not
 * changed but for the moment of its birth. */
static int
start_limited(const struct proc_spec *spec, struct proc *ret,
	struct error *err)
{
	struct rlimit before, during;
	int r;

	if (getrlimit(RLIMIT_FSIZE, &before) < 0)
		return error_errno(err, "cannot read a limit");
	during = before;
	if (before.rlim_cur == RLIM_INFINITY ||
		before.rlim_cur > (rlim_t)FILE_MAX)
		during.rlim_cur = (rlim_t)FILE_MAX;
	(void)setrlimit(RLIMIT_FSIZE, &during);
	r = proc_start(spec, ret, err);
	(void)setrlimit(RLIMIT_FSIZE, &before);
	return r;
}

static int
start(struct git_child *c, int cwd_fd, bool is_repo, const struct strv *args,
	int out_fd, int log_fd, struct proc *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv argv = { 0 }, env = { 0 };
	const struct proc_spec spec = {
		.program = "git",
		.argv = &argv,
		.env = &env,
		.cwd_fd = &cwd_fd,
		.in_fd = -1,
		.out_fd = out_fd,
		.error_fd = log_fd,
		.pass_fds = c->config.fds,
		.pass_count = c->config.count,
		.own_group = true,
		.die_with_parent = true,
	};

	strv_add(&argv, "git");
	strv_add_all(&argv, args);
	strv_copy(&env, &c->env);
	strv_add(&env, is_repo ? "GIT_DIR=." : "GIT_DIR=.git");
	return start_limited(&spec, ret, err);
}

int
git_child_start(struct git_child *c, int repo_fd, const struct strv *args,
	int out_fd, int log_fd, struct proc *ret, struct error *err)
{
	return start(c, repo_fd, true, args, out_fd, log_fd, ret, err);
}

/* Its words with what no terminal should see made blank; the end counts. */
static char *
told(const char *words)
{
	size_t len = strlen(words);
	char *text;

	while (len > 0 && (unsigned char)words[len - 1] <= ' ')
		len--;
	if (len > TOLD_MAX) {
		words += len - TOLD_MAX;
		len = TOLD_MAX;
	}
	text = mem_strndup(words, len);
	for (char *c = text; *c; c++) {
		if (*c == '\n')
			*c = ';';
		else if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	}
	return text;
}

int
git_child_failed(const struct git_child *c, const char *words,
	struct error *err)
{
	autofree char *text = told(words);

	(void)error_set(err, EIO, "git cannot get '%s': %s", c->name,
		*text ? text : "it failed without a word");
	if (c->config.count < 2)
		(void)error_hint(err,
			"what is private needs --secret id=GIT_AUTH_TOKEN, or a key or agent for ssh");
	return error_kind(err, ERROR_REMOTE);
}

/* Both ends of git's output. */
struct take {
	struct pollfd fds[2];
	struct buf *bufs[2];
};

static void
take_release(struct take *t)
{
	for (int n = 0; n < 2; n++)
		scope_close(&t->fds[n].fd);
}

/* What is too much on stderr is dropped: its beginning tells. */
static int
take_some(struct take *t, int which, struct error *err)
{
	char chunk[KiB(64)];
	ssize_t n = read(t->fds[which].fd, chunk, sizeof(chunk));

	if (n < 0)
		return errno == EINTR ? 0 :
			error_errno(err, "cannot read from git");
	if (n == 0) {
		scope_close(&t->fds[which].fd);
		t->fds[which].fd = -1;
		return 0;
	}
	if (t->bufs[which])
		buf_add(t->bufs[which], chunk, (size_t)n);
	return which == 0 && t->bufs[0] ?
		buf_check(t->bufs[0], "what git prints", err) : 0;
}

static int
too_long(const struct git_child *c, struct error *err)
{
	(void)error_set(err, ETIMEDOUT, "git takes too long for '%s'",
		c->name);
	return error_kind(err, ERROR_TIMEOUT);
}

static int
take_all(const struct git_child *c, struct take *t, struct error *err)
{
	while (t->fds[0].fd >= 0 || t->fds[1].fd >= 0) {
		int left = clock_left_ms(c->deadline_ms), r;

		r = poll(t->fds, 2, left < TICK_MS ? left : TICK_MS);
		if (r < 0 && errno != EINTR)
			return error_errno(err, "cannot poll");
		r = proc_check_interrupt(err);
		if (r < 0)
			return r;
		if (clock_left_ms(c->deadline_ms) == 0)
			return too_long(c, err);
		for (int n = 0; n < 2; n++) {
			r = t->fds[n].revents ? take_some(t, n, err) : 0;
			if (r < 0)
				return r;
			t->fds[n].revents = 0;
		}
	}
	return 0;
}

static int
make_pipe(int *ret_ours, int *ret_theirs, struct error *err)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	*ret_ours = fds[0];
	*ret_theirs = fds[1];
	return 0;
}

static int
run(struct git_child *c, int cwd_fd, bool is_repo, const struct strv *args,
	struct buf *ret, int *ret_status, struct error *err)
{
	cleanup_value(take_release) struct take t = { .fds = {
		{ -1, POLLIN, 0 }, { -1, POLLIN, 0 } } };
	cleanup_value(buf_release) struct buf words = { 0 };
	autoproc child = { 0 };
	struct proc_end end;
	int r;

	buf_init(&words, WORDS_MAX);
	t.bufs[0] = ret;
	t.bufs[1] = &words;
	{
		autoclose int out = -1, log = -1;

		r = make_pipe(&t.fds[0].fd, &out, err);
		if (r == 0)
			r = make_pipe(&t.fds[1].fd, &log, err);
		if (r == 0)
			r = start(c, cwd_fd, is_repo, args, out, log, &child,
				err);
	}
	if (r == 0)
		r = take_all(c, &t, err);
	if (r == 0)
		r = proc_wait(&child, clock_left_ms(c->deadline_ms), &end,
			err);
	if (r < 0)
		return r == -ETIMEDOUT ? too_long(c, err) : r;
	if (ret_status)
		*ret_status = proc_end_status(&end);
	else if (proc_end_status(&end) != 0)
		return git_child_failed(c, buf_text(&words), err);
	return 0;
}

int
git_child_run(struct git_child *c, int repo_fd, const struct strv *args,
	struct buf *ret, int *ret_status, struct error *err)
{
	return run(c, repo_fd, true, args, ret, ret_status, err);
}

int
git_child_run_in(struct git_child *c, int dir_fd, const struct strv *args,
	struct error *err)
{
	return run(c, dir_fd, false, args, NULL, NULL, err);
}
