/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/cli.h"
#include "util/mem.h"

static struct {
	bool flag, other;
	const char *text;
	const char *optional;
	struct strv list;
	char called[32];
} opt;

static int
call(const char *text, struct error *err)
{
	if (strcmp(text, "bad") == 0)
		return error_set(err, ERANGE, "bad indeed");
	(void)snprintf(opt.called, sizeof(opt.called), "%s", text);
	return 0;
}

static const struct option_spec options[] = {
	{ 'f', "flag", NULL, "a flag", OPT_FLAG, &opt.flag },
	{ 'o', "other", NULL, "another", OPT_FLAG, &opt.other },
	{ 't', "text", "TEXT", "a text", OPT_STRING, &opt.text },
	{ 'l', "list", "ITEM", "a list", OPT_LIST, &opt.list },
	{ 0, "optional", "WORD", "with or without", OPT_OPTIONAL,
		&opt.optional },
	{ 0, "old", "WORD", "no longer", OPT_IGNORED },
	{ 0, "call", "WORD", "calls", OPT_CALL, NULL, call },
	{ 0, "bare", NULL, "calls too", OPT_CALL, NULL, call },
	{ 0 },
};

static const struct option_spec global[] = {
	{ 0, "global", "WORD", "of all", OPT_STRING, &opt.text, NULL,
		"one|two" },
	{ 0 },
};

/* Parses words separated by blanks; the operands come back joined by "+". */
static int
parse(const char *line, bool stop, char **ret, struct error *err)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	static struct strv kept;
	cleanup_value(strv_release) struct strv operands = { 0 };
	int r;

	strv_release(&opt.list);
	memset(&opt, 0, sizeof(opt));
	strv_split(&words, line, ' ');
	strv_release(&kept);
	strv_copy(&kept, &words);
	r = cli_parse(options, global, stop, (int)kept.count, kept.items,
		&operands, err);
	if (ret)
		*ret = strv_join(&operands, "+");
	return r;
}

