/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/expand.h"

/* What a word becomes; `error` instead when it is refused. */
struct expansion {
	const char *word;
	const char *result;
	const char *error;
};

static struct strv *
variables(void)
{
	static char *items[] = {
		(char *)(uintptr_t)"PWD=/tmp", (char *)(uintptr_t)"A=first",
		(char *)(uintptr_t)"A=a b", (char *)(uintptr_t)"EMPTY=",
		(char *)(uintptr_t)"SHELL=bash",
		(char *)(uintptr_t)"FILE=/usr/lib/x.tar.gz",
		(char *)(uintptr_t)"KOREAN=\xed\x95\x9c\xea\xb5\xad",
		(char *)(uintptr_t)"STAR=*", (char *)(uintptr_t)"LINES=ab\ncd",
		NULL,
	};
	static struct strv vars = { items, ARRAY_SIZE(items) - 1, 0 };

	return &vars;
}

static int
expand_as(const char *word, char escape, char **ret, struct error *err)
{
	struct expand_env env = { .vars = variables(), .escape = escape };

	return expand_word(word, &env, ret, err);
}

static void
check(const struct expansion *e, char escape)
{
	autoerror err = { 0 };
	char *result = NULL;
	int r;

	r = expand_as(e->word, escape, &result, &err);
	if (e->error) {
		if (r == 0)
			print_error("'%s' gave '%s'\n", e->word, result);
		assert_fails(r, &err, EINVAL, e->error);
		return;
	}
	assert_ok(r, &err);
	if (strcmp(result, e->result) != 0)
		print_error("'%s'\n", e->word);
	assert_text(result, e->result);
}

