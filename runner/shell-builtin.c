/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/shell-builtin.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner/shell-test.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/num.h"

#define OUTPUT_MAX MiB(16)

static int
complain(const char *name, const char *what, const char *why)
{
	(void)dprintf(STDERR_FILENO, "slipway: %s: %s%s%s\n", name, what,
		*why ? ": " : "", why);
	return 2;
}

static int
print(const struct buf *b)
{
	return fs_write(STDOUT_FILENO, b->data, b->len, NULL) < 0 ? 1 : 0;
}

static int
succeed(const struct strv *argv, const struct shell_place *place)
{
	(void)argv;
	(void)place;
	return 0;
}

static int
fail(const struct strv *argv, const struct shell_place *place)
{
	(void)argv;
	(void)place;
	return 1;
}

/* Only at the end of a pipe: there it ends nothing but itself. */
static int
leave(const struct strv *argv, const struct shell_place *place)
{
	(void)place;
	return argv->count > 1 ? shell_exit_status(argv->items[1]) : 0;
}

int
shell_exit_status(const char *text)
{
	uint64_t status;

	if (num_parse(text, 255, &status, NULL) < 0)
		return complain("exit", text, "not a status up to 255");
	return (int)status;
}

static int
echo(const struct strv *argv, const struct shell_place *place)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	bool newline = argv->count < 2 || strcmp(argv->items[1], "-n") != 0;
	size_t first = newline ? 1 : 2;
	size_t i;

	(void)place;
	buf_init(&text, OUTPUT_MAX);
	for (i = first; i < argv->count; i++)
		buf_addf(&text, "%s%s", i > first ? " " : "", argv->items[i]);
	if (newline)
		buf_addc(&text, '\n');
	return print(&text);
}

/* Behind a backslash; returns where to go on. */
static const char *
add_escape(const char *at, struct buf *ret)
{
	static const char names[] = "abfnrtv\\";
	static const char values[] = "\a\b\f\n\r\t\v\\";
	const char *found = *at ? strchr(names, *at) : NULL;
	unsigned value = 0;
	int digits = 0;

	if (found) {
		buf_addc(ret, values[found - names]);
		return at + 1;
	}
	for (; digits < 3 && *at >= '0' && *at <= '7'; at++, digits++)
		value = value * 8 + (unsigned)(*at - '0');
	buf_addc(ret, digits ? (char)value : '\\');
	return at;
}

/* One pass over the format; `arg` goes along the words. */
static int
add_formatted(const struct strv *argv, size_t *arg, struct buf *ret)
{
	const char *at = argv->items[1];

	while (*at) {
		char c = *at++;

		if (c == '\\') {
			at = add_escape(at, ret);
			continue;
		}
		if (c != '%' || *at == '%') {
			buf_addc(ret, c);
			at += c == '%';
			continue;
		}
		if (!*at || !strchr("sdic", *at))
			return complain("printf", argv->items[1],
				"only %s, %d, %c and %% are known");
		if (*arg < argv->count && *at == 'c')
			buf_add(ret, argv->items[*arg],
				*argv->items[*arg] != '\0');
		else if (*arg < argv->count)
			buf_adds(ret, argv->items[*arg]);
		else if (strchr("di", *at))
			buf_addc(ret, '0');
		(*arg)++;
		at++;
	}
	return 0;
}

/* The format again and again until no word is left, as POSIX says. */
static int
print_formatted(const struct strv *argv, const struct shell_place *place)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	size_t arg = 2, before;
	int status;

	(void)place;
	if (argv->count < 2)
		return complain("printf", "no format", "");
	buf_init(&text, OUTPUT_MAX);
	do {
		before = arg;
		status = add_formatted(argv, &arg, &text);
	} while (status == 0 && arg > before && arg < argv->count);
	return status ? status : print(&text);
}

static int
copy_to_stdout(int fd, const char *name)
{
	autoerror err = { 0 };
	uint64_t copied;

	if (fs_copy_data(fd, STDOUT_FILENO, UINT64_MAX, &copied, &err) < 0)
		return complain("cat", name, err.text);
	return 0;
}

static int
cat(const struct strv *argv, const struct shell_place *place)
{
	int status = 0;
	size_t i;

	if (argv->count == 1)
		return copy_to_stdout(STDIN_FILENO, "stdin");
	for (i = 1; i < argv->count; i++) {
		autoclose int fd = -1;
		autoerror err = { 0 };

		if (strcmp(argv->items[i], "-") == 0)
			status |= copy_to_stdout(STDIN_FILENO, "stdin");
		else if (shell_open(place, argv->items[i],
				 O_RDONLY | O_NONBLOCK, &fd, &err) < 0)
			status = complain("cat", argv->items[i], err.text);
		else
			status |= copy_to_stdout(fd, argv->items[i]);
	}
	return status;
}

static int
wait_a_while(const struct strv *argv, const struct shell_place *place)
{
	autofree char *text = NULL;
	size_t last;
	int64_t ns;

	(void)place;
	if (argv->count != 2)
		return complain("sleep", "one time is wanted", "");
	last = strlen(argv->items[1]);
	last = last ? last - 1 : 0;
	text = mem_printf("%s%s", argv->items[1],
		strchr("0123456789.", argv->items[1][last]) ? "s" : "");
	if (num_parse_duration(text, &ns, NULL) < 0 || ns < 0)
		return complain("sleep", argv->items[1], "not a time");
	(void)poll(NULL, 0, (int)(ns / 1000000 > INT32_MAX
			? INT32_MAX : ns / 1000000));
	return 0;
}

static const struct shell_builtin builtins[] = {
	{ ":", succeed },
	{ "[", shell_test },
	{ "cat", cat },
	{ "cd", succeed },
	{ "echo", echo },
	{ "exit", leave },
	{ "false", fail },
	{ "printf", print_formatted },
	{ "sleep", wait_a_while },
	{ "test", shell_test },
	{ "true", succeed },
};

const struct shell_builtin *
shell_find_builtin(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(builtins); i++)
		if (strcmp(builtins[i].name, name) == 0)
			return &builtins[i];
	return NULL;
}
