/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/run-log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/conf.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/path.h"
#include "util/scope.h"

#define TAIL_LINES 40
/* Twice what is kept of the end, so that it is moved rarely. */
#define TAIL_BYTES KiB(32)
#define TAIL_MAX (2 * TAIL_BYTES)
#define PIECE KiB(16)

void
run_log_init(struct run_log *l, struct store *s, struct progress *p,
	progress_step step)
{
	*l = (struct run_log){
		.store = s, .progress = p, .step = step, .fd = -1
	};
	buf_init(&l->tail, TAIL_MAX);
}

void
run_log_release(struct run_log *l)
{
	int tmp_fd;

	buf_release(&l->tail);
	if (l->fd >= 0)
		(void)close(l->fd);
	l->fd = -1;
	if (!l->name)
		return;
	tmp_fd = store_dir_fd(l->store, STORE_TMP, NULL);
	/* If it stays, the next sweep of tmp/ takes it. */
	if (tmp_fd >= 0)
		(void)unlinkat(tmp_fd, l->name, 0);
	free(l->name);
	l->name = NULL;
}

static void
add_tail(struct run_log *l, const char *data, size_t len)
{
	if (l->tail.len + len > TAIL_MAX) {
		size_t drop = l->tail.len - TAIL_BYTES;

		memmove(l->tail.data, l->tail.data + drop, TAIL_BYTES);
		l->tail.len = TAIL_BYTES;
		l->tail.data[TAIL_BYTES] = '\0';
	}
	buf_add(&l->tail, data, len);
}

static int
write_down(struct run_log *l, const char *data, size_t len, struct error *err)
{
	int tmp_fd, r;

	if (l->fd < 0) {
		tmp_fd = store_dir_fd(l->store, STORE_TMP, err);
		if (tmp_fd < 0)
			return tmp_fd;
		r = fs_make_temp_file(tmp_fd, &l->name, &l->fd, err);
		if (r < 0)
			return r;
	}
	return fs_write(l->fd, data, len, err);
}

int
run_log_read(struct run_log *l, int fd, struct error *err)
{
	char piece[PIECE];

	for (;;) {
		ssize_t len = read(fd, piece, sizeof(piece));
		int r;

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return error_errno(err, "cannot read a RUN's output");
		if (len == 0)
			return 0;
		progress_output(l->progress, l->step, piece, (size_t)len);
		add_tail(l, piece, (size_t)len);
		r = write_down(l, piece, (size_t)len, err);
		if (r < 0)
			return error_wrap(err, "cannot keep a RUN's output");
	}
}

/* Where the last lines begin. */
static const char *
last_lines(const struct buf *tail)
{
	const char *text = buf_text(tail), *at = text + tail->len;
	unsigned lines = 0;

	if (at > text && at[-1] == '\n')
		at--;
	for (; at > text; at--) {
		if (at[-1] == '\n' && ++lines == TAIL_LINES)
			break;
	}
	return at;
}

static int
open_log_dir(const char *dir, int *ret, struct error *err)
{
	autoclose int root_fd = -1, fd = -1;
	int r;

	root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root_fd < 0)
		return error_errno(err, "cannot open '/'");
	r = fs_make_dirs(root_fd, dir, 0700, &fd, err);
	if (r < 0)
		return r;
	/* Files are made below it: O_PATH is not enough everywhere. */
	*ret = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *ret < 0 ? error_errno(err, "cannot open '%s'", dir) : 0;
}

/* Copy the log to a name that tells when it was. */
static int
copy_log(struct run_log *l, char **ret_path, struct error *err)
{
	autofree char *state = conf_xdg_path("STATE");
	autofree char *dir = path_join(state, "logs");
	autofree char *name = NULL;
	autoclose int dir_fd = -1, fd = -1;
	char now[40];
	int r;

	r = open_log_dir(dir, &dir_fd, err);
	if (r < 0)
		return r;
	num_format_time(clock_wall_seconds(NULL), 0, now);
	name = mem_printf(
		"build-%s-%d-%jx.log", now, (int)getpid(), (uintmax_t)l->step);
	fd = openat(
		dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, "cannot make '%s/%s'", dir, name);
	if (lseek(l->fd, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot rewind a log");
	r = fs_copy_data(l->fd, fd, UINT64_MAX, NULL, err);
	if (r == 0)
		*ret_path = path_join(dir, name);
	return r;
}

void
run_log_keep(struct run_log *l, struct error *err)
{
	autofree char *path = NULL, *hint = take_ptr(&err->hint);
	const char *tail = last_lines(&l->tail);
	autoerror why = { 0 };

	if (!l->name) {
		(void)error_hint(err, "%s%sit wrote nothing", hint ? hint : "",
			hint ? "\n" : "");
		return;
	}
	if (copy_log(l, &path, &why) < 0)
		log_warning(
			"the log of the failed step is not kept: %s", why.text);
	(void)error_hint(err, "%s%sits last output:\n%s%sfull log: %s",
		hint ? hint : "", hint ? "\n" : "", tail,
		*tail && tail[strlen(tail) - 1] == '\n' ? "" : "\n",
		path ? path : "not kept");
}
