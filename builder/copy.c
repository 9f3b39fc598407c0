/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/copy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "builder/expand.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

void
copy_release(struct copy *c)
{
	strv_release(&c->sources);
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
		"exclude", "parents", "link", "if-exists" };

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

static bool
is_url(const char *source)
{
	static const char *const prefixes[] = { "http://", "https://", "git://",
		"ssh://", "git@" };

	for (size_t n = 0; n < ARRAY_SIZE(prefixes); n++) {
		if (strncmp(source, prefixes[n], strlen(prefixes[n])) == 0)
			return true;
	}
	return false;
}

static int
check_source(const struct copy *c, const char *source, struct error *err)
{
	if (!is_url(source))
		return 0;
	if (c->instr->kind == INSTR_ADD) {
		(void)not_yet(c, "of a URL", err);
		return error_hint(err,
			"fetch '%s' in a RUN of its own stage and COPY --from it",
			source);
	}
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

static int
read_words(struct state *s, struct copy *c, struct error *err)
{
	const struct strv *args = &c->instr->args;

	for (size_t n = 0; n < args->count; n++) {
		char *word;
		int r;

		r = state_expand(s, args->items[n], &word, err);
		if (r < 0)
			return r;
		if (n + 1 == args->count) {
			c->dest_text = word;
			break;
		}
		strv_take(&c->sources, word);
		r = check_source(c, word, err);
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
	c->parents = instr_flag_is_true(c->instr, "parents");
	c->dest_is_dir = c->dest_is_dir || c->parents;
	c->link = instr_flag_is_true(c->instr, "link");
	c->if_exists = instr_flag_is_true(c->instr, "if-exists");
	r = read_exclude(c, err);
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

static void
add_mode(const struct chmod *c, struct key *k)
{
	if (c->is_octal)
		key_add_number(k, "mode", c->octal);
	key_add(k, "mode", c->symbolic);
}

void
copy_add_words(const struct copy *c, struct key *k)
{
	cleanup_value(strv_release) struct strv excludes = { 0 };

	instr_flag_list(c->instr, "exclude", &excludes);
	key_add_list(k, "source", &c->sources);
	key_add_list(k, "exclude", &excludes);
}

void
copy_add_key(const struct copy *c, struct key *k)
{
	key_add(k, "destination", c->dest);
	key_add_number(k, "into-directory", c->dest_is_dir);
	key_add(k, "owner", c->owner);
	add_mode(&c->chmod, k);
	key_add_number(k, "unpack", c->unpacks);
	if (c->parents)
		key_add(k, "parents", "true");
	for (size_t n = 0; n < c->bodies.count; n++) {
		key_add(k, "heredoc", c->instr->heredocs[n].name);
		key_add(k, "body", c->bodies.items[n]);
	}
}

static void
add_flag(const struct copy *c, const char *name, struct buf *b)
{
	cleanup_value(strv_release) struct strv values = { 0 };

	instr_flag_list(c->instr, name, &values);
	for (size_t n = 0; n < values.count; n++)
		buf_addf(b, " --%s=%s", name, values.items[n]);
}

void
copy_add_history(const struct copy *c, struct buf *b)
{
	static const char *const shown[] = { "chmod", "link", "parents",
		"exclude", "if-exists" };

	buf_adds(b, instr_name(c->instr->kind));
	if (c->owner)
		buf_addf(b, " --chown=%s", c->owner);
	for (size_t n = 0; n < ARRAY_SIZE(shown); n++)
		add_flag(c, shown[n], b);
	for (size_t n = 0; n < c->sources.count; n++)
		buf_addf(b, " %s", c->sources.items[n]);
	for (size_t n = 0; n < c->bodies.count; n++)
		buf_addf(b, " <<%s", c->instr->heredocs[n].name);
	buf_addf(b, " %s # buildkit", c->dest_text);
}
