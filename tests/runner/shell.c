/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/shell.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/scope.h"

static void
assert_splits(const char *text, const char *wanted)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	autofree char *joined = NULL;

	assert_int_equal(shell_split(text, &words, NULL), 0);
	joined = strv_join(&words, "|");
	assert_string_equal(joined, wanted);
}

static void
assert_refused(const char *text, const char *message)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	autoerror err = { 0 };

	assert_int_equal(shell_split(text, &words, &err), -EINVAL);
	assert_string_equal(err.text, message);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

static void
words(void **state)
{
	(void)state;
	assert_splits("", "");
	assert_splits("  a  b\tc ", "a|b|c");
	assert_splits("'a b' \"c d\" e\\ f", "a b|c d|e f");
	assert_splits("a'b'\"c\"d", "abcd");
	assert_splits("'' \"\"", "|");
	assert_splits("\"\\\"\\$\\`\\\\\\n\"", "\"$`\\\\n");
	assert_splits("'$(x) | \\'", "$(x) | \\");
	assert_splits("$HOME *.c #x", "$HOME|*.c|#x");
	assert_splits("a \\\n b\n", "a|b");
	assert_splits("a\n  -b\n  --c d\n\n", "a|-b|--c|d");
	assert_splits("\n a", "a");
	assert_splits("\"a\\\nb\"", "ab");
}

static void
what_needs_a_shell(void **state)
{
	(void)state;
	assert_refused("a | b", "'|' needs a shell");
	assert_refused("a&&b", "'&' needs a shell");
	assert_refused("a; b", "';' needs a shell");
	assert_refused("a >f", "'>' needs a shell");
	assert_refused("a <f", "'<' needs a shell");
	assert_refused("(a)", "'(' needs a shell");
	assert_refused("a `b`", "'`' needs a shell");
	assert_refused("a \"$(b)\"", "'$(' needs a shell");
	assert_refused("a\nb", "a second line needs a shell");
	assert_refused("a 'b", "a single quote is never closed");
	assert_refused("a \"b", "a double quote is never closed");
	assert_refused("a \\", "a '\\' is never closed");
}

/* The script as text again, everything explicit. */
static void
add_word(struct buf *b, const struct shell_word *w)
{
	size_t i;

	for (i = 0; i < w->count; i++) {
		const struct shell_part *p = &w->parts[i];

		buf_addf(b, "%s%s%s%s%s", p->quoted ? "\"" : "",
			p->is_variable ? "$" : "", p->text,
			p->otherwise ? "?" : "", p->quoted ? "\"" : "");
		if (p->otherwise)
			buf_adds(b, p->otherwise);
	}
}

static void
add_command(struct buf *b, const struct shell_command *c)
{
	static const char *const arrows[] = { "<", ">", ">>", ">&" };
	size_t i;

	for (i = 0; i < c->word_count; i++) {
		buf_addc(b, ' ');
		add_word(b, &c->words[i]);
	}
	for (i = 0; i < c->redirect_count; i++) {
		buf_addf(b, " %d%s", c->redirects[i].fd,
			arrows[c->redirects[i].direction]);
		if (c->redirects[i].direction == SHELL_SAME)
			buf_addf(b, "%d", c->redirects[i].other);
		add_word(b, &c->redirects[i].target);
	}
}

static void
assert_parses(const char *text, const char *wanted)
{
	static const char *const joins[] = { ";", "&&", "||" };
	cleanup(shell_free) struct shell_script *s = NULL;
	cleanup_value(buf_release) struct buf b = { 0 };
	autoerror err = { 0 };
	size_t i, n;

	buf_init(&b, 4096);
	if (shell_parse(text, &s, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	for (i = 0; i < s->count; i++) {
		buf_adds(&b, joins[s->pipelines[i].join]);
		for (n = 0; n < s->pipelines[i].count; n++) {
			buf_adds(&b, n ? " |" : "");
			add_command(&b, &s->pipelines[i].commands[n]);
		}
	}
	assert_string_equal(buf_text(&b), wanted);
}

static void
scripts(void **state)
{
	(void)state;
	assert_parses("", "");
	assert_parses(" \n ", "");
	assert_parses("a b", "; a b");
	assert_parses("a;b;", "; a; b");
	assert_parses("a&&b||c", "; a&& b|| c");
	assert_parses("a | b|c", "; a | b | c");
	assert_parses("a >x 2>>y <z", "; a 1>x 2>>y 0<z");
	assert_parses("a 2>&1 >&2", "; a 2>&1 1>&2");
	assert_parses("a 2 >x a2>y", "; a 2 a2 1>x 1>y");
	assert_parses(">x", "; 1>x");
	assert_parses("a\nb", "; a; b");
	assert_parses("a &&\n\n b", "; a&& b");
	assert_parses("a\n  --flag\n -x y\n", "; a --flag -x y");
	assert_parses("a \\\n b", "; a b");
	assert_parses("a #b", "; a #b");
}

static void
variables(void **state)
{
	(void)state;
	assert_parses("$a", "; $a");
	assert_parses("x$a.y", "; x$a.y");
	assert_parses("\"x $a_1\"", "; \"x \"\"$a_1\"\"\"");
	assert_parses("${a}b", "; $ab");
	assert_parses("${a:-b c}", "; $a?b c");
	assert_parses("'$a' \\$a", "; \"$a\" \"$\"a");
	assert_parses("$ $/ a$", "; $ $/ a$");
}

static void
assert_no_script(const char *text, const char *message)
{
	cleanup(shell_free) struct shell_script *s = NULL;
	autoerror err = { 0 };

	assert_int_equal(shell_parse(text, &s, &err), -EINVAL);
	assert_null(s);
	assert_string_equal(err.text, message);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

static void
no_scripts(void **state)
{
	(void)state;
	assert_no_script("a &", "'&' needs a shell");
	assert_no_script("(a)", "'(' needs a shell");
	assert_no_script("a $(b)", "'$(' needs a shell");
	assert_no_script("a \"`b`\"", "'`' needs a shell");
	assert_no_script("a $?", "'$?' needs a shell");
	assert_no_script("a ${b%c}", "this '${' needs a shell");
	assert_no_script("a ${b:-$c}", "what is behind ':-' needs a shell");
	assert_no_script("a ${b", "'${' is never closed");
	assert_no_script("a <<b", "'<<' needs a shell");
	assert_no_script("a >&3", "'>&' is followed by neither 1 nor 2");
	assert_no_script("; a", "';' has no command before it");
	assert_no_script("a && || b", "'||' has no command before it");
	assert_no_script("a &&", "an operator has no command behind it");
	assert_no_script("a |", "an operator has no command behind it");
	assert_no_script("a >", "a redirection has no file");
	assert_no_script("a > > b", "'>' has no file");
	assert_no_script("a > | b", "'|' stands where a file is expected");
	assert_no_script("a 'b", "a single quote is never closed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(what_needs_a_shell),
		cmocka_unit_test(scripts),
		cmocka_unit_test(variables),
		cmocka_unit_test(no_scripts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
