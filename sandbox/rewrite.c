/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/rewrite.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/rewrite-call.h"
#include "sandbox/rewrite-regs.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

/* As the kernel: BINPRM_BUF_SIZE, and four scripts of scripts. */
#define LINE_MAX_SIZE 256
#define DEPTH_MAX 5

bool
rewrite_is_supported(void)
{
	return rewrite_arch != 0;
}

int
rewrite_attach(pid_t pid, struct error *err)
{
	const unsigned long options = PTRACE_O_TRACESECCOMP |
		PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
		PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;

	if (ptrace(PTRACE_SEIZE, pid, NULL, options) < 0)
		return error_errno(err, "cannot trace the program, to start an "
			"emulator for it");
	return 0;
}

/* The beginning of a file that may be executed; NULs up to `size`. */
static int
read_head(const char *path, char *ret, size_t size)
{
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int fd = -1;
	struct stat st;
	int r;

	memset(ret, 0, size);
	r = fs_open_in(root, path, FS_IN_ROOT, O_RDONLY | O_NONBLOCK, 0, &fd,
		NULL);
	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		!(st.st_mode & 0111))
		return -EACCES;
	return pread(fd, ret, size - 1, 0) < 0 ? -errno : 0;
}

/* "#!/bin/sh -e": the interpreter and, as one word, the rest. */
static bool
parse_script(char *head, struct strv *ret)
{
	char *name, *rest;

	if (strncmp(head, "#!", 2) != 0)
		return false;
	head[strcspn(head, "\n")] = '\0';
	name = head + 2 + strspn(head + 2, " \t");
	rest = name + strcspn(name, " \t");
	if (*rest)
		*rest++ = '\0';
	rest += strspn(rest, " \t");
	for (size_t len = strlen(rest); len && strchr(" \t", rest[len - 1]);)
		rest[--len] = '\0';
	strv_add(ret, name);
	if (*rest)
		strv_add(ret, rest);
	return *name != '\0';
}

/* What the kernel would make of a script: its interpreter's words, and then
 * the path of the script in the place of argv[0]. */
static bool
put_interpreter_first(char *head, struct strv *words)
{
	cleanup_value(strv_release) struct strv all = { 0 };

	if (!parse_script(head, &all))
		return false;
	strv_add_all(&all, words);
	strv_release(words);
	*words = all;
	all = (struct strv){ 0 };
	return true;
}

/* `words` begin with the file itself. */
static bool
find_program(const struct machine *m, struct strv *words)
{
	char head[LINE_MAX_SIZE];
	int depth;

	for (depth = 0; depth < DEPTH_MAX; depth++) {
		if (read_head(words->items[0], head, sizeof(head)) < 0)
			return false;
		if (machine_fits(m, (const uint8_t *)head))
			return true;
		if (!put_interpreter_first(head, words))
			return false;
	}
	return false;
}

/* A script's $0 is the path that was given, not where we found it. */
static void
use_given_name(struct strv *words, const char *name)
{
	strv_remove(words, words->count - 1);
	strv_add(words, name);
}

/* qemu's -0 is what the program finds in its argv[0]. */
static void
rewrite(const struct machine *m, pid_t pid)
{
	cleanup_value(rewrite_call_release) struct rewrite_call c = { 0 };
	cleanup_value(strv_release) struct strv words = { 0 };
	cleanup_value(strv_release) struct strv all = { 0 };
	autofree char *name = NULL;

	if (rewrite_call_read(pid, &c) < 0)
		return;
	strv_add(&words, c.path);
	if (!find_program(m, &words))
		return;
	use_given_name(&words, c.shown);
	name = words.count > 1 ? mem_strdup(words.items[0]) :
		rewrite_call_name(&c);
	strv_add(&all, REWRITE_QEMU);
	strv_add(&all, "-0");
	strv_add(&all, name);
	strv_add_all(&all, &words);
	(void)rewrite_call_change(&c, &all);
}

/* Job control: it stays stopped until it is told to go on, ptrace(2). */
static bool
is_group_stop(int status)
{
	int signal = WSTOPSIG(status);

	return status >> 16 == PTRACE_EVENT_STOP &&
		(signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN ||
			signal == SIGTTOU);
}

bool
rewrite_handle(const struct machine *m, pid_t pid, int status)
{
	int event = status >> 16;
	long signal = event ? 0 : WSTOPSIG(status);

	if (event == PTRACE_EVENT_SECCOMP)
		rewrite(m, pid);
	if (is_group_stop(status))
		(void)ptrace(PTRACE_LISTEN, pid, NULL, NULL);
	else
		(void)ptrace(PTRACE_CONT, pid, NULL, (void *)signal);
	return event == PTRACE_EVENT_EXEC;
}
