/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about commands: RUN, CMD, ENTRYPOINT. They know enough of a shell to
 * tell words from quotes, and no more. */
#include "builder/lint-rule.h"

#include <ctype.h>
#include <string.h>

#include "util/mem.h"
#include "util/scope.h"

#define URL(name) "https://docs.docker.com/go/dockerfile/rule/" name "/"
#define BLANKS " \t\v\f\r\n"

static void
find_earlier(struct lint *l, size_t number, enum instr_kind kind)
{
	const struct stage *s = &l->file->stages[number];
	const struct instr *last = NULL;

	for (size_t n = 0; n < s->count; n++) {
		if (s->instrs[n].kind != kind)
			continue;
		if (last)
			lint_find(l, last, NULL,
				"Multiple %s instructions should not be used in the same stage because only the last one will be used",
				instr_name(kind));
		last = &s->instrs[n];
	}
}

static void
multiple(struct lint *l, size_t number)
{
	find_earlier(l, number, INSTR_CMD);
	find_earlier(l, number, INSTR_ENTRYPOINT);
	find_earlier(l, number, INSTR_HEALTHCHECK);
}

/* The SHELL that holds for instruction `index`, or NULL. */
static const struct instr *
shell_of(const struct lint *l, int number, size_t index)
{
	while (number >= 0) {
		const struct stage *s = &l->file->stages[number];
		size_t n = index < s->count ? index : s->count;

		for (; n > 0; n--) {
			if (s->instrs[n - 1].kind == INSTR_SHELL)
				return &s->instrs[n - 1];
		}
		number = l->base_stages[number];
		index = (size_t)-1;
	}
	return NULL;
}

static bool
shell_has(const struct lint *l, const struct lint_at *at, const char *option,
	const char *letters)
{
	const struct instr *shell = shell_of(l, (int)at->number, at->index);

	for (size_t n = 0; shell && n < shell->args.count; n++) {
		const char *word = shell->args.items[n];

		if (strstr(word, option))
			return true;
		if (letters && word[0] == '-' && strpbrk(word + 1, letters))
			return true;
	}
	return false;
}

/* `set -e` in any of its forms. */
static bool
sets_errexit(const char *text)
{
	for (const char *p = text; (p = strstr(p, "set "));) {
		p += 4;
		p += strspn(p, " ");
		if (strncmp(p, "-o errexit", 10) == 0)
			return true;
		if (*p == '-' && memchr(p, 'e', strcspn(p, BLANKS)))
			return true;
	}
	return false;
}

/* Lines that are commands, those that go on in the next one counted once. */
static unsigned
count_commands(const char *text)
{
	unsigned count = 0;
	bool goes_on = false;

	while (*text) {
		size_t len = strcspn(text, "\n"), end = len;

		while (end > 0 && isspace((unsigned char)text[end - 1]))
			end--;
		if (end > 0 && text[strspn(text, " \t")] != '#') {
			count += !goes_on;
			goes_on = text[end - 1] == '\\' ||
				text[end - 1] == '&' || text[end - 1] == '|';
		}
		text += len + (text[len] == '\n');
	}
	return count;
}

static void
heredoc_errexit(struct lint *l, const struct lint_at *at)
{
	const struct instr *i = at->instr;
	autofree char *text = NULL;

	if (!instr_is_script(i))
		return;
	text = heredoc_text(&i->heredocs[0]);
	if (strncmp(text, "#!", 2) == 0 || sets_errexit(text) ||
		count_commands(text) < 2 || shell_has(l, at, "errexit", "e"))
		return;
	lint_find(l, i, "<<",
		"Only the last command of this heredoc decides whether the RUN fails; begin it with `set -e`");
}

static bool
is_shell_form(const struct instr *i)
{
	return i->kind == INSTR_RUN && !i->is_json && i->args.count > 0;
}

/* Past a piece in quotes, or an escaped byte. */
static const char *
skip_quoted(const char *p)
{
	char quote = *p;

	if (*p == '\\')
		return p[1] ? p + 2 : p + 1;
	for (p++; *p && *p != quote; p++) {
		if (*p == '\\' && quote == '"' && p[1])
			p++;
	}
	return *p ? p + 1 : p;
}

/* The first pipe at or behind `p`, `*ret_start` where the command before it
 * begins; NULL when there is none. */
static const char *
find_pipe(const char *p, const char **ret_start)
{
	*ret_start = p;
	while (*p) {
		if (*p == '\\' || *p == '\'' || *p == '"') {
			p = skip_quoted(p);
		} else if (strncmp(p, "||", 2) == 0 ||
			strncmp(p, "&&", 2) == 0) {
			p += 2;
			*ret_start = p;
		} else if (*p == '|' && (p[1] != '&')) {
			if (*ret_start == p || p[-1] != '>')
				return p;
			p++;
		} else if (strchr(";&({\n", *p)) {
			*ret_start = ++p;
		} else {
			p++;
		}
	}
	return NULL;
}

/* Does a command fetch, unpack or decrypt? These fail for reasons of their own,
 * and what comes behind the pipe then works with half of it. */
