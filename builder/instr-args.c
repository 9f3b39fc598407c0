/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/instr-read.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "builder/heredoc.h"
#include "builder/words.h"
#include "util/mem.h"
#include "util/scope.h"

#define BLANKS " \t\v\f\r"

static int
fail(const struct instr_reading *r, const char *message)
{
	return error_set(r->err, EINVAL, "%s", message);
}

static const char *
name_of(const struct instr_reading *r)
{
	return instr_name(r->instr->kind);
}

/* The ways to cut the rest of an instruction into arguments. */

static int
read_text(struct instr_reading *r)
{
	if (*r->rest)
		strv_add(&r->instr->args, r->rest);
	return 0;
}

static int
read_words(struct instr_reading *r)
{
	words_split(r->rest, &r->instr->args);
	return 0;
}

static int
read_quoted_words(struct instr_reading *r)
{
	words_split_quoted(r->rest, r->lexer->escape, &r->instr->args);
	return 0;
}

static int
read_pairs(struct instr_reading *r)
{
	return words_split_pairs(name_of(r), r->rest, r->lexer->escape,
		&r->instr->args, &r->instr->is_legacy, r->err);
}

/* Fills the items when the text is JSON; 1, 0 or negative. */
static int
read_json(struct instr_reading *r, const char *text)
{
	int is_json = words_split_json(text, &r->instr->args, r->err);

	r->instr->is_json = is_json > 0;
	return is_json;
}

static int
read_json_or_text(struct instr_reading *r)
{
	int done = read_json(r, r->rest);

	if (done != 0)
		return done < 0 ? done : 0;
	heredoc_find(r->rest, &r->instr->heredocs, &r->instr->heredoc_count,
		NULL, NULL);
	return read_text(r);
}

/* CMD and ENTRYPOINT know no heredocs: `<<` there is the shell's. */
static int
read_json_or_command(struct instr_reading *r)
{
	int done = read_json(r, r->rest);

	return done != 0 ? (done < 0 ? done : 0) : read_text(r);
}

static int
read_json_or_words(struct instr_reading *r)
{
	int done = read_json(r, r->rest);

	return done != 0 ? (done < 0 ? done : 0) : read_words(r);
}

static int
read_sources(struct instr_reading *r)
{
	autofree char *others = NULL;
	int done = read_json(r, r->rest);

	if (done != 0)
		return done < 0 ? done : 0;
	heredoc_find(r->rest, &r->instr->heredocs, &r->instr->heredoc_count,
		&others, &r->ends_with_heredoc);
	words_split(others, &r->instr->args);
	return 0;
}

static int
read_healthcheck(struct instr_reading *r)
{
	const char *rest = r->rest;
	size_t len = strcspn(rest, BLANKS);

	if (len == 0)
		return 0;
	strv_take(&r->instr->args, instr_upper_word(rest, len));
	r->rest = rest + len + strspn(rest + len, BLANKS);
	return read_json_or_command(r);
}

/* ONBUILD keeps text, but text that can be read, with the heredocs it names. */
static int
read_trigger(struct instr_reading *r)
{
	struct instr *outer = r->instr;
	cleanup_value(instr_release) struct instr inner = { 0 };
	struct instr_reading trigger = *r;
	int done;

	(void)read_text(r);
	if (!*r->rest || r->is_trigger)
		return 0;
	trigger.instr = &inner;
	trigger.is_trigger = true;
	done = instr_read_parts(&trigger);
	if (done < 0) {
		r->rest = trigger.rest;
		return done;
	}
	outer->heredocs = take_ptr(&inner.heredocs);
	outer->heredoc_count = inner.heredoc_count;
	inner.heredoc_count = 0;
	return 0;
}

/* What the arguments of one kind must be. */

static int
check_sources(struct instr_reading *r)
{
	size_t n = r->instr->args.count + r->instr->heredoc_count;

	if (n < 2)
		return error_set(r->err, EINVAL,
			"%s requires at least two arguments, but only one was provided. Destination could not be determined",
			name_of(r));
	if (r->ends_with_heredoc)
		return error_set(r->err, EINVAL,
			"%s cannot accept a heredoc as a destination",
			name_of(r));
	return 0;
}

static int
check_run(struct instr_reading *r)
{
	if (r->instr->args.count == 0)
		return fail(r, "RUN requires a command");
	return 0;
}

static int
check_args(struct instr_reading *r)
{
	const struct strv *args = &r->instr->args;

	for (size_t i = 0; i < args->count; i++) {
		if (args->items[i][0] == '=')
			return fail(r, "ARG names can not be blank");
	}
	return 0;
}

static int
check_volumes(struct instr_reading *r)
{
	const struct strv *args = &r->instr->args;

	for (size_t i = 0; i < args->count; i++) {
		if (args->items[i][strspn(args->items[i], " \t")] == '\0')
			return fail(r,
				"VOLUME specified can not be an empty string");
	}
	return 0;
}

static int
check_from(struct instr_reading *r)
{
	const struct strv *args = &r->instr->args;

	if (args->count != 1 &&
		(args->count != 3 || strcasecmp(args->items[1], "as") != 0))
		return fail(r, "FROM requires either one or three arguments");
	return 0;
}

static int
check_include(struct instr_reading *r)
{
	if (r->instr->args.count > 1)
		return fail(r, "INCLUDE requires exactly one argument");
	return 0;
}

