/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"

#define CHUNK KiB(8)

struct terminal {
	int our_fd;		/* "master" in pty(7) */
	int program_fd;		/* "slave" */
	bool input_over, output_over;
	bool is_raw;
	struct termios before;
};

static int
open_pair(struct terminal *t, struct error *err)
{
	t->our_fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->our_fd < 0 || grantpt(t->our_fd) < 0 || unlockpt(t->our_fd) < 0)
		return error_errno(err, "cannot make a pseudo-terminal");
	/* By descriptor: the name may mean another one in this namespace. */
	t->program_fd = ioctl(t->our_fd, TIOCGPTPEER,
		O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->program_fd < 0)
		return error_errno(err, "cannot open a pseudo-terminal");
	return 0;
}

static int
make_raw(struct terminal *t, struct error *err)
{
	struct termios raw = t->before;

	cfmakeraw(&raw);
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) < 0)
		return error_errno(err, "cannot set the terminal to raw");
	t->is_raw = true;
	return 0;
}

int
terminal_open(struct terminal **ret, struct error *err)
{
	cleanup(terminal_free) struct terminal *t = mem_zalloc(sizeof(*t));
	int r;

	t->our_fd = t->program_fd = -1;
	if (tcgetattr(STDIN_FILENO, &t->before) < 0) {
		(void)error_set(err, ENOTTY, "stdin is not a terminal");
		(void)error_hint(err, "leave out --tty");
		return error_kind(err, ERROR_REQUEST);
	}
	r = open_pair(t, err);
	if (r == 0)
		r = make_raw(t, err);
	if (r < 0)
		return r;
	terminal_resize(t);
	*ret = take_ptr(&t);
	return 0;
}

int
terminal_program_fd(const struct terminal *t)
{
	return t->program_fd;
}

void
terminal_started(struct terminal *t)
{
	scope_close(&t->program_fd);
	t->program_fd = -1;
}

int
terminal_input_fd(const struct terminal *t)
{
	return t->input_over ? -1 : STDIN_FILENO;
}

int
terminal_output_fd(const struct terminal *t)
{
	return t->output_over ? -1 : t->our_fd;
}

static int
pass(int from, int to)
{
	char data[CHUNK];
	ssize_t len = TEMP_FAILURE_RETRY(read(from, data, sizeof(data)));

	/* EIO: the program's side was closed by the last who had it. */
	if (len <= 0)
		return 0;
	return fs_write(to, data, (size_t)len, NULL) == 0;
}

int
terminal_pass_input(struct terminal *t)
{
	int r = pass(STDIN_FILENO, t->our_fd);

	t->input_over = r == 0;
	return r;
}

int
terminal_pass_output(struct terminal *t)
{
	int r = pass(t->our_fd, STDOUT_FILENO);

	t->output_over = r == 0;
	return r;
}

void
terminal_resize(struct terminal *t)
{
	struct winsize size;

	/* A terminal without a size keeps the default one. */
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
		(void)ioctl(t->our_fd, TIOCSWINSZ, &size);
}

struct terminal *
terminal_free(struct terminal *t)
{
	if (!t)
		return NULL;
	if (t->is_raw)
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &t->before);
	scope_close(&t->our_fd);
	scope_close(&t->program_fd);
	free(t);
	return NULL;
}
