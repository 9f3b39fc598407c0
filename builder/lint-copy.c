/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about COPY and ADD, and about WORKDIR and EXPOSE. */
#include "builder/lint-rule.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

#define URL(name) "https://docs.docker.com/go/dockerfile/rule/" name "/"

static bool
is_copy(const struct instr *i)
{
	return i->kind == INSTR_COPY || i->kind == INSTR_ADD;
}

/* Sources that are files of the context. */
static size_t
source_count(const struct instr *i)
{
	if (!is_copy(i) || instr_flag(i, "from") || i->args.count == 0)
		return 0;
	return i->args.count - 1;
}

static bool
is_remote(const char *source)
{
	return strstr(source, "://") || strncmp(source, "git@", 4) == 0;
}

static void
copy_ignored(struct lint *l, const struct lint_at *at)
{
	const struct instr *i = at->instr;

	for (size_t n = 0; l->in->ignore && n < source_count(i); n++) {
		autofree char *source = NULL, *path = NULL;

		source = lint_expand(l, at->number, i->args.items[n]);
		path = path_resolve("/", source);
		if (is_remote(source) || strpbrk(source, "*?[") ||
			!ignore_matches(l->in->ignore, path + 1))
			continue;
		lint_find(l, i, i->args.items[n],
			"Attempting to %s file \"%s\" that is excluded by .dockerignore",
			i->kind == INSTR_ADD ? "Add" : "Copy", source);
	}
}

static bool
looks_like_archive(const char *name)
{
	static const char *const patterns[] = { "*.tar", "*.tar.*", "*.tgz",
		"*.tbz", "*.tbz2", "*.txz", "*.tzst", "*.tlz", "*.gz", "*.bz2",
		"*.xz", "*.zst" };

	for (size_t n = 0; n < ARRAY_SIZE(patterns); n++) {
		if (fnmatch(patterns[n], name, 0) == 0)
			return true;
	}
	return false;
}

static void
add_local(struct lint *l, const struct lint_at *at)
{
	const struct instr *i = at->instr;

	if (i->kind != INSTR_ADD || source_count(i) == 0 ||
		instr_flag(i, "unpack"))
		return;
	for (size_t n = 0; n < source_count(i); n++) {
		const char *source = i->args.items[n];

		if (is_remote(source) || looks_like_archive(source) ||
			strpbrk(source, "*?[$"))
			return;
	}
	lint_find(l, i, NULL,
		"ADD of a local file that is no archive does what COPY does");
}

static void
not_a_directory(struct lint *l, const struct lint_at *at)
{
	const struct instr *i = at->instr;
	size_t sources = is_copy(i) && i->args.count
		? i->args.count - 1 + i->heredoc_count
		: 0;
	const char *to = sources ? i->args.items[i->args.count - 1] : "";
	size_t len = strlen(to);

	if (sources < 2 || len == 0 || to[len - 1] == '/' || strchr(to, '$') ||
		strcmp(to, ".") == 0 || strcmp(to, "..") == 0 ||
		(len > 1 && strcmp(to + len - 2, "/.") == 0))
		return;
	lint_find(l, i, to,
		"With several sources the destination is a directory: write \"%s/\"",
		to);
}

/* Files that hold secrets by their very name. */
static void
copy_secret(struct lint *l, const struct lint_at *at)
{
	static const char *const patterns[] = { ".env", ".env.local", "id_rsa",
		"id_dsa", "id_ecdsa", "id_ed25519", ".netrc", ".pypirc",
		".git-credentials", ".dockercfg", ".htpasswd", "*.kdbx" };
	const struct instr *i = at->instr;

	for (size_t n = 0; n < source_count(i); n++) {
		const char *source = i->args.items[n];
		const char *slash = strrchr(source, '/');
		const char *name = slash ? slash + 1 : source;

		for (size_t p = 0; p < ARRAY_SIZE(patterns); p++) {
			if (is_remote(source) ||
				fnmatch(patterns[p], name, FNM_PERIOD) != 0)
				continue;
			lint_find(l, i, source,
				"'%s' mostly holds secrets, which stay in the layer; use RUN --mount=type=secret",
				source);
			break;
		}
	}
}

