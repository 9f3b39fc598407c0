/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/alias.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "oci/ref.h"
#include "runner/alias-text.h"
#include "runner/property.h"
#include "runner/yaml.h"
#include "util/fs.h"
#include "util/map.h"
#include "util/mem.h"

#define FILE_MAX MiB(1)
#define DIRECTIVE_MAX 4 /* bytes of a character */

struct aliases {
	struct map *names;
	char directive[DIRECTIVE_MAX + 1];
	struct alias_span block;
};

/* What the registry service has built in for Linux. */
static const char *const built_in[][2] = {
	{ "ID", "{{.Run.ID}}" },
	{ "SharedVolume", "{{.Run.SharedVolume}}" },
	{ "Registry", "{{.Run.Registry}}" },
	{ "RegistryName", "{{.Run.RegistryName}}" },
	{ "Date", "{{.Run.Date}}" },
	{ "OS", "{{.Run.OS}}" },
	{ "Architecture", "{{.Run.Architecture}}" },
	{ "Commit", "{{.Run.Commit}}" },
	{ "Branch", "{{.Run.Branch}}" },
	{ "acr", "mcr.microsoft.com/acr/acr-cli:0.19" },
	{ "az", "mcr.microsoft.com/acr/azure-cli:7fcc50e" },
	{ "bash", "mcr.microsoft.com/acr/bash:7fcc50e" },
	{ "curl", "mcr.microsoft.com/acr/curl:7fcc50e" },
	{ "cssc", "mcr.microsoft.com/acr/cssc:7fcc50e" },
};

/* The block's own keys; `values` is read after what `src` names. */
struct block {
	struct strv src;
	char *directive;
};

static void
block_release(struct block *b)
{
	strv_release(&b->src);
	free(b->directive);
}

static const struct property block_properties[] = {
	{ "src", property_list, offsetof(struct block, src) },
	{ "directive", property_text, offsetof(struct block, directive) },
	{ "values", property_harmless },
	{ NULL },
};

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) && !(c & 0x80);
}

static bool
is_name(const char *text)
{
	const char *c = text;

	while (is_word(*c))
		c++;
	return c > text && !*c;
}

/* A flat map of names and texts. */
static int
add_names(struct aliases *a, const struct yaml_doc *y,
	const struct yaml_node *n, struct error *err)
{
	const struct yaml_node *value;
	size_t i;

	if (!n || yaml_kind(n) == YAML_NONE)
		return 0;
	if (yaml_kind(n) != YAML_MAP)
		return yaml_error(y, n, err, "aliases are %s, not a map",
			yaml_kind_name(n));
	for (i = 0; i < yaml_count(n); i++) {
		value = yaml_at(n, i);
		if (!is_name(yaml_key(n, i)))
			return yaml_error(y, yaml_key_node(n, i), err,
				"alias '%s' is not of letters and digits",
				yaml_key(n, i));
		if (yaml_kind(value) != YAML_TEXT)
			return yaml_error(y, value, err,
				"alias '%s' is %s, not a text", yaml_key(n, i),
				yaml_kind_name(value));
		map_set(a->names, yaml_key(n, i), mem_strdup(yaml_text(value)));
	}
	return 0;
}

static int
add_text(struct aliases *a, const struct buf *text, const char *name,
	struct error *err)
{
	cleanup(yaml_doc_free) struct yaml_doc *y = NULL;
	int r;

	r = yaml_doc_parse(buf_text(text), text->len, name, &y, err);
	return r < 0 ? r : add_names(a, y, yaml_doc_root(y), err);
}

static int
add_default(struct aliases *a, const char *path, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autoerror local = { 0 };
	int r;

	buf_init(&text, FILE_MAX);
	r = fs_read_file(AT_FDCWD, path, FILE_MAX, &text, &local);
	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	return r < 0 ? error_move(err, &local) : add_text(a, &text, path, err);
}

static int
read_file(int dir_fd, const char *path, struct buf *ret, struct error *err)
{
	autoclose int fd = -1;
	int r;

	if (strstr(path, "://")) {
		error_set(err, EINVAL, "alias file '%s' is on the net", path);
		error_hint(err, "keep a copy beside the task file");
		return error_kind(err, ERROR_REQUEST);
	}
	r = fs_open_in(dir_fd, path, FS_BENEATH, O_RDONLY, 0, &fd, err);
	if (r == 0)
		r = fs_read_fd(fd, FILE_MAX, ret, err);
	if (r == 0)
		return 0;
	error_kind(err, ERROR_LOCAL);
	return error_wrap(err, "alias file '%s'", path);
}

/* One character, as UTF-8. */
static bool
is_directive(const char *text)
{
	size_t i;

	if (!*text || is_word(*text) || strlen(text) > DIRECTIVE_MAX)
		return false;
	for (i = 1; text[i]; i++)
		if ((text[i] & 0xc0) != 0x80)
			return false;
	return true;
}

static int
add_block(struct aliases *a, const struct yaml_doc *y,
	const struct alias_source *s, struct error *err)
{
	const struct yaml_node *n = yaml_get(yaml_doc_root(y), "alias");
	cleanup_value(block_release) struct block b = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	size_t i;
	int r;

	if (!n || yaml_kind(n) == YAML_NONE)
		return 0;
	if (yaml_kind(n) != YAML_MAP)
		return yaml_error(y, n, err, "'alias' is %s, not a map",
			yaml_kind_name(n));
	buf_init(&text, FILE_MAX);
	r = property_read_all(y, n, block_properties, &b, err);
	for (i = 0; r == 0 && i < b.src.count; i++) {
		buf_reset(&text);
		r = read_file(s->dir_fd, b.src.items[i], &text, err);
		if (r < 0)
			return error_wrap(err, "%s:%zu:%zu", s->name,
				yaml_line(yaml_get(n, "src")),
				yaml_column(yaml_get(n, "src")));
		r = add_text(a, &text, b.src.items[i], err);
	}
	if (r == 0)
		r = add_names(a, y, yaml_get(n, "values"), err);
	if (r < 0 || !b.directive)
		return r;
	if (!is_directive(b.directive))
		return yaml_error(y, yaml_get(n, "directive"), err,
			"directive '%s' is not one character, or is a letter",
			b.directive);
	(void)snprintf(a->directive, sizeof(a->directive), "%s", b.directive);
	return 0;
}

