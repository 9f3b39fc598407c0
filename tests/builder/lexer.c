/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/heredoc.h"
#include "builder/lexer.h"
#include "builder/words.h"

#define autoline cleanup_value(lexer_line_release) struct lexer_line

static struct lexer
begin(const char *text)
{
	struct lexer l;

	lexer_init(&l, "Dockerfile", text, strlen(text));
	return l;
}

static void
expect(struct lexer *l, const char *text, int line, int last_line)
{
	autoline got = { 0 };
	int number, column;

	assert_int_equal(lexer_next(l, &got), 1);
	assert_string_equal(got.text, text);
	lexer_place_of(&got, 0, &number, &column);
	assert_int_equal(number, line);
	assert_int_equal(got.last_line, last_line);
}

static void
expect_end(struct lexer *l)
{
	autoline got = { 0 };

	assert_int_equal(lexer_next(l, &got), 0);
	assert_null(got.text);
}

static void
lines_are_joined(void **state)
{
	struct lexer l = begin("\xef\xbb\xbf"
			       "  RUN echo \"l1 \\\n  l2\"  \r\n"
			       "A \\ \t\n# comment \\\n\n  # more\nB\n"
			       "C \\\\\nD \\\\\\\n"
			       "\\\n  E\n"
			       "F \\");

	(void)state;
	expect(&l, "RUN echo \"l1   l2\"", 1, 2);
	expect(&l, "A B", 3, 7);
	expect(&l, "C \\\\", 8, 8);
	expect(&l, "D \\\\\\", 9, 9);
	expect(&l, "  E", 11, 11);
	expect(&l, "F", 12, 12);
	expect_end(&l);
}

static void
a_backtick_continues_when_asked_to(void **state)
{
	struct lexer l = begin("A c:\\\nB `\nC\n");

	(void)state;
	l.escape = '`';
	expect(&l, "A c:\\", 1, 1);
	expect(&l, "B C", 2, 3);
	expect_end(&l);
}

static void
nothing_is_no_line(void **state)
{
	struct lexer empty = begin("");
	struct lexer blank = begin("\n  \n# only\n\\\n");

	(void)state;
	expect_end(&empty);
	expect_end(&blank);
}

static void
comments_belong_to_what_follows(void **state)
{
	struct lexer l = begin("# far\n\n# near  \n#  one more\nA\n"
			       "# lost\n#\n# kept\nB \\\n\nC\nD\n");
	autoline a = { 0 };
	autoline b = { 0 };
	autoline d = { 0 };

	(void)state;
	assert_int_equal(lexer_next(&l, &a), 1);
	assert_int_equal(a.comments.count, 2);
	assert_string_equal(a.comments.items[0], "near");
	assert_string_equal(a.comments.items[1], "one more");
	assert_false(a.has_blank_line);
	assert_int_equal(lexer_next(&l, &b), 1);
	assert_int_equal(b.comments.count, 1);
	assert_string_equal(b.comments.items[0], "kept");
	assert_true(b.has_blank_line);
	assert_int_equal(lexer_next(&l, &d), 1);
	assert_int_equal(d.comments.count, 0);
}

static void
every_byte_has_its_place(void **state)
{
	struct lexer l = begin("\n\t RUN a \\\n# c\n   bc\n");
	autoline line = { 0 };
	autoerror err = { 0 };
	int number, column;

	(void)state;
	assert_int_equal(lexer_next(&l, &line), 1);
	assert_string_equal(line.text, "RUN a    bc");
	lexer_place_of(&line, 4, &number, &column);
	assert_int_equal(number, 2);
	assert_int_equal(column, 7);
	lexer_place_of(&line, 9, &number, &column);
	assert_int_equal(number, 4);
	assert_int_equal(column, 4);

	(void)error_set(&err, EINVAL, "bad");
	assert_int_equal(lexer_fail(&l, &line, 4, &err), -EINVAL);
	assert_string_equal(err.text, "Dockerfile:2:7: bad");
	assert_string_equal(err.hint, "\t RUN a \\\n\t     ^");
	assert_int_equal(err.kind, ERROR_REQUEST);
}

static void
excerpts_are_short_and_harmless(void **state)
{
	char text[400];
	autoerror err = { 0 };

	(void)state;
	memset(text, 'x', sizeof(text));
	text[150] = '\033';
	(void)error_set(&err, EINVAL, "bad");
	(void)lexer_place_error("f", text, sizeof(text), 1, 160, &err);
	assert_int_equal(strcspn(err.hint, "\n"), 120);
	assert_null(strchr(err.hint, '\033'));
	assert_string_equal(err.text, "f:1:160: bad");
	error_release(&err);

	(void)error_set(&err, EINVAL, "bad");
	(void)lexer_place_error("f", "a\xc3\xa4z", 4, 1, 4, &err);
	assert_string_equal(err.hint, "a\xc3\xa4z\n  ^");
}

