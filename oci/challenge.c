/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/challenge.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "util/buf.h"
#include "util/mem.h"

#define CHALLENGES_MAX 16
#define PARAMETERS_MAX 32
#define VALUE_MAX KiB(16)

static bool
is_token(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static void
skip_blanks(const char **at)
{
	*at += strspn(*at, " \t");
}

/* Empty list members are allowed: RFC 9110, 5.6.1. */
static void
skip_commas(const char **at)
{
	*at += strspn(*at, " \t,");
}

/* A token in lower case, or NULL. */
static char *
take_token(const char **at)
{
	const char *start = *at;
	char *token;

	while (is_token(**at))
		(*at)++;
	if (*at == start)
		return NULL;
	token = mem_strndup(start, *at - start);
	for (char *c = token; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return token;
}

/* "text" with backslash escapes; `*at` is on the first quote. */
static char *
take_quoted(const char **at)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	const char *c = *at + 1;

	buf_init(&b, VALUE_MAX);
	for (; *c && *c != '"'; c++) {
		if (*c == '\\' && c[1])
			c++;
		buf_addc(&b, *c);
	}
	if (*c != '"' || b.overflow)
		return NULL;
	*at = c + 1;
	return buf_steal(&b);
}

static char *
take_value(const char **at)
{
	const char *start = *at;

	if (**at == '"')
		return take_quoted(at);
	/* More than tokens are met: unquoted URLs as realm. */
	*at += strcspn(*at, " \t,\"");
	return *at == start ? NULL : mem_strndup(start, *at - start);
}

/* Is a "name = value" next, and not the scheme of another challenge? */
static bool
at_parameter(const char *at)
{
	while (is_token(*at))
		at++;
	skip_blanks(&at);
	return *at == '=' && at[1] != '=' && at[1] != '\0';
}

static int
take_parameter(const char **at, struct challenge *c, struct error *err)
{
	autofree char *name = take_token(at);
	autofree char *value = NULL;

	if (!name || c->parameters.count >= PARAMETERS_MAX)
		return error_set(err, EINVAL, "malformed challenge");
	skip_blanks(at);
	(*at)++;
	skip_blanks(at);
	value = take_value(at);
	if (!value)
		return error_set(err, EINVAL,
			"malformed value of '%s' in a challenge", name);
	strv_addf(&c->parameters, "%s=%s", name, value);
	return 0;
}

static struct challenge *
add_challenge(struct challenges *all, char *scheme)
{
	struct challenge *c;

	all->items = mem_resize(all->items, all->count + 1,
		sizeof(*all->items));
	c = &all->items[all->count++];
	*c = (struct challenge){ .scheme = scheme };
	return c;
}

/* One scheme with its parameters, or with a token68, which is dropped. */
static int
take_challenge(const char **at, struct challenges *all, struct error *err)
{
	char *scheme;
	struct challenge *c;
	int r;

	if (all->count >= CHALLENGES_MAX)
		return error_set(err, E2BIG, "more than %d challenges",
			CHALLENGES_MAX);
	scheme = take_token(at);
	if (!scheme)
		return error_set(err, EINVAL, "malformed challenge");
	c = add_challenge(all, scheme);
	skip_blanks(at);
	if (**at && **at != ',' && !at_parameter(*at))
		*at += strcspn(*at, " \t,");
	skip_commas(at);
	while (**at && at_parameter(*at)) {
		r = take_parameter(at, c, err);
		if (r < 0)
			return r;
		skip_commas(at);
	}
	return 0;
}

int
challenge_list_parse(struct challenges *all, const char *value,
	struct error *err)
{
	int r;

	skip_commas(&value);
	while (*value) {
		r = take_challenge(&value, all, err);
		if (r < 0)
			return r;
	}
	return 0;
}

const struct challenge *
challenge_list_find(const struct challenges *all, const char *scheme)
{
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->items[i].scheme, scheme) == 0)
			return &all->items[i];
	return NULL;
}

const char *
challenge_get(const struct challenge *c, const char *name)
{
	return strv_env_get(&c->parameters, name);
}

void
challenge_list_release(struct challenges *all)
{
	for (size_t i = 0; i < all->count; i++) {
		free(all->items[i].scheme);
		strv_release(&all->items[i].parameters);
	}
	free(all->items);
	*all = (struct challenges){ 0 };
}