/* Rendered and read where it stands: lines count from the file's first. */
static int
read_block(struct aliases *a, const char *text, const struct alias_source *s,
	struct error *err)
{
	cleanup_value(buf_release) struct buf source = { 0 };
	cleanup_value(buf_release) struct buf rendered = { 0 };
	cleanup(yaml_doc_free) struct yaml_doc *y = NULL;
	const char *c;
	int r;

	if (!a->block.at)
		return 0;
	buf_init(&source, TEMPLATE_TEXT_MAX);
	buf_init(&rendered, TEMPLATE_TEXT_MAX);
	for (c = text; c < a->block.at; c++)
		if (*c == '\n')
			buf_addc(&source, '\n');
	buf_add(&source, a->block.at, a->block.len);
	r = buf_check(&source, s->name, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	r = template_render(buf_text(&source), source.len, s->name, s->data,
		&rendered, err);
	if (r == 0)
		r = yaml_doc_parse(
			buf_text(&rendered), rendered.len, s->name, &y, err);
	return r < 0 ? r : add_block(a, y, s, err);
}

static bool
is_wanted(const char *text, size_t len, bool always)
{
	static const char *const old[] = { "v1.0.0", "1.0.0", "1.0", "v1.0",
		"1.0-preview-1", "1.0.0-preview" };
	struct alias_span v = alias_find_version(text, len);
	size_t i;

	if (!v.at)
		return always;
	for (i = 0; i < ARRAY_SIZE(old); i++)
		if (v.len == strlen(old[i]) &&
			strncasecmp(v.at, old[i], v.len) == 0)
			return false;
	return true;
}

int
aliases_read(const char *text, size_t len, const struct alias_source *s,
	struct aliases **ret, struct error *err)
{
	cleanup(aliases_free) struct aliases *a = NULL;
	size_t i;
	int r = 0;

	if (!is_wanted(text, len, s->always)) {
		*ret = NULL;
		return 0;
	}
	a = mem_zalloc(sizeof(*a));
	a->names = map_new(free);
	a->directive[0] = '$';
	a->block = alias_find_block(text, len);
	for (i = 0; i < ARRAY_SIZE(built_in); i++)
		map_set(a->names, built_in[i][0], mem_strdup(built_in[i][1]));
	for (i = 0; r == 0 && i < s->defaults->count; i++)
		r = add_default(a, s->defaults->items[i], err);
	if (r == 0)
		r = read_block(a, text, s, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&a);
	return 0;
}

struct aliases *
aliases_free(struct aliases *a)
{
	if (!a)
		return NULL;
	map_free(a->names);
	free(a);
	return NULL;
}

const char *
aliases_image(const struct aliases *a, const char *word)
{
	const char *value = a && is_name(word) ? map_get(a->names, word) : NULL;
	autoref ref = { 0 };

	return value && ref_parse(value, &ref, NULL) == 0 ? value : NULL;
}

static bool
is_directive_at(const struct aliases *a, const char *at, const char *end)
{
	size_t len = strlen(a->directive);

	return (size_t)(end - at) >= len && memcmp(at, a->directive, len) == 0;
}

/* Behind a directive; returns what comes after the name. */
static const char *
replace_name(const struct aliases *a, const char *at, const char *end,
	struct buf *ret)
{
	const size_t len = strlen(a->directive);
	const char *stop = at;
	autofree char *name = NULL;
	const char *value;

	while (stop < end && is_word(*stop))
		stop++;
	name = mem_strndup(at, (size_t)(stop - at));
	value = map_get(a->names, name);
	if (value) {
		buf_adds(ret, value);
		return stop;
	}
	buf_adds(ret, a->directive);
	if (stop > at && is_directive_at(a, stop, end))
		stop += len;
	buf_add(ret, at, (size_t)(stop - at));
	return stop;
}

static void
replace_line(const struct aliases *a, struct alias_span line, struct buf *ret)
{
	const size_t len = strlen(a->directive);
	const char *end = line.at + line.len;
	const char *at = line.at;

	while (at < end) {
		if (!is_directive_at(a, at, end)) {
			buf_addc(ret, *at++);
			continue;
		}
		at += len;
		if (is_directive_at(a, at, end)) {
			buf_adds(ret, a->directive);
			at += len;
		} else {
			at = replace_name(a, at, end, ret);
		}
	}
}

static bool
is_comment(struct alias_span line)
{
	size_t blank = strspn(line.at, " \t");

	return blank < line.len && line.at[blank] == '#';
}

void
aliases_replace(
	const struct aliases *a, const char *text, size_t len, struct buf *ret)
{
	const char *block_end =
		a->block.at ? a->block.at + a->block.len : NULL;
	const char *end = text + len;
	struct alias_span line;

	for (; text < end; text += line.len) {
		line = alias_line(text, end);
		if (a->block.at && text >= a->block.at && text < block_end)
			buf_addc(ret, '\n');
		else if (is_comment(line))
			buf_add(ret, line.at, line.len);
		else
			replace_line(a, line, ret);
	}
}