static void
check_directives(const char *text, char escape, const char *syntax,
	const char *check)
{
	cleanup_value(lexer_directives_release) struct lexer_directives d = {
		0
	};
	struct lexer l = begin(text);
	autoerror err = { 0 };

	assert_ok(lexer_read_directives(&l, &d, &err), &err);
	assert_int_equal(d.escape, escape);
	assert_int_equal(!d.syntax, !syntax);
	assert_int_equal(!d.check, !check);
	if (syntax)
		assert_string_equal(d.syntax, syntax);
	if (check)
		assert_string_equal(d.check, check);
}

static void
directives_stand_at_the_top(void **state)
{
	(void)state;
	check_directives("FROM x\n", '\\', NULL, NULL);
	check_directives("# escape=`\nFROM x\n", '`', NULL, NULL);
	check_directives(" # EsCaPe = `  \r\n#syntax=a b\n", '`', "a b", NULL);
	check_directives("#check=skip=all;error=true\n", '\\', NULL,
		"skip=all;error=true");
	check_directives("# other=x\n# escape=`\n", '\\', NULL, NULL);
	check_directives("# words\n# escape=`\n", '\\', NULL, NULL);
	check_directives("\n# escape=`\n", '\\', NULL, NULL);
	check_directives("# syntax=\n# escape=`\n", '\\', NULL, NULL);
	check_directives("#!/bin/x\n# escape=`\n# syntax=s\n", '\\', "s",
		NULL);
}

static void
wrong_directives_are_refused(void **state)
{
	struct lexer_directives d;
	struct lexer twice = begin("# syntax=a\n# Syntax=b\n");
	struct lexer letter = begin("# escape=x\n");
	autoerror err = { 0 };

	(void)state;
	assert_fails(lexer_read_directives(&twice, &d, &err), &err, EINVAL,
		"Dockerfile:2:1: only one Syntax parser directive can be used");
	assert_fails(lexer_read_directives(&letter, &d, &err), &err, EINVAL,
		"Dockerfile:1:1: invalid escape token 'x'");
}

static void
check_words(void (*split)(const char *, struct strv *), const char *text,
	const char *joined)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	autofree char *got = NULL;

	split(text, &words);
	got = strv_join(&words, "|");
	assert_string_equal(got, joined);
}

static void
split_quoted(const char *text, struct strv *ret)
{
	words_split_quoted(text, '\\', ret);
}

static void
words_are_split(void **state)
{
	(void)state;
	check_words(words_split, " a  \"b c\"\td\\ e ", "a|\"b|c\"|d\\|e");
	check_words(words_split, "", "");
	check_words(split_quoted, "a=\"b c\" 'd \\' e\\ f \"g\\\" h\" i",
		"a=\"b c\"|'d \\'|e\\ f|\"g\\\" h\"|i");
	check_words(split_quoted, "a 'b c", "a|'b c");
	check_words(split_quoted, "a=''  \"\"", "a=''|\"\"");
}

static void
json_is_recognised(void **state)
{
	static const char *const not_json[] = { "", "[", "['a']", "[\"a\"] x",
		"[\"c:\\windows\"]", "\"a\"", "{\"a\":1}", "[\"a\",]",
		"[\"a\nb\"]" };
	static const char *const not_texts[] = { "[1]", "[\"a\", [\"b\"]]",
		"[null]", "[true]", "[{}]" };
	cleanup_value(strv_release) struct strv words = { 0 };
	autofree char *joined = NULL;
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(not_json); i++)
		assert_int_equal(words_split_json(not_json[i], &words, &err),
			0);
	for (size_t i = 0; i < ARRAY_SIZE(not_texts); i++)
		assert_fails(words_split_json(not_texts[i], &words, &err),
			&err, EINVAL, "arrays must be comprised of strings");
	assert_int_equal(words.count, 0);
	assert_int_equal(words_split_json("[]", &words, &err), 1);
	assert_int_equal(words_split_json(" [\"a b\", \"\\/\\u00e4\", \"\"]",
				 &words, &err),
		1);
	joined = strv_join(&words, "|");
	assert_string_equal(joined, "a b|/\xc3\xa4|");
}

static void
flags_are_taken(void **state)
{
	const char *text = "--a=1 --b=\"x y\"'z' --c=\\\" -- --d rest";
	const char *none = "-a --b";
	char *flag;

	(void)state;
	assert_text(words_take_flag(&text, '\\'), "--a=1");
	assert_text(words_take_flag(&text, '\\'), "--b=x yz");
	assert_text(words_take_flag(&text, '\\'), "--c=\"");
	assert_null(words_take_flag(&text, '\\'));
	assert_string_equal(text, "--d rest");
	flag = words_take_flag(&none, '\\');
	assert_null(flag);
	assert_string_equal(none, "-a --b");
}

