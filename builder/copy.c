/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/copy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "builder/expand.h"
#include "builder/windows.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

void
copy_release(struct copy *c)
{
	strv_release(&c->sources);
	for (size_t n = 0; n < c->url_count; n++)
		fetched_release(&c->urls[n]);
	free(c->urls);
	for (size_t n = 0; n < c->repository_count; n++)
		cloned_release(&c->repositories[n]);
	free(c->repositories);
	strv_release(&c->bodies);
	free(c->dest_text);
	free(c->dest);
	free(c->owner);
	chmod_release(&c->chmod);
	ignore_free(c->exclude);
	*c = (struct copy){ 0 };
}

static int
not_yet(const struct copy *c, const char *what, struct error *err)
{
	(void)error_set(err, ENOTSUP,
		"%s %s is not supported by this version of slipway",
		instr_name(c->instr->kind), what);
	return error_kind(err, ERROR_REQUEST);
}

static int
check_flags(const struct copy *c, struct error *err)
{
	static const char *const known[] = { "from", "chown", "chmod", "unpack",
		"exclude", "parents", "link", "if-exists", "checksum",
		"keep-git-dir" };

	for (size_t n = 0; n < c->instr->flag_count; n++) {
		const char *name = c->instr->flags[n].name;
		autofree char *shown = mem_printf("--%s", name);
		bool ok = false;

		for (size_t k = 0; k < ARRAY_SIZE(known); k++)
			ok = ok || strcmp(name, known[k]) == 0;
		if (!ok && instr_flag(c->instr, name) &&
			strcmp(instr_flag(c->instr, name), "false") != 0)
			return not_yet(c, shown, err);
	}
	return 0;
}

static int
add_url(struct copy *c, const char *url, struct error *err)
{
	struct fetched f;
	int r;

	r = fetched_init(url, &f, err);
	if (r < 0)
		return r;
	c->urls = mem_resize(c->urls, c->url_count + 1, sizeof(*c->urls));
	c->urls[c->url_count++] = f;
	return 0;
}

static int
add_repository(struct copy *c, const char *text, struct error *err)
{
	struct cloned cloned;
	int r;

	r = cloned_init(text, &cloned, err);
	if (r < 0)
		return r;
	c->repositories = mem_resize(c->repositories, c->repository_count + 1,
		sizeof(*c->repositories));
	c->repositories[c->repository_count++] = cloned;
	return 0;
}

static bool
is_remote(const char *source)
{
	return git_url_is(source) || fetched_is_url(source);
}

static int
add_source(struct copy *c, const char *source, struct error *err)
{
	bool is_git = git_url_is(source);

	if (!is_remote(source)) {
		strv_add(&c->sources, source);
		return 0;
	}
	if (c->instr->kind == INSTR_ADD)
		return is_git ? add_repository(c, source, err) :
			add_url(c, source, err);
	(void)error_set(err, EINVAL,
		"source can't be a git ref or URL for COPY: '%s'", source);
	return error_kind(err, ERROR_REQUEST);
}

/* A slash, "/." or nothing at its end asks for a directory. */
static bool
asks_for_dir(const char *dest)
{
	const char *base = path_base(dest);

	return *base == '\0' || strcmp(base, ".") == 0;
}

/* Windows writes paths otherwise; a URL is one everywhere. */
static int
expand_path(struct state *s, const char *text, char **ret, struct error *err)
{
	autofree char *word = NULL;
	int r;

	r = state_expand(s, text, &word, err);
	if (r < 0)
		return r;
	if (windows_is(s->draft) && !is_remote(word))
		return windows_path(word, ret, err);
	*ret = take_ptr(&word);
	return 0;
}

static int
read_words(struct state *s, struct copy *c, struct error *err)
{
	const struct strv *args = &c->instr->args;

	for (size_t n = 0; n < args->count; n++) {
		char *word;
		int r;

		r = expand_path(s, args->items[n], &word, err);
		if (r < 0)
			return r;
		if (n + 1 == args->count) {
			c->dest_text = word;
			break;
		}
		r = add_source(c, word, err);
		free(word);
		if (r < 0)
			return r;
	}
	c->dest = path_resolve(state_cwd(s), c->dest_text);
	c->dest_is_dir = asks_for_dir(c->dest_text);
	return 0;
}