static void
assert_fails(const char *line, const char *text)
{
	autoerror err = { 0 };

	assert_int_equal(parse(line, false, NULL, &err), -EINVAL);
	assert_string_equal(err.text, text);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

static void
all_spellings(void **state)
{
	autofree char *operands = NULL;

	(void)state;
	assert_int_equal(parse("-fo -t1 a --list x -l y --list=z b "
			       "--optional --global g",
				 false, &operands, NULL),
		0);
	assert_true(opt.flag);
	assert_true(opt.other);
	assert_string_equal(opt.text, "g");
	assert_int_equal(opt.list.count, 3);
	assert_string_equal(opt.list.items[2], "z");
	assert_string_equal(opt.optional, "");
	assert_string_equal(operands, "a+b");
}

static void
flags_are_true_or_false(void **state)
{
	(void)state;
	assert_int_equal(parse("--flag=true", false, NULL, NULL), 0);
	assert_true(opt.flag);
	assert_int_equal(parse("-f --no-flag", false, NULL, NULL), 0);
	assert_false(opt.flag);
	assert_int_equal(parse("-f --flag=false", false, NULL, NULL), 0);
	assert_false(opt.flag);
	assert_fails("--flag=maybe",
		"option '--flag' is true or false, not 'maybe'");
	assert_fails("--no-flag=1", "option '--no-flag' takes no value");
}

static void
options_end(void **state)
{
	autofree char *after = NULL;
	autofree char *stopped = NULL;
	autofree char *dash = NULL;

	(void)state;
	assert_int_equal(parse("a -- -f --flag", false, &after, NULL), 0);
	assert_string_equal(after, "a+-f+--flag");
	assert_false(opt.flag);
	assert_int_equal(parse("-f a -o b", true, &stopped, NULL), 0);
	assert_string_equal(stopped, "a+-o+b");
	assert_true(opt.flag);
	assert_false(opt.other);
	assert_int_equal(parse("- -f", false, &dash, NULL), 0);
	assert_string_equal(dash, "-");
}

static void
values_go_where_they_belong(void **state)
{
	(void)state;
	assert_int_equal(parse("--text --flag", false, NULL, NULL), 0);
	assert_string_equal(opt.text, "--flag");
	assert_int_equal(parse("--text=", false, NULL, NULL), 0);
	assert_string_equal(opt.text, "");
	assert_int_equal(parse("--optional=w --call c", false, NULL, NULL), 0);
	assert_string_equal(opt.optional, "w");
	assert_string_equal(opt.called, "c");
	assert_int_equal(parse("--old word", false, NULL, NULL), 0);
}

static void
mistakes_are_named(void **state)
{
	autoerror err = { 0 };

	(void)state;
	assert_fails("--txet",
		"unknown option '--txet', did you mean "
		"'--text'?");
	assert_fails("--globl=x",
		"unknown option '--globl', did you mean "
		"'--global'?");
	assert_fails("--something-else", "unknown option '--something-else'");
	assert_fails("-fx", "unknown option '-x'");
	assert_fails("-t", "option '-t' needs a value (TEXT)");
	assert_fails("--list", "option '--list' needs a value (ITEM)");
	assert_int_equal(parse("--call bad", false, NULL, &err), -ERANGE);
	assert_string_equal(err.text, "bad indeed");
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_fails("--bare=x", "option '--bare' takes no value");
}

static void
operands_are_counted(void **state)
{
	const struct command c = { .name = "save",
		.operands = "IMAGE FILE",
		.min_operands = 2,
		.max_operands = 2 };
	cleanup_value(strv_release) struct strv operands = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(cli_check_operands(&c, &operands, &err), -EINVAL);
	assert_string_equal(
		err.text, "'save' needs an operand: slipway save IMAGE FILE");
	strv_add(&operands, "a");
	assert_int_equal(cli_check_operands(&c, &operands, NULL), -EINVAL);
	strv_add(&operands, "b");
	assert_int_equal(cli_check_operands(&c, &operands, NULL), 0);
	strv_add(&operands, "c");
	assert_int_equal(cli_check_operands(&c, &operands, &err), -EINVAL);
	assert_string_equal(err.text, "'c' is one operand too many for 'save'");
}

static void
nearest_is_near(void **state)
{
	const char *const words[] = { "build", "push", "pull" };
	char longer[100] = "";

	(void)state;
	assert_string_equal(cli_nearest("biuld", words, 3), "build");
	assert_string_equal(cli_nearest("pul", words, 3), "pull");
	assert_string_equal(cli_nearest("upsh", words, 3), "push");
	assert_null(cli_nearest("xy", words, 3));
	assert_null(cli_nearest("frobnicate", words, 3));
	memset(longer, 'x', sizeof(longer) - 1);
	assert_null(cli_nearest(longer, words, 3));
}

static char *
printed_table(void)
{
	const char *const headings[] = { "NAME", "SIZE" };
	cleanup(cli_table_free) struct cli_table *t =
		cli_table_new(headings, 2);
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	cli_table_add(t, (const char *const[]){ "b\xc3\xa4r", "1" });
	cli_table_add(t, (const char *const[]){ "longer", "" });
	cli_table_print(to, t);
	(void)fclose(to);
	return text;
}

static void
tables_are_aligned(void **state)
{
	autofree char *text = printed_table();

	(void)state;
	assert_string_equal(text,
		"NAME     SIZE\n"
		"b\xc3\xa4r      1\n"
		"longer\n");
}

static const struct command one = {
	.name = "one",
	.operands = "[OPTIONS] X",
	.summary = "does one",
	.group = "All",
	.options = options,
	.max_operands = 1,
	.operand_values = "@image",
};
static const struct command two = {
	.name = "two words",
	.operands = "",
	.summary = "doesn't [much]",
	.group = "All",
	.options = global,
};
static const struct command hidden = {
	.name = "hidden",
	.operands = "",
	.summary = "is not seen",
	.options = options,
};
static const struct command *const commands[] = { &one, &two, &hidden, NULL };

static void
lists_come_from_the_tables(void **state)
{
	autofree char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	cli_print_tables(to, commands, global);
	cli_print_commands(to, commands, global);
	cli_print_help(to, &one, global);
	(void)fclose(to);
	assert_non_null(strstr(text, "one\t--text\tTEXT\none\t-t\tTEXT\n"));
	assert_non_null(strstr(text, "two words\t\t\n"));
	assert_non_null(strstr(text, "  two words         doesn't [much]\n"));
	assert_non_null(strstr(text, "  -t, --text TEXT             a text\n"));
	assert_null(strstr(text, "hidden"));
	assert_non_null(
		strstr(text, "      --old WORD              no longer\n"));
}

static void
every_shell_gets_a_script(void **state)
{
	const char *const shells[] = { "bash", "zsh", "fish" };
	autoerror err = { 0 };
	size_t i, len;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shells); i++) {
		autofree char *text = NULL;
		FILE *to = open_memstream(&text, &len);

		assert_int_equal(cli_print_completion(
					 to, shells[i], commands, global, NULL),
			0);
		(void)fclose(to);
		assert_non_null(strstr(text, "optional"));
		assert_null(strstr(text, "hidden"));
	}
	assert_int_equal(
		cli_print_completion(stdout, "csh", commands, global, &err),
		-EINVAL);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

static void
options_become_words_again(void **state)
{
	static const char *const except[] = { "text", NULL };
	cleanup_value(strv_release) struct strv words = { 0 };
	autofree char *operands = NULL;
	autofree char *joined = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(parse("-f -t x -l a --list=b --optional --call w y",
				 false, &operands, &err),
		0);
	cli_words(options, except, &words);
	joined = strv_join(&words, " ");
	assert_string_equal(joined, "--flag --list=a --list=b --optional=");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_spellings),
		cmocka_unit_test(flags_are_true_or_false),
		cmocka_unit_test(options_end),
		cmocka_unit_test(values_go_where_they_belong),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(operands_are_counted),
		cmocka_unit_test(nearest_is_near),
		cmocka_unit_test(tables_are_aligned),
		cmocka_unit_test(lists_come_from_the_tables),
		cmocka_unit_test(every_shell_gets_a_script),
		cmocka_unit_test(options_become_words_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
