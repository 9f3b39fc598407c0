/* SPDX-License-Identifier: Apache-2.0 */
#include "util/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/proc.h"
#include "util/scope.h"

#define INTERRUPT_MS 200

/* A terminal that does not show what is typed. */
struct curtain {
	int fd;
	bool is_down;
	struct termios before;
};

static void
curtain_release(struct curtain *c)
{
	if (!c->is_down)
		return;
	(void)tcsetattr(c->fd, TCSAFLUSH, &c->before);
	/* The end of the line was not shown either. */
	(void)fs_write(c->fd, "\n", 1, NULL);
}

static int
curtain_drop(struct curtain *c, int fd, struct error *err)
{
	struct termios hidden;

	c->fd = fd;
	if (tcgetattr(fd, &c->before) < 0)
		return error_errno(err, "cannot hide what is typed");
	hidden = c->before;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	if (tcsetattr(fd, TCSAFLUSH, &hidden) < 0)
		return error_errno(err, "cannot hide what is typed");
	c->is_down = true;
	return 0;
}

/* 1 with a byte, 0 at the end. */
static int
read_byte(int fd, char *ret, struct error *err)
{
	struct pollfd p = { fd, POLLIN, 0 };
	ssize_t n;
	int r;

	do {
		r = proc_check_interrupt(err);
		if (r < 0)
			return r;
	} while (poll(&p, 1, INTERRUPT_MS) <= 0);
	n = read(fd, ret, 1);
	if (n < 0)
		return error_errno(err, "cannot read from the terminal");
	return n > 0;
}

static int
read_line(int fd, struct buf *ret, struct error *err)
{
	char c;
	int r;

	while ((r = read_byte(fd, &c, err)) > 0) {
		if (c == '\n' || c == '\r')
			return buf_check(ret, "the answer", err);
		buf_addc(ret, c);
	}
	return r < 0 ? r : error_set(err, ENODATA, "no answer was given");
}

int
ask_line(const char *prompt, bool hidden, struct buf *ret, struct error *err)
{
	autoclose int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	cleanup_value(curtain_release) struct curtain c = { .fd = -1 };
	int r;

	if (fd < 0)
		return error_set(err, ENOTTY, "there is no terminal to ask at");
	r = proc_catch_interrupts(err);
	if (r >= 0 && hidden)
		r = curtain_drop(&c, fd, err);
	if (r >= 0)
		r = fs_write(fd, prompt, strlen(prompt), err);
	return r < 0 ? r : read_line(fd, ret, err);
}
