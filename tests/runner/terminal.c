/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/ioctl.h>
#include <termios.h>

#include "runner/terminal.h"

/* Standard input is a terminal of ours, standard output a pipe, till the test
 * ends. */
struct user {
	int keys_fd; /* where the user types */
	int screen_fd; /* what the user sees */
	int in_before, out_before;
};

static void
user_begin(struct user *u, unsigned short rows)
{
	const struct winsize size = { .ws_row = rows, .ws_col = 80 };
	autoclose int out = -1;
	autoclose int in = -1;
	int fds[2];

	u->keys_fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(u->keys_fd >= 0);
	assert_int_equal(grantpt(u->keys_fd), 0);
	assert_int_equal(unlockpt(u->keys_fd), 0);
	in = open(ptsname(u->keys_fd), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(in >= 0);
	assert_int_equal(ioctl(in, TIOCSWINSZ, &size), 0);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	u->screen_fd = fds[0];
	out = fds[1];
	u->in_before = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	u->out_before = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	(void)fflush(stdout);
	assert_int_equal(dup2(in, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(dup2(out, STDOUT_FILENO), STDOUT_FILENO);
}

static void
user_end(struct user *u)
{
	(void)fflush(stdout);
	(void)dup2(u->in_before, STDIN_FILENO);
	(void)dup2(u->out_before, STDOUT_FILENO);
	(void)close(u->in_before);
	(void)close(u->out_before);
	(void)close(u->keys_fd);
	(void)close(u->screen_fd);
}

static void
assert_reads(int fd, const char *text)
{
	char data[100] = "";

	assert_int_equal(read(fd, data, sizeof(data) - 1), strlen(text));
	assert_string_equal(data, text);
}

static void
both_ways(void **state)
{
	cleanup(terminal_free) struct terminal *t = NULL;
	struct termios before, raw, after;
	autoerror err = { 0 };
	struct user u;
	int program;

	(void)state;
	user_begin(&u, 33);
	assert_int_equal(tcgetattr(STDIN_FILENO, &before), 0);
	assert_ok(terminal_open(&t, &err), &err);
	assert_int_equal(tcgetattr(STDIN_FILENO, &raw), 0);
	program = dup(terminal_program_fd(t));
	terminal_started(t);
	assert_int_equal(write(u.keys_fd, "in\r", 3), 3);
	assert_int_equal(terminal_pass_input(t), 1);
	assert_reads(program, "in\n");
	/* It echoes what is typed, as terminals do. */
	assert_int_equal(terminal_pass_output(t), 1);
	assert_reads(u.screen_fd, "in\r\n");
	assert_int_equal(write(program, "out\n", 4), 4);
	assert_int_equal(terminal_pass_output(t), 1);
	assert_reads(u.screen_fd, "out\r\n");
	(void)close(program);
	assert_int_equal(terminal_pass_output(t), 0);
	assert_int_equal(terminal_output_fd(t), -1);
	assert_int_equal(terminal_input_fd(t), STDIN_FILENO);
	t = terminal_free(t);
	assert_int_equal(tcgetattr(STDIN_FILENO, &after), 0);
	user_end(&u);
	assert_int_equal(raw.c_lflag & (ICANON | ECHO | ISIG), 0);
	assert_int_equal(after.c_lflag, before.c_lflag);
	assert_int_equal(after.c_iflag, before.c_iflag);
}

static void
as_large_as_ours(void **state)
{
	cleanup(terminal_free) struct terminal *t = NULL;
	struct winsize size = { 0 }, larger = { .ws_row = 50, .ws_col = 99 };
	autoerror err = { 0 };
	struct user u;

	(void)state;
	user_begin(&u, 33);
	assert_ok(terminal_open(&t, &err), &err);
	assert_int_equal(ioctl(terminal_program_fd(t), TIOCGWINSZ, &size), 0);
	assert_int_equal(size.ws_row, 33);
	assert_int_equal(ioctl(STDIN_FILENO, TIOCSWINSZ, &larger), 0);
	terminal_resize(t);
	assert_int_equal(ioctl(terminal_program_fd(t), TIOCGWINSZ, &size), 0);
	assert_int_equal(size.ws_row, 50);
	assert_int_equal(size.ws_col, 99);
	t = terminal_free(t);
	user_end(&u);
}

static void
no_terminal_no_pair(void **state)
{
	cleanup(terminal_free) struct terminal *t = NULL;
	int before = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	autoclose int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	autoerror err = { 0 };
	int r;

	(void)state;
	(void)dup2(null, STDIN_FILENO);
	r = terminal_open(&t, &err);
	(void)dup2(before, STDIN_FILENO);
	(void)close(before);
	assert_int_equal(r, -ENOTTY);
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_null(t);
	assert_null(terminal_free(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(as_large_as_ours),
		cmocka_unit_test(no_terminal_no_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
