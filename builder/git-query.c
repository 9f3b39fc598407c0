/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/git-query.h"

#include <errno.h>
#include <string.h>

#include "oci/url.h"
#include "util/mem.h"
#include "util/scope.h"
#include "util/strv.h"

int
git_query_set(char **to, const char *what, char *value, struct error *err)
{
	autofree char *held = value;

	if (*to && strcmp(*to, value) != 0)
		return error_set(err, EINVAL, "%s conflicts: '%s' and '%s'",
			what, *to, value);
	free(*to);
	*to = take_ptr(&held);
	return 0;
}

/* "v1" is "refs/tags/v1", which may stand there already. */
static int
set_full_ref(struct git_url *u, const char *what, const char *prefix,
	const char *value, struct error *err)
{
	bool is_full = strncmp(value, prefix, strlen(prefix)) == 0;

	return git_query_set(&u->ref, what,
		mem_printf("%s%s", is_full ? "" : prefix, value), err);
}

static int
set_choice(enum git_choice *to, const char *name, const char *value,
	struct error *err)
{
	static const char *const yes[] = { "", "1", "t", "T", "true", "TRUE",
		"True" };
	static const char *const no[] = { "0", "f", "F", "false", "FALSE",
		"False" };

	for (size_t n = 0; n < ARRAY_SIZE(yes); n++)
		if (strcmp(value, yes[n]) == 0)
			*to = GIT_YES;
	for (size_t n = 0; n < ARRAY_SIZE(no); n++)
		if (strcmp(value, no[n]) == 0)
			*to = GIT_NO;
	return *to != GIT_UNSAID ? 0 : error_set(err, EINVAL,
		"'%s' of '%s' is neither true nor false", value, name);
}

static int
read_ref(struct git_url *u, const char *value, struct error *err)
{
	return git_query_set(&u->ref, "ref", mem_strdup(value), err);
}

static int
read_branch(struct git_url *u, const char *value, struct error *err)
{
	return set_full_ref(u, "branch", "refs/heads/", value, err);
}

static int
read_tag(struct git_url *u, const char *value, struct error *err)
{
	return set_full_ref(u, "tag", "refs/tags/", value, err);
}

static int
read_subdir(struct git_url *u, const char *value, struct error *err)
{
	return git_query_set(&u->subdir, "subdir", mem_strdup(value), err);
}

static int
read_checksum(struct git_url *u, const char *value, struct error *err)
{
	return git_query_set(&u->checksum, "checksum", mem_strdup(value), err);
}

static int
read_submodules(struct git_url *u, const char *value, struct error *err)
{
	return set_choice(&u->submodules, "submodules", value, err);
}

static int
read_keep_dir(struct git_url *u, const char *value, struct error *err)
{
	return set_choice(&u->keep_dir, "keep-git-dir", value, err);
}

/* How a peer fetches; we do that by commit anyway. */
static int
read_fetch(struct git_url *u, const char *value, struct error *err)
{
	enum git_choice ignored = GIT_UNSAID;

	(void)u;
	return set_choice(&ignored, "fetch-by-commit", value, err);
}

/* The time of a checkout would be another each time. */
static int
read_mtime(struct git_url *u, const char *value, struct error *err)
{
	(void)u;
	if (strcmp(value, "commit") == 0)
		return 0;
	(void)error_set(err, EINVAL, "mtime=%s is not supported", value);
	return error_hint(err, "files have the time of their commit");
}

static const struct {
	const char *name;
	int (*read)(struct git_url *u, const char *value, struct error *err);
} words[] = {
	{ "ref", read_ref },
	{ "branch", read_branch },
	{ "tag", read_tag },
	{ "commit", read_checksum },
	{ "checksum", read_checksum },
	{ "subdir", read_subdir },
	{ "submodules", read_submodules },
	{ "keep-git-dir", read_keep_dir },
	{ "fetch-by-commit", read_fetch },
	{ "mtime", read_mtime },
};

/* `*had` has a bit for each word that was there. */
static int
read_item(struct git_url *u, const char *item, unsigned *had,
	struct error *err)
{
	autofree char *name = mem_strndup(item, strcspn(item, "="));
	autofree char *value = NULL;
	bool has_value = strchr(item, '=') != NULL;

	for (size_t n = 0; n < ARRAY_SIZE(words); n++) {
		if (strcmp(name, words[n].name) != 0)
			continue;
		if (*had & 1U << n)
			return error_set(err, EINVAL,
				"query '%s' has multiple values", name);
		*had |= 1U << n;
		value = url_unescape(has_value ? strchr(item, '=') + 1 : "");
		if (!*value && words[n].read != read_submodules &&
			words[n].read != read_keep_dir)
			return error_set(err, EINVAL,
				"query '%s' has no value", name);
		return words[n].read(u, value, err);
	}
	return error_set(err, EINVAL, "unexpected query '%s'", name);
}

int
git_query_read(struct git_url *u, const char *text, struct error *err)
{
	cleanup_value(strv_release) struct strv items = { 0 };
	unsigned had = 0;

	strv_split(&items, text, '&');
	for (size_t n = 0; n < items.count; n++) {
		int r = 0;

		if (*items.items[n])
			r = read_item(u, items.items[n], &had, err);
		if (r < 0)
			return r;
	}
	return 0;
}