/* What stands in `text` as "name fd tabs expand|..." */
static void
check_heredocs(const char *text, const char *expected)
{
	struct heredoc *found;
	cleanup_value(buf_release) struct buf got = { 0 };
	size_t count;

	heredoc_find(text, &found, &count, NULL, NULL);
	buf_init(&got, KiB(4));
	for (size_t i = 0; i < count; i++)
		buf_addf(&got, "%s%s %u%s%s", i ? "|" : "", found[i].name,
			found[i].fd, found[i].strip_tabs ? " tabs" : "",
			found[i].expand ? "" : " raw");
	heredoc_free_all(found, count);
	if (strcmp(buf_text(&got), expected) != 0)
		print_error("'%s'\n", text);
	assert_string_equal(buf_text(&got), expected);
}

static void
heredocs_are_found(void **state)
{
	(void)state;
	check_heredocs("<<EOF", "EOF 0");
	check_heredocs("cat <<A >x && cat 3<<-B", "A 0|B 3 tabs");
	check_heredocs("cat << EOF", "EOF 0");
	check_heredocs("cat <<- EOF x", "EOF 0 tabs");
	check_heredocs("cat << -EOF", "-EOF 0");
	check_heredocs("<<'EOF'", "EOF 0 raw");
	check_heredocs("<<E\"O\"F", "EOF 0 raw");
	check_heredocs("<<eo\\'f", "eo'f 0");
	check_heredocs("<<$X", "$X 0");
	check_heredocs("<<\"a b\" c", "a b 0 raw");
	check_heredocs("'<<EOF'", "");
	check_heredocs("\"<<EOF\"", "");
	check_heredocs("<<<word", "");
	check_heredocs("a<<EOF", "");
	check_heredocs("<<", "");
	check_heredocs("<<\"\"", "");
	check_heredocs("echo 'x <<EOF", "");
	check_heredocs("echo $((1 << 2)) $((1<<2 ))", "");
	check_heredocs("99999999999<<EOF", "");
}

static void
heredoc_words_can_be_taken_out(void **state)
{
	struct heredoc *found;
	autofree char *others = NULL;
	size_t count;
	bool is_last;

	(void)state;
	heredoc_find("a <<B c", &found, &count, &others, &is_last);
	heredoc_free_all(found, count);
	assert_string_equal(others, "a     c");
	assert_false(is_last);
	heredoc_find("a <<B", &found, &count, NULL, &is_last);
	heredoc_free_all(found, count);
	assert_true(is_last);
}

static void
bodies_are_read(void **state)
{
	struct heredoc h = { .name = mem_strdup("E"), .strip_tabs = true };
	struct heredoc never = { .name = mem_strdup("E") };
	struct lexer l = begin("\ta\r\n# b \\\n\t\tE x\n\t\tE\r\nnext\n E\n");
	const char *line;
	size_t len;

	(void)state;
	assert_true(heredoc_read(&h, &l, false));
	assert_string_equal(h.body, "\ta\r\n# b \\\n\t\tE x\n");
	assert_int_equal(h.line, 1);
	assert_text(heredoc_text(&h), "a\r\n# b \\\nE x\n");
	heredoc_release(&h);
	assert_int_equal(lexer_next_raw(&l, &line, &len), 1);
	assert_memory_equal(line, "next\n", len);
	assert_false(heredoc_read(&never, &l, false));
	heredoc_release(&never);
}

static void
cr_goes_when_asked_to(void **state)
{
	struct heredoc h = { .name = mem_strdup("E") };
	struct lexer l = begin("a\r\nb\n\r\nE");

	(void)state;
	assert_true(heredoc_read(&h, &l, true));
	assert_string_equal(h.body, "a\nb\n\n");
	heredoc_release(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_joined),
		cmocka_unit_test(a_backtick_continues_when_asked_to),
		cmocka_unit_test(nothing_is_no_line),
		cmocka_unit_test(comments_belong_to_what_follows),
		cmocka_unit_test(every_byte_has_its_place),
		cmocka_unit_test(excerpts_are_short_and_harmless),
		cmocka_unit_test(directives_stand_at_the_top),
		cmocka_unit_test(wrong_directives_are_refused),
		cmocka_unit_test(words_are_split),
		cmocka_unit_test(json_is_recognised),
		cmocka_unit_test(flags_are_taken),
		cmocka_unit_test(heredocs_are_found),
		cmocka_unit_test(heredoc_words_can_be_taken_out),
		cmocka_unit_test(bodies_are_read),
		cmocka_unit_test(cr_goes_when_asked_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