static int
check_shell(struct instr_reading *r)
{
	if (!r->instr->is_json)
		return fail(r,
			"SHELL requires the arguments to be in JSON form");
	return 0;
}

static int
check_healthcheck(struct instr_reading *r)
{
	const struct strv *args = &r->instr->args;

	if (strcmp(args->items[0], "NONE") == 0) {
		if (args->count > 1)
			return fail(r, "HEALTHCHECK NONE takes no arguments");
		return 0;
	}
	if (strcmp(args->items[0], "CMD") != 0)
		return error_set(r->err, EINVAL,
			"unknown type \"%s\" in HEALTHCHECK (try CMD)",
			args->items[0]);
	if (args->count < 2)
		return fail(r, "missing command after HEALTHCHECK CMD");
	return 0;
}

static int
check_trigger(struct instr_reading *r)
{
	const char *text = r->instr->args.items[0];
	autofree char *word = mem_strndup(text, strcspn(text, BLANKS));

	if (strcasecmp(word, "ONBUILD") == 0)
		return fail(r,
			"Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
	if (strcasecmp(word, "FROM") == 0)
		return fail(r, "FROM isn't allowed as an ONBUILD trigger");
	if (strcasecmp(word, "INCLUDE") == 0)
		return fail(r, "INCLUDE isn't allowed as an ONBUILD trigger");
	if (strcasecmp(word, "MAINTAINER") == 0)
		return fail(r,
			"MAINTAINER isn't allowed as an ONBUILD trigger");
	return 0;
}

static const struct instr_flag_spec add_flags[] = {
	{ "checksum", INSTR_FLAG_TEXT },
	{ "chmod", INSTR_FLAG_TEXT },
	{ "chown", INSTR_FLAG_TEXT },
	{ "exclude", INSTR_FLAG_LIST },
	{ "keep-git-dir", INSTR_FLAG_BOOL },
	{ "link", INSTR_FLAG_BOOL },
	{ "unpack", INSTR_FLAG_BOOL },
	{ 0 },
};

static const struct instr_flag_spec copy_flags[] = {
	{ "chmod", INSTR_FLAG_TEXT },
	{ "chown", INSTR_FLAG_TEXT },
	{ "exclude", INSTR_FLAG_LIST },
	{ "from", INSTR_FLAG_TEXT },
	{ "if-exists", INSTR_FLAG_BOOL },
	{ "link", INSTR_FLAG_BOOL },
	{ "parents", INSTR_FLAG_BOOL },
	{ 0 },
};

static const struct instr_flag_spec from_flags[] = {
	{ "platform", INSTR_FLAG_TEXT },
	{ 0 },
};

static const struct instr_flag_spec healthcheck_flags[] = {
	{ "interval", INSTR_FLAG_TEXT },
	{ "retries", INSTR_FLAG_TEXT },
	{ "start-interval", INSTR_FLAG_TEXT },
	{ "start-period", INSTR_FLAG_TEXT },
	{ "timeout", INSTR_FLAG_TEXT },
	{ 0 },
};

static const struct instr_flag_spec run_flags[] = {
	{ "device", INSTR_FLAG_LIST },
	{ "mount", INSTR_FLAG_LIST },
	{ "network", INSTR_FLAG_TEXT },
	{ "security", INSTR_FLAG_TEXT },
	{ 0 },
};

static const struct instr_spec specs[INSTR_KINDS] = {
	[INSTR_ADD] = { "ADD", read_sources, check_sources, add_flags },
	[INSTR_ARG] = { "ARG", read_quoted_words, check_args, .min_args = 1 },
	[INSTR_CMD] = { "CMD", read_json_or_command },
	[INSTR_COPY] = { "COPY", read_sources, check_sources, copy_flags },
	[INSTR_ENTRYPOINT] = { "ENTRYPOINT", read_json_or_command },
	[INSTR_ENV] = { "ENV", read_pairs, .min_args = 1 },
	[INSTR_EXPOSE] = { "EXPOSE", read_words, .min_args = 1 },
	[INSTR_FROM] = { "FROM", read_words, check_from, from_flags },
	[INSTR_HEALTHCHECK] = { "HEALTHCHECK", read_healthcheck,
		check_healthcheck, healthcheck_flags, .min_args = 1 },
	[INSTR_INCLUDE] = { "INCLUDE", read_words, check_include, .min_args = 1,
		.max_args = 1 },
	[INSTR_LABEL] = { "LABEL", read_pairs, .min_args = 1 },
	[INSTR_MAINTAINER] = { "MAINTAINER", read_text, .min_args = 1,
		.max_args = 1 },
	[INSTR_ONBUILD] = { "ONBUILD", read_trigger, check_trigger,
		.min_args = 1 },
	[INSTR_RUN] = { "RUN", read_json_or_text, check_run, run_flags },
	[INSTR_SHELL] = { "SHELL", read_json_or_command, check_shell,
		.min_args = 1 },
	[INSTR_STOPSIGNAL] = { "STOPSIGNAL", read_text, .min_args = 1,
		.max_args = 1 },
	[INSTR_USER] = { "USER", read_text, .min_args = 1, .max_args = 1 },
	[INSTR_VOLUME] = { "VOLUME", read_json_or_words, check_volumes,
		.min_args = 1 },
	[INSTR_WORKDIR] = { "WORKDIR", read_text, .min_args = 1,
		.max_args = 1 },
};

const struct instr_spec *
instr_spec(enum instr_kind kind)
{
	return &specs[kind];
}
