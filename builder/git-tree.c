/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/git-tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

#define LISTING_MAX MiB(256)
#define MODULES_FILE_MAX MiB(1)
#define MODULES_MAX 1000

void
git_tree_release(struct git_tree *t)
{
	for (size_t n = 0; n < t->module_count; n++) {
		free(t->modules[n].path);
		free(t->modules[n].url);
		free(t->modules[n].commit);
	}
	free(t->modules);
	*t = (struct git_tree){ 0 };
}

/* git makes no such tree; who did may want files to be taken for a repository,
 * whose settings and hooks would count. */
static bool
is_harmless(const char *path)
{
	while (*path) {
		size_t len = strcspn(path, "/");

		if (len == 0 || (len <= 2 && strncmp(path, "..", len) == 0) ||
			(len == 4 && strncasecmp(path, ".git", 4) == 0))
			return false;
		path += len + (path[len] == '/');
	}
	return true;
}

static int
add_module(struct git_tree *t, const char *path, const char *id, size_t len,
	struct error *err)
{
	struct git_module m = { .path = mem_strdup(path),
		.commit = mem_strndup(id, len) };

	t->modules = mem_resize(t->modules, t->module_count + 1,
		sizeof(*t->modules));
	t->modules[t->module_count++] = m;
	if (!git_is_id(m.commit))
		return error_set(err, EBADMSG,
			"submodule '%s' has no commit", path);
	return t->module_count <= MODULES_MAX ? 0 : error_set(err, E2BIG,
		"more than %d submodules", MODULES_MAX);
}

/* "MODE TYPE ID\tPATH" */
static int
read_entry(struct git_tree *t, const char *entry, struct error *err)
{
	const char *type = strchr(entry, ' ');
	const char *id = type ? strchr(type + 1, ' ') : NULL;
	const char *tab = id ? strchr(id, '\t') : NULL;

	if (!tab)
		return error_set(err, EBADMSG, "malformed listing of a tree");
	if (!is_harmless(tab + 1))
		return error_set(err, EBADMSG,
			"the tree has '%s', which git does not allow",
			tab + 1);
	if (strcmp(path_base(tab + 1), ".gitattributes") == 0)
		t->has_attributes = true;
	if (strcmp(tab + 1, ".gitmodules") == 0 &&
		strncmp(entry, "100", 3) == 0)
		t->has_modules_file = true;
	if (strncmp(entry, "160000 ", 7) == 0)
		return add_module(t, tab + 1, id + 1, (size_t)(tab - id - 1),
			err);
	return 0;
}

int
git_tree_parse(const char *listing, size_t len, struct git_tree *ret,
	struct error *err)
{
	size_t at = 0;
	int r;

	while (at < len) {
		size_t entry = strnlen(listing + at, len - at);

		if (at + entry == len)
			return error_set(err, EBADMSG,
				"the listing of a tree is cut short");
		r = read_entry(ret, listing + at, err);
		if (r < 0)
			return r;
		at += entry + 1;
	}
	return 0;
}

/* The submodule that has this path. */
static struct git_module *
module_at(struct git_tree *t, const char *path)
{
	for (size_t n = 0; n < t->module_count; n++)
		if (strcmp(t->modules[n].path, path) == 0)
			return &t->modules[n];
	return NULL;
}

/* "submodule.NAME.word\nvalue" */
struct setting {
	const char *name;
	size_t len;
	const char *word, *value;
};

/* False when it is about something else. */
static bool
next_setting(const char **at, const char *end, struct setting *ret)
{
	static const char prefix[] = "submodule.";
	const char *text = *at, *line, *dot;

	*at += strnlen(text, (size_t)(end - text)) + 1;
	line = *at <= end ? strchr(text, '\n') : NULL;
	if (!line || strncmp(text, prefix, sizeof(prefix) - 1) != 0)
		return false;
	dot = memrchr(text, '.', (size_t)(line - text));
	if (dot < text + sizeof(prefix) - 1)
		return false;
	*ret = (struct setting){ text + sizeof(prefix) - 1,
		(size_t)(dot - text) - (sizeof(prefix) - 1), dot + 1,
		line + 1 };
	return true;
}

static const char *
url_of(const char *config, size_t len, const struct setting *path)
{
	const char *at = config, *end = config + len, *url = NULL;

	while (at < end) {
		struct setting s;

		if (next_setting(&at, end, &s) && s.len == path->len &&
			memcmp(s.name, path->name, s.len) == 0 &&
			strncmp(s.word, "url\n", 4) == 0)
			url = s.value;
	}
	return url;
}

void
git_tree_parse_modules(struct git_tree *t, const char *config, size_t len)
{
	const char *at = config, *end = config + len;

	while (at < end) {
		struct git_module *m;
		struct setting s;

		if (!next_setting(&at, end, &s) ||
			strncmp(s.word, "path\n", 5) != 0)
			continue;
		m = module_at(t, s.value);
		if (m && !m->url)
			m->url = mem_strdup(url_of(config, len, &s));
	}
}

static int
read_modules(struct git_repo *r, const char *commit, struct git_tree *t,
	struct error *err)
{
	autofree char *blob = mem_printf("%s:.gitmodules", commit);
	cleanup_value(buf_release) struct buf text = { 0 };
	int failed;

	buf_init(&text, MODULES_FILE_MAX);
	failed = git_repo_run(r, &text, NULL, err, "config", "--null",
		"--no-includes", "--blob", blob, "--list", NULL);
	if (failed == 0 && text.len)
		git_tree_parse_modules(t, text.data, text.len);
	return failed;
}

int
git_tree_read(struct git_repo *r, const char *commit, struct git_tree *ret,
	struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup_value(git_tree_release) struct git_tree t = { 0 };
	int failed;

	buf_init(&text, LISTING_MAX);
	failed = git_repo_run(r, &text, NULL, err, "ls-tree", "-r", "-z",
		"--full-tree", commit, NULL);
	if (failed == 0)
		failed = git_tree_parse(buf_text(&text), text.len, &t, err);
	if (failed == 0 && t.module_count && t.has_modules_file)
		failed = read_modules(r, commit, &t, err);
	if (failed < 0)
		return failed;
	*ret = t;
	t = (struct git_tree){ 0 };
	return 0;
}