static int
read_bodies(struct state *s, struct copy *c, struct error *err)
{
	const struct expand_env env = { .vars = &s->vars, .escape = s->escape };

	for (size_t n = 0; n < c->instr->heredoc_count; n++) {
		const struct heredoc *h = &c->instr->heredocs[n];
		autofree char *text = heredoc_text(h);
		char *body;
		int r;

		if (!h->expand) {
			strv_take(&c->bodies, take_ptr(&text));
			continue;
		}
		r = expand_heredoc(text, &env, &body, err);
		if (r < 0)
			return r;
		strv_take(&c->bodies, body);
	}
	return 0;
}

static int
read_exclude(struct copy *c, struct error *err)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	int r;

	instr_flag_list(c->instr, "exclude", &words);
	if (words.count == 0)
		return 0;
	r = ignore_from_words(&words, &c->exclude, err);
	return r < 0 ? error_wrap(err, "--exclude") : 0;
}

/* It is about one file or commit, as a peer would have it. */
static int
read_checksum(struct copy *c, const char *text, struct error *err)
{
	int r;

	if (c->url_count + c->repository_count != 1 || c->sources.count ||
		c->bodies.count)
		return error_set(err, EINVAL,
			"--checksum needs exactly one source, a URL");
	if (c->repository_count)
		return cloned_set(&c->repositories[0], text, false, err);
	r = digest_parse(text, &c->checksum, err);
	c->has_checksum = r == 0;
	return r;
}

static int
read_fetch_flags(struct state *s, struct copy *c, struct error *err)
{
	const char *text = instr_flag(c->instr, "checksum");
	bool keeps_dir = instr_flag_is_true(c->instr, "keep-git-dir");
	autofree char *expanded = NULL;
	int r = 0;

	for (size_t n = 0; n < c->repository_count; n++)
		(void)cloned_set(&c->repositories[n], NULL, keeps_dir, err);
	if (!text)
		return 0;
	r = state_expand(s, text, &expanded, err);
	if (r == 0)
		r = read_checksum(c, expanded, err);
	return r < 0 ? error_wrap(err, "--checksum") : 0;
}

static int
read_flags(struct state *s, struct copy *c, struct error *err)
{
	const char *owner = instr_flag(c->instr, "chown");
	const char *mode = instr_flag(c->instr, "chmod");
	const char *unpack = instr_flag(c->instr, "unpack");
	autofree char *text = NULL;
	int r;

	c->unpacks = c->instr->kind == INSTR_ADD &&
		(!unpack || strcmp(unpack, "true") == 0);
	c->unpacks_urls = unpack && c->unpacks;
	c->parents = instr_flag_is_true(c->instr, "parents");
	c->dest_is_dir = c->dest_is_dir || c->parents;
	c->link = instr_flag_is_true(c->instr, "link");
	c->if_exists = instr_flag_is_true(c->instr, "if-exists");
	r = read_exclude(c, err);
	if (r == 0)
		r = read_fetch_flags(s, c, err);
	if (r < 0)
		return r;
	if (owner) {
		r = state_expand(s, owner, &c->owner, err);
		if (r < 0)
			return r;
	}
	if (!mode)
		return 0;
	r = state_expand(s, mode, &text, err);
	return r < 0 ? r : chmod_parse(text, &c->chmod, err);
}

int
copy_parse(struct state *s, const struct instr *i, struct copy *ret,
	struct error *err)
{
	cleanup_value(copy_release) struct copy c = { .instr = i };

	if (check_flags(&c, err) < 0 || read_words(s, &c, err) < 0 ||
		read_bodies(s, &c, err) < 0 || read_flags(s, &c, err) < 0)
		return error_kind(err, ERROR_REQUEST);
	*ret = c;
	c = (struct copy){ 0 };
	return 0;
}