static void
quotes_are_removed(void **state)
{
	static const struct expansion table[] = {
		{ "", "", NULL },
		{ "plain", "plain", NULL },
		{ "'a b'", "a b", NULL },
		{ "'$A'", "$A", NULL },
		{ "\"$A\"", "a b", NULL },
		{ "\"it's\"", "it's", NULL },
		{ "'say \"x\"'", "say \"x\"", NULL },
		{ "a''b\"\"c", "abc", NULL },
		{ "\"abc\\tdef\"", "abc\\tdef", NULL },
		{ "\"a\\\"b\"", "a\"b", NULL },
		{ "\"a\\$b\\\\\"", "a$b\\", NULL },
		{ "a\\tb", "atb", NULL },
		{ "a\\ b", "a b", NULL },
		{ "\\$A", "$A", NULL },
		{ "end\\", "end", NULL },
		{ "end\\\\", "end\\", NULL },
		{ "it's", NULL, "looking for matching single-quote" },
		{ "say \"x", NULL, "looking for matching double-quote" },
		{ "\"x\\\"", NULL, "looking for matching double-quote" },
		{ "\"$A", NULL, "failed to process \"\"$A\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		check(&table[i], '\\');
}

static void
the_escape_may_be_a_backtick(void **state)
{
	static const struct expansion table[] = {
		{ "c:\\a\\$SHELL", "c:\\a\\bash", NULL },
		{ "`$SHELL", "$SHELL", NULL },
		{ "\"`\"\"", "\"", NULL },
		{ "``", "`", NULL },
		{ "${STAR#`*}", "", NULL },
		{ "${STAR#\\*}", "*", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		check(&table[i], '`');
}

static void
names_have_values(void **state)
{
	static const struct expansion table[] = {
		{ "$PWD/x", "/tmp/x", NULL },
		{ "${PWD}x", "/tmpx", NULL },
		{ "$A", "a b", NULL },
		{ "$NONE", "", NULL },
		{ "x${NONE}y", "xy", NULL },
		{ "$", "$", NULL },
		{ "a$", "a$", NULL },
		{ "$.", "$.", NULL },
		{ "$/x", "$/x", NULL },
		{ "$1$22x$@$*$#$?$-$$$!$0", "x", NULL },
		{ "$001aaa", "aaa", NULL },
		{ "${#}", "", NULL },
		{ "$pwd", "", NULL },
		{ "$KOREAN.", "\xed\x95\x9c\xea\xb5\xad.", NULL },
		{ "$KOREAN\xed\x95\x9c", "", NULL },
		{ "$SHELL\xe2\x80\x94x", "bash\xe2\x80\x94x", NULL },
		{ "$SHELL\xff", "bash\xff", NULL },
		{ "${}", NULL, "bad substitution" },
		{ "${:}", NULL, "bad substitution" },
		{ "${{x}", NULL, "bad substitution" },
		{ "${", NULL, "syntax error: missing '}'" },
		{ "${A", NULL, "syntax error: missing '}'" },
		{ "${A:", NULL, "syntax error: missing '}'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		check(&table[i], '\\');
}

static void
modifiers_choose(void **state)
{
	static const struct expansion table[] = {
		{ "${SHELL:-x}", "bash", NULL },
		{ "${NONE:-x}", "x", NULL },
		{ "${NONE-x}", "x", NULL },
		{ "${EMPTY:-x}", "x", NULL },
		{ "${EMPTY-x}", "", NULL },
		{ "${NONE:-$SHELL}", "bash", NULL },
		{ "${NONE:-${EMPTY:-'a b'}}", "a b", NULL },
		{ "${NONE:-\\}}", "}", NULL },
		{ "${SHELL:+x}", "x", NULL },
		{ "${NONE:+x}", "", NULL },
		{ "${EMPTY:+x}", "", NULL },
		{ "${EMPTY+x}", "x", NULL },
		{ "${SHELL:?no}", "bash", NULL },
		{ "${EMPTY?no}", "", NULL },
		{ "${NONE:?give one}", NULL, "NONE: give one" },
		{ "${NONE?}", NULL, "NONE: is not allowed to be unset" },
		{ "${NONE:?}", NULL, "NONE: is not allowed to be unset" },
		{ "${EMPTY:?}", NULL, "EMPTY: is not allowed to be empty" },
		{ "${A:=x}", NULL, "unsupported modifier (:=) in substitution" },
		{ "${A=x}", NULL, "unsupported modifier (=)" },
		{ "${A^}", NULL, "unsupported modifier (^)" },
		{ "${A,,}", NULL, "unsupported modifier (,)" },
		{ "${A@Q}", NULL, "unsupported modifier (@)" },
		{ "${A:1:2}", NULL, "unsupported modifier (:1)" },
		{ "${A:#x}", NULL, "unsupported modifier (:#)" },
		{ "${A:%x}", NULL, "unsupported modifier (:%)" },
		{ "${!A}", NULL, "unsupported modifier (A)" },
		{ "${#A}", NULL, "unsupported modifier (A)" },
		{ "${NONE:-x", NULL, "syntax error: missing '}'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		check(&table[i], '\\');
}

static void
patterns_cut(void **state)
{
	static const struct expansion table[] = {
		{ "${FILE#*/}", "usr/lib/x.tar.gz", NULL },
		{ "${FILE##*/}", "x.tar.gz", NULL },
		{ "${FILE%.*}", "/usr/lib/x.tar", NULL },
		{ "${FILE%%.*}", "/usr/lib/x", NULL },
		{ "${FILE%/*}", "/usr/lib", NULL },
		{ "${FILE#nothing}", "/usr/lib/x.tar.gz", NULL },
		{ "${FILE#$NONE}", "/usr/lib/x.tar.gz", NULL },
		{ "${FILE#/???}", "/lib/x.tar.gz", NULL },
		{ "${KOREAN#?}", "\xea\xb5\xad", NULL },
		{ "${KOREAN%?}", "\xed\x95\x9c", NULL },
		{ "${SHELL#[b]}", "bash", NULL },
		{ "${STAR#\\*}", "", NULL },
		{ "${SHELL#\\*}", "bash", NULL },
		{ "${LINES#*c}", "ab\ncd", NULL },
		{ "${LINES##*}", "\ncd", NULL },
		{ "${NONE#x}", "", NULL },
		{ "${SHELL#\\b}", NULL, "invalid escape '\\b'" },
		{ "${SHELL#b\\", NULL, "syntax error: missing '}'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		check(&table[i], '\\');
}

static void
patterns_replace(void **state)
{
	static const struct expansion table[] = {
		{ "${FILE/\\//-}", "-usr/lib/x.tar.gz", NULL },
		{ "${FILE//\\//-}", "-usr-lib-x.tar.gz", NULL },
		{ "${FILE//\\//\\/}", "\\/usr\\/lib\\/x.tar.gz", NULL },
		{ "${SHELL/a*/X}", "bX", NULL },
		{ "${SHELL/?/$A}", "a bash", NULL },
		{ "${SHELL//?/.}", "....", NULL },
		{ "${SHELL//*/X}", "X", NULL },
		{ "${SHELL/z/X}", "bash", NULL },
		{ "${SHELL/$EMPTY/ww}", "wwbash", NULL },
		{ "${SHELL//$EMPTY/-}", "-b-a-s-h-", NULL },
		{ "${SHELL//a/$1}", "bsh", NULL },
		{ "${SHELL/a/}", "bsh", NULL },
		{ "${SHELL//a*b/X}", "bash", NULL },
		{ "${NONE/a/b}", "", NULL },
		{ "${SHELL//ww}", NULL, "syntax error: missing '/' in ${}" },
		{ "${SHELL/a/b", NULL, "syntax error: missing '}'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		check(&table[i], '\\');
}

static void
words_are_split_after_expansion(void **state)
{
	struct strv unset = { 0 };
	struct expand_env env = { .vars = variables(), .escape = '\\',
		.ret_unset = &unset };
	cleanup_value(strv_release) struct strv words = { 0 };
	autofree char *joined = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_ok(expand_words(" 80  $A \"$A\" c\\ d '' $NONE x$A ", &env,
			  &words, &err),
		&err);
	joined = strv_join(&words, "|");
	assert_string_equal(joined, "80|a|b|a b|c d|xa|b");
	assert_int_equal(unset.count, 1);
	assert_string_equal(unset.items[0], "NONE");
	strv_release(&unset);
	assert_fails(expand_words("'x", &env, &words, &err), &err, EINVAL,
		"single-quote");
}

static void
heredocs_keep_quotes(void **state)
{
	struct expand_env env = { .vars = variables(), .escape = '\\' };
	autoerror err = { 0 };
	char *text = NULL;

	(void)state;
	assert_ok(expand_heredoc("\"q\" '$SHELL' it's \\$A \\\\ \\n\n${NONE:-d}\n",
			  &env, &text, &err),
		&err);
	assert_text(text, "\"q\" 'bash' it's $A \\ n\nd\n");
	assert_fails(expand_heredoc("${A", &env, &text, &err), &err, EINVAL,
		"missing '}'");
}

static char *
repeated(const char *part, size_t count, const char *end)
{
	cleanup_value(buf_release) struct buf text = { 0 };

	buf_init(&text, MiB(64));
	for (size_t i = 0; i < count; i++)
		buf_adds(&text, part);
	buf_adds(&text, end);
	return buf_steal(&text);
}

static void
limits_are_kept(void **state)
{
	autofree char *deep = repeated("${N:-", 101, "");
	autofree char *big = repeated("x", MiB(1) + 1, "");
	autofree char *pattern = repeated("x", 1025, "}");
	autofree char *word = mem_printf("${A#%s", pattern);
	autoerror err = { 0 };
	char *text = NULL;

	(void)state;
	assert_fails(expand_as(deep, '\\', &text, &err), &err, E2BIG,
		"nested deeper than 100");
	assert_fails(expand_as(big, '\\', &text, &err), &err, EFBIG,
		"the expanded text is larger");
	assert_fails(expand_as(word, '\\', &text, &err), &err, E2BIG,
		"longer than 1024 characters");
}

/* What would take a backtracking matcher longer than anybody waits. */
static void
hard_patterns_are_quick(void **state)
{
	autofree char *value = repeated("a", KiB(64), "");
	autofree char *var = mem_printf("V=%s", value);
	struct strv vars = { 0 };
	struct expand_env env = { .vars = &vars, .escape = '\\' };
	autoerror err = { 0 };
	char *text = NULL;

	(void)state;
	strv_add(&vars, var);
	assert_ok(expand_word("${V//*a*a*a*a*a*b/x}", &env, &text, &err),
		&err);
	assert_text(text, value);
	assert_ok(expand_word("${V%%*b*a*a*a}", &env, &text, &err), &err);
	assert_text(text, value);
	strv_release(&vars);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_are_removed),
		cmocka_unit_test(the_escape_may_be_a_backtick),
		cmocka_unit_test(names_have_values),
		cmocka_unit_test(modifiers_choose),
		cmocka_unit_test(patterns_cut),
		cmocka_unit_test(patterns_replace),
		cmocka_unit_test(words_are_split_after_expansion),
		cmocka_unit_test(heredocs_keep_quotes),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(hard_patterns_are_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
