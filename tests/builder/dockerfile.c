/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/dockerfile.h"

static struct dockerfile *
parse(const char *text)
{
	struct dockerfile *d = NULL;
	autoerror err = { 0 };

	assert_ok(dockerfile_parse(
			  "Dockerfile", text, strlen(text), NULL, &d, &err),
		&err);
	return d;
}

/* The instruction as "NAME --flag=value arg|arg <<heredoc". */
static char *
shown(const struct instr *i)
{
	cleanup_value(buf_release) struct buf text = { 0 };

	buf_init(&text, KiB(64));
	buf_adds(&text, instr_name(i->kind));
	for (size_t n = 0; n < i->flag_count; n++)
		buf_addf(&text, " --%s=%s", i->flags[n].name,
			i->flags[n].value);
	if (i->is_json)
		buf_adds(&text, " json");
	for (size_t n = 0; n < i->args.count; n++)
		buf_addf(&text, "%s%s", n ? "|" : " ", i->args.items[n]);
	for (size_t n = 0; n < i->heredoc_count; n++)
		buf_addf(&text, " <<%s{%s}", i->heredocs[n].name,
			i->heredocs[n].body);
	return buf_steal(&text);
}

static void
check(const char *line, const char *expected)
{
	autofree char *text = mem_printf("FROM x\n%s", line);
	cleanup(dockerfile_free) struct dockerfile *d = parse(text);

	assert_int_equal(d->stages[0].count, 1);
	assert_text(shown(&d->stages[0].instrs[0]), expected);
}

static void
check_fails(const char *text, const char *message)
{
	struct dockerfile *d = NULL;
	autoerror err = { 0 };
	int r;

	r = dockerfile_parse("Dockerfile", text, strlen(text), NULL, &d, &err);
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_fails(r, &err, EINVAL, message);
}

/* The same of the second line. */
static void
check_line_fails(const char *line, const char *message)
{
	autofree char *text = mem_printf("FROM x\n%s", line);

	check_fails(text, message);
}