static bool
is_likely_to_fail(const char *command)
{
	static const char *const names[] = { "curl", "wget", "aria2c", "fetch",
		"git", "ssh", "scp", "rsync", "tar", "unzip", "gzip", "gunzip",
		"zcat", "xz", "xzcat", "bzip2", "zstd", "zstdcat", "gpg",
		"openssl", "base64", "make" };
	size_t len;

	command += strspn(command, BLANKS);
	len = strcspn(command, BLANKS "|");
	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		if (strlen(names[n]) == len &&
			strncmp(names[n], command, len) == 0)
			return true;
	}
	return false;
}

static void
pipefail(struct lint *l, const struct lint_at *at)
{
	const char *p, *start;

	if (!is_shell_form(at->instr) || at->instr->heredoc_count > 0)
		return;
	p = at->instr->args.items[0];
	if (strstr(p, "pipefail") || shell_has(l, at, "pipefail", NULL))
		return;
	while ((p = find_pipe(p, &start))) {
		if (!is_likely_to_fail(start)) {
			p++;
			continue;
		}
		lint_find(l, at->instr, "|",
			"A failure of the command before the pipe goes unnoticed; use a shell with `set -o pipefail`");
		return;
	}
}

static void
only_cd(struct lint *l, const struct lint_at *at)
{
	const char *text;

	if (!is_shell_form(at->instr))
		return;
	text = at->instr->args.items[0];
	if (strncmp(text, "cd ", 3) == 0 && !strpbrk(text, "&|;\n<>`$("))
		lint_find(l, at->instr, NULL,
			"RUN cd has no effect on what follows; use WORKDIR %s",
			text + 3);
}

static bool
is_shell_path(const char *path)
{
	static const char *const names[] = { "sh", "ash", "bash", "dash", "ksh",
		"zsh", "env", "fish" };
	const char *slash = strrchr(path, '/');

	path = slash ? slash + 1 : path;
	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		if (strcmp(path, names[n]) == 0)
			return true;
	}
	return false;
}

static void
variable_in_exec(struct lint *l, const struct lint_at *at)
{
	const struct instr *i = at->instr;

	if (!i->is_json ||
		(i->kind != INSTR_RUN && i->kind != INSTR_CMD &&
			i->kind != INSTR_ENTRYPOINT) ||
		i->args.count == 0 || is_shell_path(i->args.items[0]))
		return;
	for (size_t n = 0; n < i->args.count; n++) {
		const char *dollar = strchr(i->args.items[n], '$');

		if (!dollar ||
			!(isalpha((unsigned char)dollar[1]) ||
				dollar[1] == '{' || dollar[1] == '_'))
			continue;
		lint_find(l, i, dollar,
			"\"%s\" is not expanded: without a shell nothing replaces variables",
			i->args.items[n]);
		return;
	}
}

/* What the command of a RUN is, wherever it stands; yours, or NULL. */
static char *
command_text(const struct instr *i)
{
	return is_shell_form(i) ? instr_shell_text(i) : NULL;
}

static bool
has_cache_mount(const struct instr *i)
{
	cleanup_value(strv_release) struct strv mounts = { 0 };

	instr_flag_list(i, "mount", &mounts);
	for (size_t n = 0; n < mounts.count; n++) {
		if (strstr(mounts.items[n], "/var/lib/apt") ||
			strstr(mounts.items[n], "/var/cache/apt"))
			return true;
	}
	return false;
}

static void
apt_lists(struct lint *l, const struct lint_at *at)
{
	autofree char *text = command_text(at->instr);

	if (!text || !strstr(text, "apt-get") || !strstr(text, " update") ||
		!strstr(text, " install") || strstr(text, "/var/lib/apt") ||
		has_cache_mount(at->instr))
		return;
	lint_find(l, at->instr, "apt-get",
		"The lists of apt-get update stay in the layer; remove /var/lib/apt/lists/* in the same RUN, or mount a cache there");
}

static void
apt_update_alone(struct lint *l, const struct lint_at *at)
{
	autofree char *text = command_text(at->instr);

	if (!text || !strstr(text, "apt-get update") ||
		strstr(text, " install") || strstr(text, " upgrade") ||
		strstr(text, "build-dep"))
		return;
	lint_find(l, at->instr, "apt-get",
		"apt-get update in a RUN of its own is cached, and a later install works with old lists; join them");
}

const struct lint_rule lint_command_rules[] = {
	{ { "MultipleInstructionsDisallowed",
		  "Multiple instructions of the same type should not be used in the same stage",
		  URL("multiple-instructions-disallowed") },
		.stage = multiple },
	{ { "HeredocWithoutErrexit",
		  "A heredoc of commands goes on when one of them fails",
		  NULL },
		.instr = heredoc_errexit },
	{ { "PipeWithoutPipefail",
		  "Without pipefail only the last command of a pipe can fail",
		  NULL },
		.instr = pipefail },
	{ { "RunOnlyCd", "The directory of one RUN is not that of the next",
		  NULL },
		.instr = only_cd },
	{ { "VariableInExecForm",
		  "Nothing expands variables in the JSON form of a command",
		  NULL },
		.instr = variable_in_exec },
	{ { "AptListsKept", "The lists of a package manager are no use later",
		  NULL },
		.instr = apt_lists },
	{ { "AptUpdateAlone", "A list of packages grows old in the cache",
		  NULL },
		.instr = apt_update_alone },
	{ { 0 } },
};
