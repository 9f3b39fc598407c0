/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/shell-run.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/proc.h"

static struct strv env;
static char *top;
static int root = -1;

/* The command "list A B" prints "<A><B>"; any other ends with 7. */
static int
command(void *context, const struct strv *argv, const struct shell_place *p)
{
	size_t i;

	assert_string_equal(context, "context");
	(void)p;
	if (strcmp(argv->items[0], "list") != 0)
		return 7;
	for (i = 1; i < argv->count; i++)
		(void)dprintf(STDOUT_FILENO, "<%s>", argv->items[i]);
	return 0;
}

static int
run_in_child(const char *text, int out)
{
	cleanup(shell_free) struct shell_script *s = NULL;
	const struct shell_host host = {
		.place = { &env, "/workspace", root, "." },
		.command = command,
		.context = (void *)(uintptr_t)"context",
	};

	if (shell_parse(text, &s, NULL) < 0)
		return 99;
	(void)dup2(out, STDOUT_FILENO);
	(void)dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
	return shell_run(s, &host);
}

/* Its output and status, as "output|status". */
static char *
outcome(const char *text)
{
	cleanup_value(buf_release) struct buf output = { 0 };
	autoproc child = { 0 };
	struct proc_end end;
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	if (proc_fork(&child, NULL) == 0)
		_exit(run_in_child(text, fds[1]));
	(void)close(fds[1]);
	assert_int_equal(fs_read_fd(fds[0], MiB(1), &output, NULL), 0);
	(void)close(fds[0]);
	assert_int_equal(proc_wait(&child, -1, &end, NULL), 0);
	return mem_printf("%s|%d", buf_text(&output), proc_end_status(&end));
}

static void
assert_runs(const char *text, const char *wanted)
{
	autofree char *got = outcome(text);

	assert_string_equal(got, wanted);
}

static void
lists(void **state)
{
	(void)state;
	assert_runs("", "|0");
	assert_runs("other", "|7");
	assert_runs("true && echo a || echo b", "a\n|0");
	assert_runs("false && echo a || echo b", "b\n|0");
	assert_runs("false; echo a", "a\n|0");
	assert_runs("echo a; other", "a\n|7");
	assert_runs("other || false", "|1");
	assert_runs("echo a; exit 3; echo b", "a\n|3");
	assert_runs("other; exit", "|7");
	assert_runs("exit 4", "|4");
}

/* What only a variable says is no "cd" or "exit" of the script, nor is what
 * goes on behind them. */
static void
names(void **state)
{
	(void)state;
	strv_env_set(&env, "exit", "echo");
	assert_runs("$exit a; echo b", "a\nb\n|0");
	assert_runs("exit\"\"s; echo b", "b\n|0");
}

static void
words(void **state)
{
	(void)state;
	strv_env_set(&env, "TWO", "a  b");
	strv_env_set(&env, "NONE", "");
	assert_runs("list $TWO", "<a><b>|0");
	assert_runs("list \"$TWO\" x$TWO'y'", "<a  b><xa><by>|0");
	assert_runs("list $NONE \"$NONE\" ${NONE:-d e}", "<><d><e>|0");
	assert_runs("list $UNSET ${UNSET:-f}", "<f>|0");
	assert_runs("list '*' \\*", "<*><*>|0");
}

static void
files(void **state)
{
	(void)state;
	assert_runs("echo x >a.txt; echo y >b.txt; echo z >.c.txt", "|0");
	assert_runs("list *.txt", "<a.txt><b.txt>|0");
	assert_runs("list [!a].txt none* \"*.txt\"", "<b.txt><none*><*.txt>|0");
	assert_runs("cat a.txt b.txt", "x\ny\n|0");
	assert_runs("echo w >>a.txt; cat <a.txt", "x\nw\n|0");
	assert_runs("cat /workspace/b.txt | cat | cat", "y\n|0");
	assert_runs("cd sub && echo in >f && cat f; cd .. && cat sub/f",
		"in\nin\n|0");
	assert_runs("list s*/f", "<sub/f>|0");
	assert_runs("cd sub && list *", "<f>|0");
	assert_runs("echo lost >/dev/null", "|0");
	assert_runs("other 2>&1 | cat", "|0");
}

/* Nothing beyond the root is read or written, by name or by link. */
static void
beyond(void **state)
{
	(void)state;
	assert_int_equal(symlinkat("/", root, "out"), 0);
	assert_runs("cat ../x", "|2");
	assert_runs("cat /etc/passwd", "|2");
	assert_runs("echo x >out/evil", "|2");
	assert_runs("cat <out/etc/passwd", "|2");
	assert_runs("cd out && echo in", "|2");
	assert_runs("cd .. && echo in", "|2");
	assert_runs("list out/*", "<out/*>|0");
}

static void
builtins(void **state)
{
	(void)state;
	assert_runs("echo -n a b", "a b|0");
	assert_runs("printf '%s-%d\\n' a 1 b 2", "a-1\nb-2\n|0");
	assert_runs("printf 'a\\tb%%\\101'", "a\tb%A|0");
	assert_runs("printf %x 1", "|2");
	assert_runs("test a = a && [ 1 -lt 2 ] && [ ! -z x ] && echo y",
		"y\n|0");
	assert_runs("[ a = b ]", "|1");
	assert_runs("[ 1 -ge 2 ]", "|1");
	assert_runs("[ a -eq 1 ]", "|2");
	assert_runs("[ a", "|2");
	assert_runs("[ -d sub ] && [ -f a.txt ] && [ ! -e gone ]", "|0");
	assert_runs("sleep 0.001 && : && echo z", "z\n|0");
	assert_runs("sleep x", "|2");
	assert_runs("exit x", "|2");
}

static int
set_up(void **state)
{
	(void)state;
	top = mem_printf("%s/shell-run.XXXXXX", getenv("TMPDIR")
			? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(top));
	root = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return mkdirat(root, "sub", 0755);
}

static int
tear_down(void **state)
{
	(void)state;
	strv_release(&env);
	(void)close(root);
	(void)fs_remove_tree(AT_FDCWD, top, NULL);
	free(top);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(names),
		cmocka_unit_test(words),
		cmocka_unit_test(files),
		cmocka_unit_test(beyond),
		cmocka_unit_test(builtins),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
