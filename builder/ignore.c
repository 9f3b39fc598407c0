/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/ignore.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "builder/ignore-pattern.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

#define FILE_SIZE_MAX MiB(1)
#define RULES_MAX 10000

/* A pattern; `is_exception` for `!`. */
struct rule {
	struct ignore_pattern *pattern;
	bool is_exception;
};

struct ignore {
	struct rule *rules;
	size_t count;
	bool has_exceptions;
};

struct ignore *
ignore_free(struct ignore *i)
{
	if (!i)
		return NULL;
	for (size_t n = 0; n < i->count; n++)
		ignore_pattern_free(i->rules[n].pattern);
	free(i->rules);
	free(i);
	return NULL;
}

size_t
ignore_count(const struct ignore *i)
{
	return i ? i->count : 0;
}

static char *
trimmed(const char *text, size_t len)
{
	while (len > 0 && strchr(" \t\v\f\r\n", text[len - 1]))
		len--;
	while (len > 0 && strchr(" \t\v\f\r", *text)) {
		text++;
		len--;
	}
	return mem_strndup(text, len);
}

/* A pattern as it is compared: cleaned, below the root. */
static char *
cleaned(const char *text)
{
	autofree char *path = path_clean(text);
	bool is_absolute = path[0] == '/' && path[1] != '\0';

	return mem_strdup(path + is_absolute);
}

static int
add_rule(struct ignore *i, const char *text, struct error *err)
{
	bool is_exception = text[0] == '!';
	autofree char *word = NULL;
	autofree char *path = NULL;
	struct ignore_pattern *p;
	int r;

	text += is_exception;
	word = trimmed(text, strlen(text));
	if (word[0] == '\0')
		return is_exception ?
			error_set(err, EINVAL,
				"illegal exclusion pattern: \"!\"") :
			0;
	if (i->count == RULES_MAX)
		return error_set(err, EINVAL, "more than %d patterns",
			RULES_MAX);
	path = cleaned(word);
	r = ignore_pattern_parse(path, &p, err);
	if (r < 0)
		return r;
	i->rules = mem_resize(i->rules, i->count + 1, sizeof(*i->rules));
	i->rules[i->count++] = (struct rule){ p, is_exception };
	i->has_exceptions |= is_exception;
	return 0;
}

/* A comment has its `#` in the very first column. */
static int
add_line(struct ignore *i, const char *line, size_t len, struct error *err)
{
	autofree char *text = NULL;

	if (len > 0 && line[0] == '#')
		return 0;
	text = trimmed(line, len);
	return add_rule(i, text, err);
}

static int
fail_at(const char *file, int line, struct error *err)
{
	(void)error_kind(err, ERROR_REQUEST);
	return error_wrap(err, "%s:%d", file, line);
}

int
ignore_parse(const char *file, const char *text, size_t len,
	struct ignore **ret, struct error *err)
{
	cleanup(ignore_free) struct ignore *i = mem_zalloc(sizeof(*i));
	const char *end = text + len, *next;
	int r, line = 1;

	if (len > FILE_SIZE_MAX) {
		(void)error_set(err, EFBIG, "'%s' is larger than 1 MiB", file);
		return error_kind(err, ERROR_REQUEST);
	}
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	for (; text < end; text = next, line++) {
		next = memchr(text, '\n', (size_t)(end - text));
		next = next ? next + 1 : end;
		r = add_line(i, text, (size_t)(next - text), err);
		if (r < 0)
			return fail_at(file, line, err);
	}
	*ret = take_ptr(&i);
	return 0;
}

int
ignore_from_words(const struct strv *words, struct ignore **ret,
	struct error *err)
{
	cleanup(ignore_free) struct ignore *i = mem_zalloc(sizeof(*i));
	int r;

	for (size_t n = 0; n < words->count; n++) {
		r = add_rule(i, words->items[n], err);
		if (r < 0)
			return error_kind(err, ERROR_REQUEST);
	}
	*ret = take_ptr(&i);
	return 0;
}

/* The last rule that speaks of the path decides; one that would change nothing
 * need not be asked. With `ret_hits` all are. */
bool
ignore_matches_below(const struct ignore *i, const bool *above,
	const char *path, bool *ret_hits)
{
	bool ignored = false, hit;
	const struct rule *rule;

	for (size_t n = 0; n < ignore_count(i); n++) {
		rule = &i->rules[n];
		if (!ret_hits && rule->is_exception != ignored)
			continue;
		hit = (above && above[n]) ||
			ignore_pattern_matches(rule->pattern, path);
		if (ret_hits)
			ret_hits[n] = hit;
		if (hit)
			ignored = !rule->is_exception;
	}
	return ignored;
}

static bool
is_root(const char *path)
{
	return path[0] == '\0' || strcmp(path, ".") == 0;
}

/* Directory by directory, on a copy that is cut at each slash in turn. */
bool
ignore_matches_start(const struct ignore *i, const char *path, bool *ret_hits)
{
	autofree char *copy = NULL;
	bool *above = NULL;

	if (ignore_count(i) == 0)
		return false;
	memset(ret_hits, 0, i->count * sizeof(*ret_hits));
	if (is_root(path))
		return false;
	copy = mem_strdup(path);
	for (char *p = strchr(copy, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		(void)ignore_matches_below(i, above, copy, ret_hits);
		above = ret_hits;
		*p = '/';
	}
	return ignore_matches_below(i, above, copy, ret_hits);
}

bool
ignore_matches(const struct ignore *i, const char *path)
{
	autofree bool *hits = mem_array(ignore_count(i) + 1, sizeof(*hits));

	return ignore_matches_start(i, path, hits);
}

/* Whatever a rule says of a directory it says of all below, so only exceptions
 * behind the last one that leaves the directory out can help. */
bool
ignore_may_reinclude(const struct ignore *i, const char *path)
{
	autofree bool *hits = NULL;

	if (ignore_count(i) == 0 || !i->has_exceptions)
		return false;
	hits = mem_array(i->count, sizeof(*hits));
	(void)ignore_matches_start(i, path, hits);
	for (size_t n = i->count; n-- > 0;) {
		if (hits[n] && !i->rules[n].is_exception)
			return false;
		if (i->rules[n].is_exception &&
			ignore_pattern_may_match_below(i->rules[n].pattern,
				path))
			return true;
	}
	return false;
}
