/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/lint.h"

static const struct platform amd64 = { "linux", "amd64", "" };

/* Findings as "line:column Rule" lines; `text` follows a FROM. */
static char *
findings(const char *from, const char *text)
{
	autofree char *whole = mem_printf("%s\n%s", from, text);
	cleanup(dockerfile_free) struct dockerfile *d = NULL;
	cleanup_value(lint_report_release) struct lint_report report = { 0 };
	cleanup_value(args_release) struct args args = { 0 };
	cleanup(ignore_free) struct ignore *ignore = NULL;
	cleanup_value(buf_release) struct buf shown = { 0 };
	struct lint_input in = { .args = &args, .platform = &amd64 };
	autoerror err = { 0 };

	assert_ok(dockerfile_parse("D", whole, strlen(whole), NULL, &d, &err),
		&err);
	assert_ok(ignore_parse("I", "left\n", 5, &ignore, &err), &err);
	args_set_platforms(&args, &amd64, &amd64, NULL);
	assert_ok(args_read_globals(&args, d, &err), &err);
	in.file = d;
	in.ignore = ignore;
	assert_ok(lint_run(&in, &report, &err), &err);
	buf_init(&shown, KiB(64));
	for (size_t n = 0; n < report.count; n++)
		buf_addf(&shown, "%s%d:%d %s", n ? " " : "",
			report.items[n].line, report.items[n].column,
			report.items[n].title->name);
	return buf_steal(&shown);
}

/* What each text gives, and how near to it what gives nothing is. The examples
 * of slipway-lint(7) are tested by tests/cmd/build-lint.bats. */
static void
what_is_found_and_what_not(void **state)
{
	static const struct {
		const char *text, *expected;
	} table[] = {
		{ "RUN [ -f x ] && true", "" },
		{ "RUN [ \"$A\" = b ]", "" },
		{ "RUN [\"a\", \"b\",]", "2:5 JSONFallback" },
		{ "ADD [ 'a.tar', '/' ]",
			"2:5 JSONFallback 2:20 DestinationNotDirectory" },
		{ "VOLUME ['a']", "2:8 JSONFallback" },
		{ "CMD [\"sh\", \"-c\", \"echo $A\"]", "" },
		{ "CMD [\"a\", \"$(A)\", \"$5\"]", "" },
		{ "RUN curl a | b", "2:12 PipeWithoutPipefail" },
		{ "RUN env | b", "" },
		{ "RUN a | tar x | b", "2:7 PipeWithoutPipefail" },
		{ "RUN curl a || b", "" },
		{ "RUN echo a | b && printf b | c", "" },
		{ "RUN curl 'a | b' \"c | d\" \\| e", "" },
		{ "RUN x && tar b | c", "2:16 PipeWithoutPipefail" },
		{ "RUN set -o pipefail; curl a | b", "" },
		{ "SHELL [\"bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN curl a | b",
			"" },
		{ "RUN <<E\nx\nE", "" },
		{ "RUN <<E\n# x\nx && \\\ny\nE", "" },
		{ "RUN <<E\nset -eu\nx\ny\nE", "" },
		{ "RUN <<E\n#!/bin/x\nx\ny\nE", "" },
		{ "RUN <<E bash\nx\ny\nE", "" },
		{ "RUN <<E\nx\ny\nE", "2:5 HeredocWithoutErrexit" },
		{ "COPY <<E /x\n\\$a \\\\ \\\nE", "" },
		{ "COPY <<\"E\" /x\n\\n\nE", "" },
		{ "RUN cd /x && make", "" },
		{ "RUN cd /x", "2:1 RunOnlyCd" },
		{ "COPY left/x /", "2:6 CopyIgnoredFile" },
		{ "COPY --from=0 left /", "" },
		{ "COPY lef* /", "" },
		{ "COPY a b .", "" },
		{ "COPY a b $X/y", "2:10 UndefinedVar" },
		{ "ADD a.tar.gz /", "" },
		{ "ADD http://a/b /", "" },
		{ "ADD --unpack=false b /", "" },
		{ "COPY .env.example /", "" },
		{ "COPY a/id_rsa /", "2:6 CopySecretFile" },
		{ "ENV PUBLIC_KEY=a KEYS=b MONKEY=c TOKEN_FILE=d", "" },
		{ "ENV PATH=$PATH:/x", "" },
		{ "ARG A\nLABEL a=$A b=${C:-d} e=${F:+g}", "" },
		{ "LABEL a=${C#x}", "2:9 UndefinedVar" },
		{ "LABEL a='$C' b=\\$C", "" },
		{ "ARG A\nRUN x", "" },
		{ "ARG A\nFROM a\nLABEL b=$A", "2:5 UnusedArg" },
		{ "WORKDIR /a\nWORKDIR b", "" },
		{ "EXPOSE 80 $P", "2:11 UndefinedVar" },
		{ "RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install x",
			"" },
		{ "# check=skip=RunOnlyCd\nRUN cd /x\nRUN cd /y",
			"4:1 RunOnlyCd" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		autofree char *found =
			findings("FROM scratch AS base", table[n].text);

		if (strcmp(found, table[n].expected) != 0)
			print_message("%s\n", table[n].text);
		assert_string_equal(found, table[n].expected);
	}
}

static void
titles_are_complete(void **state)
{
	size_t n;

	(void)state;
	for (n = 0; lint_title(n); n++) {
		assert_non_null(lint_title(n)->name);
		assert_non_null(lint_title(n)->description);
	}
	assert_true(n > 22);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_found_and_what_not),
		cmocka_unit_test(titles_are_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
