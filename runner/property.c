/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/property.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "util/cli.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/strv.h"

#define COUNT_MAX 1000000
#define SECONDS_MAX 31536000 /* a year */

static int
unknown_key(const struct yaml_doc *y, const struct yaml_node *key,
	const char *name, const struct property *table, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	const char *near;

	for (; table->name; table++)
		strv_add(&names, table->name);
	near = cli_nearest(
		name, (const char *const *)strv_view(&names), names.count);
	if (!near)
		return yaml_error(y, key, err, "unknown key '%s'", name);
	return yaml_error(y, key, err, "unknown key '%s', did you mean '%s'?",
		name, near);
}

static const struct property *
find(const struct property *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

int
property_read_all(const struct yaml_doc *y, const struct yaml_node *n,
	const struct property *table, void *object, struct error *err)
{
	struct property_value v = { .doc = y };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < yaml_count(n); i++) {
		v.node = yaml_at(n, i);
		v.row = find(table, yaml_key(n, i));
		if (!v.row)
			return unknown_key(y, yaml_key_node(n, i),
				yaml_key(n, i), table, err);
		if (yaml_kind(v.node) == YAML_NONE)
			continue;
		r = v.row->read(&v, (char *)object + v.row->offset, err);
	}
	return r;
}

static int
want_text(const struct property_value *v, struct error *err)
{
	if (yaml_kind(v->node) == YAML_TEXT)
		return 0;
	return yaml_error(v->doc, v->node, err, "'%s' is %s, not a text",
		v->row->name, yaml_kind_name(v->node));
}

int
property_text(const struct property_value *v, void *field, struct error *err)
{
	char **text = field;
	int r;

	r = want_text(v, err);
	if (r < 0)
		return r;
	free(*text);
	*text = mem_strdup(yaml_text(v->node));
	return 0;
}

/* 010 is 8 in YAML 1.1 and 10 in 1.2: whoever wrote it may mean either. */
static bool
looks_octal(const char *text)
{
	return text[0] == '0' && text[1];
}

static int
parse_seconds(const char *text, int64_t *ret_ms)
{
	uint64_t seconds;
	int64_t ns;

	if (looks_octal(text))
		return -EINVAL;
	if (num_parse(text, SECONDS_MAX, &seconds, NULL) == 0) {
		*ret_ms = (int64_t)seconds * 1000;
		return 0;
	}
	if (num_parse_duration(text, &ns, NULL) < 0 || ns < 0 ||
		ns / 1000000000 > SECONDS_MAX)
		return -EINVAL;
	*ret_ms = ns / 1000000;
	return 0;
}

int
property_duration(
	const struct property_value *v, void *field, struct error *err)
{
	int r;

	r = want_text(v, err);
	if (r < 0)
		return r;
	if (parse_seconds(yaml_text(v->node), field) < 0)
		return yaml_error(v->doc, v->node, err,
			"'%s' is '%s', not a time like 90, 90s or 1h30m",
			v->row->name, yaml_text(v->node));
	return 0;
}

int
property_count(const struct property_value *v, void *field, struct error *err)
{
	int r;

	r = want_text(v, err);
	if (r < 0)
		return r;
	if (looks_octal(yaml_text(v->node)) ||
		num_parse(yaml_text(v->node), COUNT_MAX, field, NULL) < 0)
		return yaml_error(v->doc, v->node, err,
			"'%s' is '%s', not a whole number up to %d",
			v->row->name, yaml_text(v->node), COUNT_MAX);
	return 0;
}

int
property_bool(const struct property_value *v, void *field, struct error *err)
{
	if (yaml_kind(v->node) == YAML_TEXT && !yaml_is_quoted(v->node) &&
		yaml_parse_bool(yaml_text(v->node), field) == 0)
		return 0;
	return yaml_error(v->doc, v->node, err,
		"'%s' is neither true nor false", v->row->name);
}

int
property_list(const struct property_value *v, void *field, struct error *err)
{
	struct property_value item = *v;
	size_t i;
	int r;

	if (yaml_kind(v->node) == YAML_TEXT) {
		strv_add(field, yaml_text(v->node));
		return 0;
	}
	if (yaml_kind(v->node) != YAML_LIST)
		return yaml_error(v->doc, v->node, err,
			"'%s' is %s, not a list", v->row->name,
			yaml_kind_name(v->node));
	for (i = 0; i < yaml_count(v->node); i++) {
		item.node = yaml_at(v->node, i);
		r = want_text(&item, err);
		if (r < 0)
			return r;
		strv_add(field, yaml_text(item.node));
	}
	return 0;
}

static char *
unquoted(const char *value)
{
	size_t len = strlen(value);

	if (len >= 2 && (*value == '"' || *value == '\'') &&
		value[len - 1] == *value)
		return mem_strndup(value + 1, len - 2);
	return mem_strdup(value);
}

int
property_env(const struct property_value *v, void *field, struct error *err)
{
	cleanup_value(strv_release) struct strv items = { 0 };
	size_t i;
	int r;

	r = property_list(v, &items, err);
	if (r < 0)
		return r;
	for (i = 0; i < items.count; i++) {
		const char *equals = strchr(items.items[i], '=');
		autofree char *name = NULL;
		autofree char *value = NULL;

		if (!equals || equals == items.items[i])
			return yaml_error(v->doc, v->node, err,
				"'%s' has '%s', which is not NAME=VALUE",
				v->row->name, items.items[i]);
		name = mem_strndup(
			items.items[i], (size_t)(equals - items.items[i]));
		value = unquoted(equals + 1);
		strv_env_set(field, name, value);
	}
	return 0;
}

int
property_harmless(
	const struct property_value *v, void *field, struct error *err)
{
	(void)v;
	(void)field;
	(void)err;
	return 0;
}

int
property_later(const struct property_value *v, void *field, struct error *err)
{
	(void)field;
	return yaml_error(v->doc, v->node, err, "'%s' is not supported yet",
		v->row->name);
}

int
property_later_bool(
	const struct property_value *v, void *field, struct error *err)
{
	bool value = false;
	int r;

	r = property_bool(v, &value, err);
	if (r < 0 || !value)
		return r;
	return property_later(v, field, err);
}
