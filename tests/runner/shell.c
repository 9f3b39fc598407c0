/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/shell.h"
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(what_needs_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