static void
arguments_are_cut_by_kind(void **state)
{
	static const char *const table[][2] = {
		{ "RUN  a   'b c' ", "RUN a   'b c'" },
		{ "RUN [\"a\", \"b\"]", "RUN json a|b" },
		{ "RUN ['a']", "RUN ['a']" },
		{ "cmd a b", "CMD a b" },
		{ "CMD", "CMD" },
		{ "CMD []", "CMD json" },
		{ "ENTRYPOINT [\"x\"]", "ENTRYPOINT json x" },
		{ "SHELL [\"/bin/sh\", \"-ec\"]", "SHELL json /bin/sh|-ec" },
		{ "COPY a b /c", "COPY a|b|/c" },
		{ "COPY \"b.txt\" /b\\ c", "COPY \"b.txt\"|/b\\|c" },
		{ "COPY [\"a b\", \"c\"]", "COPY json a b|c" },
		{ "ADD --link=TRUE --chmod=640 a b",
			"ADD --link=true --chmod=640 a|b" },
		{ "COPY --exclude=a --exclude=\"b c\" -- --d e",
			"COPY --exclude=a --exclude=b c --d|e" },
		{ "RUN --mount=type=cache,target=/x --network=none make",
			"RUN --mount=type=cache,target=/x --network=none make" },
		{ "VOLUME /a /b", "VOLUME /a|/b" },
		{ "VOLUME [\"/a b\"]", "VOLUME json /a b" },
		{ "EXPOSE 80 443/tcp", "EXPOSE 80|443/tcp" },
		{ "ENV a=1 b=\"x y\" c=d=e", "ENV a|1|b|\"x y\"|c|d=e" },
		{ "ENV OLD  some  \"text\" here ",
			"ENV OLD|some  \"text\" here" },
		{ "LABEL a.b=c \"d e\"=f", "LABEL a.b|c|\"d e\"|f" },
		{ "ARG a b=1 c=\"x y\"", "ARG a|b=1|c=\"x y\"" },
		{ "USER a b", "USER a b" },
		{ "WORKDIR /a b", "WORKDIR /a b" },
		{ "STOPSIGNAL 9", "STOPSIGNAL 9" },
		{ "MAINTAINER me <a@b>", "MAINTAINER me <a@b>" },
		{ "HEALTHCHECK none", "HEALTHCHECK NONE" },
		{ "HEALTHCHECK --interval=5s CMD curl x",
			"HEALTHCHECK --interval=5s CMD|curl x" },
		{ "HEALTHCHECK CMD [\"a\",\"b\"]",
			"HEALTHCHECK json CMD|a|b" },
		{ "ONBUILD RUN  make", "ONBUILD RUN  make" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		check(table[i][0], table[i][1]);
}

static void
wrong_arguments_are_refused(void **state)
{
	static const char *const table[][2] = {
		{ "RUN", "Dockerfile:2:4: RUN requires a command" },
		{ "RUN []", "RUN requires a command" },
		{ "RUN [1]", "Dockerfile:2:5: when using JSON array syntax" },
		{ "COPY a", "COPY requires at least two arguments, but only one was provided. Destination could not be determined" },
		{ "ADD", "ADD requires at least two arguments" },
		{ "COPY a <<EOF\nEOF\n",
			"COPY cannot accept a heredoc as a destination" },
		{ "ENV", "ENV requires at least one argument" },
		{ "ENV a", "ENV must have two arguments" },
		{ "ENV a=1 b", "Syntax error - can't find = in \"b\". Must be of the form: name=value" },
		{ "ENV =b", "ENV names can not be blank" },
		{ "LABEL =b", "LABEL names can not be blank" },
		{ "ARG", "ARG requires at least one argument" },
		{ "ARG =b", "ARG names can not be blank" },
		{ "EXPOSE", "EXPOSE requires at least one argument" },
		{ "USER", "USER requires exactly one argument" },
		{ "WORKDIR", "WORKDIR requires exactly one argument" },
		{ "VOLUME", "VOLUME requires at least one argument" },
		{ "VOLUME [\" \"]",
			"VOLUME specified can not be an empty string" },
		{ "SHELL a",
			"SHELL requires the arguments to be in JSON form" },
		{ "SHELL []", "SHELL requires at least one argument" },
		{ "HEALTHCHECK", "HEALTHCHECK requires at least one" },
		{ "HEALTHCHECK NONE x", "NONE takes no arguments" },
		{ "HEALTHCHECK CMD", "missing command after HEALTHCHECK CMD" },
		{ "HEALTHCHECK x", "unknown type \"X\" in HEALTHCHECK" },
		{ "ONBUILD", "ONBUILD requires at least one argument" },
		{ "ONBUILD ONBUILD RUN a", "Chaining ONBUILD via" },
		{ "ONBUILD FROM a", "FROM isn't allowed as an ONBUILD trigger" },
		{ "ONBUILD MAINTAINER a", "MAINTAINER isn't allowed as an" },
		{ "ONBUILD COPY --x a b",
			"Dockerfile:2:14: unknown flag: --x" },
		{ "coppy a", "Dockerfile:2:1: unknown instruction: COPPY (did you mean COPY?)" },
		{ "xyzzyxyzzy a", "unknown instruction: XYZZYXYZZY" },
		{ "COPY --form=a b c",
			"Dockerfile:2:6: unknown flag: --form (did you mean --from?)" },
		{ "CMD --doit [\"a\"]", "unknown flag: --doit" },
		{ "COPY --from=a \\\n  --from=b c d",
			"Dockerfile:3:3: duplicate flag specified: --from" },
		{ "COPY --from a b", "missing a value on flag: --from" },
		{ "COPY --link= a b", "missing a value on flag: --link" },
		{ "COPY --link=1 a b",
			"expecting boolean value for flag --link, not: 1" },
		{ "RUN <<EOF\nx", "Dockerfile:2:5: unterminated heredoc" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		check_line_fails(table[i][0], table[i][1]);
}

static void
files_must_hold_stages(void **state)
{
	struct dockerfile *d = NULL;
	autoerror err = { 0 };

	(void)state;
	check_fails("", "the Dockerfile cannot be empty");
	check_fails("\xef\xbb\xbf# x\n", "file with no instructions");
	check_fails("ARG a\n", "dockerfile contains no stages to build");
	check_fails("RUN a\n",
		"Dockerfile:1:1: no build stage in current context");
	check_fails("FROM\n", "FROM requires either one or three arguments");
	check_fails("FROM a b\n", "FROM requires either one or three");
	check_fails("FROM a at b\n", "FROM requires either one or three");
	check_fails("FROM a AS 1b\n",
		"invalid name for build stage: \"1b\", name can't start with a number or contain symbols");
	check_fails("# escape=x\nFROM a\n", "invalid escape token");
	assert_fails(
		dockerfile_parse("f", "FROM a\nRUN \0x\n", 13, NULL, &d, &err),
		&err, EINVAL, "f:2: a NUL byte is no text");
}

static char *
repeated(const char *start, const char *part, size_t count)
{
	cleanup_value(buf_release) struct buf text = { 0 };

	buf_init(&text, MiB(32));
	buf_adds(&text, start);
	for (size_t i = 0; i < count; i++)
		buf_adds(&text, part);
	return buf_steal(&text);
}

static void
limits_are_kept(void **state)
{
	autofree char *instrs = repeated("FROM x\n", "USER a\n", 10000);
	autofree char *stages = repeated("", "FROM x\n", 1001);
	autofree char *big = repeated("FROM x\n", "#23456789ABCDE\n", 1118482);
	struct dockerfile *d = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_fails(
		dockerfile_parse("f", instrs, strlen(instrs), NULL, &d, &err),
		&err, E2BIG, "more than 10000 instructions");
	assert_fails(
		dockerfile_parse("f", stages, strlen(stages), NULL, &d, &err),
		&err, E2BIG, "f:1001:1: more than 1000 stages");
	assert_fails(dockerfile_parse("f", big, strlen(big), NULL, &d, &err),
		&err, EFBIG, "'f' is larger than 16 MiB");
}

static void
stages_hold_instructions(void **state)
{
	cleanup(dockerfile_free) struct dockerfile *d =
		parse("# syntax=docker/dockerfile:1\n# escape=`\n"
		      "# check=skip=all\nARG V=1\n"
		      "# base the start\nfrom --platform=$P a:$V as Base\n"
		      "RUN a `\n  b\nFROM base\nCOPY . .\nCMD x\n");
	const struct stage *s = d->stages;

	(void)state;
	assert_string_equal(dockerfile_name(d), "Dockerfile");
	assert_int_equal(d->escape, '`');
	assert_string_equal(d->syntax, "docker/dockerfile:1");
	assert_string_equal(d->check, "skip=all");
	assert_int_equal(d->global_count, 1);
	assert_int_equal(d->stage_count, 2);
	assert_string_equal(s[0].name, "base");
	assert_string_equal(s[0].base, "a:$V");
	assert_string_equal(s[0].platform, "$P");
	assert_string_equal(s[0].from.comments.items[0], "base the start");
	assert_int_equal(s[0].from.line, 6);
	assert_int_equal(s[0].instrs[0].line, 7);
	assert_int_equal(s[0].instrs[0].last_line, 8);
	assert_string_equal(s[0].instrs[0].text, "RUN a   b");
	assert_null(s[1].name);
	assert_null(s[1].platform);
	assert_int_equal(s[1].count, 2);
}

static void
flags_can_be_asked_for(void **state)
{
	cleanup(dockerfile_free) struct dockerfile *d = parse(
		"FROM x\nCOPY --link --parents=false --exclude=a --exclude=b c d\n");
	const struct instr *i = &d->stages[0].instrs[0];
	cleanup_value(strv_release) struct strv list = { 0 };

	(void)state;
	assert_string_equal(instr_flag(i, "link"), "true");
	assert_string_equal(instr_flag(i, "exclude"), "a");
	assert_null(instr_flag(i, "from"));
	assert_true(instr_flag_is_true(i, "link"));
	assert_false(instr_flag_is_true(i, "parents"));
	assert_false(instr_flag_is_true(i, "chmod"));
	instr_flag_list(i, "exclude", &list);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.items[1], "b");
}

static void
heredocs_have_bodies(void **state)
{
	(void)state;
	check("COPY a <<x <<'y' /d/\n1\nx\n$2\ny\n",
		"COPY a|/d/ <<x{1\n} <<y{$2\n}");
	check("COPY << E /x\nE\n", "COPY /x <<E{}");
	check("COPY [\"<<a\", \"b\"]\n", "COPY json <<a|b");
	check("CMD cat <<EOF\n", "CMD cat <<EOF");
	check("RUN <<EOF\r\na\r\nEOF\r\n", "RUN <<EOF <<EOF{a\n}");
	check("COPY <<EOF /x\r\na\r\nEOF\r\n", "COPY /x <<EOF{a\r\n}");
	check("ONBUILD COPY <<E /x\nhey\nE\n", "ONBUILD COPY <<E /x\nhey\nE");
	check("ONBUILD ENV a=<<E\n", "ONBUILD ENV a=<<E");
}

static void
check_shell(const char *line, bool is_script, const char *text)
{
	autofree char *file = mem_printf("FROM x\n%s", line);
	cleanup(dockerfile_free) struct dockerfile *d = parse(file);
	const struct instr *i = &d->stages[0].instrs[0];

	assert_int_equal(instr_is_script(i), is_script);
	assert_text(instr_shell_text(i), text);
}

static void
shells_get_text(void **state)
{
	(void)state;
	check_shell("RUN make all\n", false, "make all");
	check_shell("RUN <<EOF\n#!/bin/x\na\nEOF\n", true, "#!/bin/x\na\n");
	check_shell("RUN --network=none <<-'E'\n\ta\n\tE\n", true, "a\n");
	check_shell("RUN cat <<A >x && cat <<-B\n1\nA\n\t2\nB\n", false,
		"cat <<A >x && cat <<-B\n1\nA\n\t2\nB");
}

static void
triggers_are_parsed_later(void **state)
{
	cleanup(dockerfile_free) struct dockerfile *d =
		parse("FROM a\n  FROM b\n");
	const struct instr *from = &d->stages[1].from;
	cleanup_value(instr_release) struct instr i = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(instr_parse("Dockerfile", "COPY <<E /x\nhey\nE", '\\', from,
			  &i, &err),
		&err);
	assert_int_equal(i.line, 2);
	assert_int_equal(i.column, 3);
	assert_text(shown(&i), "COPY /x <<E{hey\n}");
	instr_release(&i);

	assert_int_equal(instr_parse("Dockerfile", "CPY a b", '\\', from, &i,
				 &err),
		-EINVAL);
	assert_string_equal(err.hint, "ONBUILD CPY a b");
	assert_fails(-EINVAL, &err, EINVAL,
		"Dockerfile:2:3: unknown instruction: CPY");
	assert_fails(instr_parse("Dockerfile", " \n", '\\', from, &i, &err),
		&err, EINVAL, "Dockerfile:2:3: an ONBUILD trigger is empty");
}

static void
errors_get_a_place_once(void **state)
{
	cleanup(dockerfile_free) struct dockerfile *d =
		parse("FROM a\n  USER b\n");
	const struct instr *i = &d->stages[0].instrs[0];
	autoerror err = { 0 };

	(void)state;
	(void)error_set(&err, ENOENT, "no such user");
	assert_int_equal(dockerfile_error_at(d, i, &err), -ENOENT);
	assert_int_equal(dockerfile_error_at(d, i, &err), -ENOENT);
	assert_string_equal(err.text, "Dockerfile:2:3: no such user");
	assert_string_equal(err.hint, "  USER b\n  ^");
}

static void
this_syntax_is_known(void **state)
{
	static const char *const known[] = { "docker/dockerfile",
		"docker/dockerfile:1", "docker.io/docker/dockerfile:1.7-labs",
		"docker/dockerfile-upstream:master",
		"mirror.example:5000/docker/dockerfile@sha256:aa",
		"docker/dockerfile:1 // why", "dockerfile.v0" };
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(dockerfile_check_syntax(NULL, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		assert_ok(dockerfile_check_syntax(known[i], &err), &err);
	assert_fails(dockerfile_check_syntax("example/syntax:1", &err), &err,
		ENOTSUP, "'example/syntax:1'");
	assert_fails(dockerfile_check_syntax("notdocker/dockerfile", &err),
		&err, ENOTSUP, "not one that slipway knows");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_are_cut_by_kind),
		cmocka_unit_test(wrong_arguments_are_refused),
		cmocka_unit_test(files_must_hold_stages),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(stages_hold_instructions),
		cmocka_unit_test(flags_can_be_asked_for),
		cmocka_unit_test(heredocs_have_bodies),
		cmocka_unit_test(shells_get_text),
		cmocka_unit_test(triggers_are_parsed_later),
		cmocka_unit_test(errors_get_a_place_once),
		cmocka_unit_test(this_syntax_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