/* A backslash that is gone, and was hardly meant to go. */
static const char *
eaten_backslash(const char *body)
{
	for (const char *p = body; (p = strchr(p, '\\')); p += 2) {
		if (p[1] == '\0')
			return NULL;
		if (!strchr("$\\\r\n", p[1]))
			return p;
	}
	return NULL;
}

static void
heredoc_backslash(struct lint *l, const struct lint_at *at)
{
	const struct instr *i = at->instr;

	for (size_t n = 0; is_copy(i) && n < i->heredoc_count; n++) {
		const struct heredoc *h = &i->heredocs[n];
		const char *at_byte =
			h->expand ? eaten_backslash(h->body) : NULL;
		char what[3] = { 0 };

		if (!at_byte)
			continue;
		memcpy(what, at_byte, 2);
		lint_find(l, i, what,
			"The backslash of '%s' is removed from this heredoc; quote its delimiter, or double the backslash",
			what);
	}
}

/* Has a WORKDIR before instruction `index`, or below the stage, said where? */
static bool
has_workdir(const struct lint *l, int number, size_t index)
{
	while (number >= 0) {
		const struct stage *s = &l->file->stages[number];

		for (size_t n = 0; n < s->count && n < index; n++) {
			if (s->instrs[n].kind == INSTR_WORKDIR)
				return true;
		}
		number = l->base_stages[number];
		index = (size_t)-1;
	}
	return false;
}

static void
relative_workdir(struct lint *l, const struct lint_at *at)
{
	const struct instr *i = at->instr;
	autofree char *path = NULL;

	if (i->kind != INSTR_WORKDIR || i->args.count == 0)
		return;
	path = lint_expand(l, at->number, i->args.items[0]);
	if (path[0] != '/' && !has_workdir(l, (int)at->number, at->index))
		lint_find(l, i, i->args.items[0],
			"Relative workdir \"%s\" can have unexpected results if the base image changes",
			path);
}

static void
expose_casing(struct lint *l, const struct lint_at *at)
{
	const struct strv *args = &at->instr->args;

	if (at->instr->kind != INSTR_EXPOSE)
		return;
	for (size_t n = 0; n < args->count; n++) {
		const char *slash = strchr(args->items[n], '/');

		for (const char *p = slash; p && *p; p++) {
			if (!isupper((unsigned char)*p))
				continue;
			lint_find(l, at->instr, args->items[n],
				"Defined protocol '%s' in EXPOSE instruction should be lowercase",
				args->items[n]);
			break;
		}
	}
}

static void
expose_format(struct lint *l, const struct lint_at *at)
{
	const struct strv *args = &at->instr->args;

	if (at->instr->kind != INSTR_EXPOSE)
		return;
	for (size_t n = 0; n < args->count; n++) {
		if (strchr(args->items[n], ':') && !strchr(args->items[n], '$'))
			lint_find(l, at->instr, args->items[n],
				"EXPOSE instruction should not define an IP address or host-port mapping, found '%s'",
				args->items[n]);
	}
}

const struct lint_rule lint_copy_rules[] = {
	{ { "CopyIgnoredFile",
		  "Attempting to Copy file that is excluded by .dockerignore",
		  URL("copy-ignored-file") },
		.instr = copy_ignored },
	{ { "WorkdirRelativePath",
		  "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes",
		  URL("workdir-relative-path") },
		.instr = relative_workdir },
	{ { "ExposeProtoCasing",
		  "Protocol in EXPOSE instruction should be lowercase",
		  URL("expose-proto-casing") },
		.instr = expose_casing },
	{ { "ExposeInvalidFormat",
		  "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future release",
		  URL("expose-invalid-format") },
		.instr = expose_format },
	{ { "HeredocBackslash",
		  "Backslashes are removed from a heredoc of COPY and ADD",
		  NULL },
		.instr = heredoc_backslash },
	{ { "AddLocalFile", "COPY is the plain way for files of the context",
		  NULL },
		.instr = add_local },
	{ { "DestinationNotDirectory",
		  "Several sources need a destination that ends in a slash",
		  NULL },
		.instr = not_a_directory },
	{ { "CopySecretFile", "A secret that is copied stays in the image",
		  NULL },
		.instr = copy_secret },
	{ { 0 } },
};
