/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/property.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "util/cli.h"
#include "util/mem.h"
#include "util/strv.h"

static int
unknown_key(const struct yaml_doc *y, const struct yaml_node *n, size_t i,
	const struct property *table, struct error *err)
{
	const struct yaml_node *key = yaml_key_node(n, i);
	const char *name = yaml_key(n, i);
	cleanup_value(strv_release) struct strv names = { 0 };
	const char *near;

	for (; table->name; table++)
		strv_add(&names, table->name);
	near = cli_nearest(
		name, (const char *const *)strv_view(&names), names.count);
	if (!near)
		return yaml_complain(y, key, err, "unknown key '%s'", name);
	return yaml_complain(y, key, err,
		"unknown key '%s', did you mean '%s'?", name, near);
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
	void *field;
	int r = 0;

	for (i = 0; r == 0 && i < yaml_count(n); i++) {
		v.node = yaml_at(n, i);
		v.row = find(table, yaml_key(n, i));
		field = v.row && object ? (char *)object + v.row->offset
					: NULL;
		if (!v.row)
			r = unknown_key(y, n, i, table, err);
		else if (yaml_kind(v.node) != YAML_NONE)
			r = v.row->read(&v, field, err);
	}
	return r;
}

const struct yaml_node *
property_member(const struct property_value *v, size_t index)
{
	return yaml_kind(v->node) == YAML_LIST ? yaml_at(v->node, index)
					       : v->node;
}

int
property_read_list(const struct property_value *v, const struct property *table,
	size_t size, struct property_objects *ret, struct error *err)
{
	size_t count =
		yaml_kind(v->node) == YAML_LIST ? yaml_count(v->node) : 1;
	const struct yaml_node *n;
	size_t i;
	int r = 0;

	ret->items = mem_array(count, size);
	for (i = 0; r == 0 && i < count; i++) {
		n = property_member(v, i);
		if (yaml_kind(n) != YAML_MAP)
			return yaml_error(v->doc, n, err,
				"'%s' has %s, not a map", v->row->name,
				yaml_kind_name(n));
		ret->count++;
		r = property_read_all(v->doc, n, table,
			(char *)ret->items + i * size, err);
	}
	return r;
}

int
property_want_text(const struct property_value *v, struct error *err)
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

	r = property_want_text(v, err);
	if (r < 0)
		return r;
	free(*text);
	*text = mem_strdup(yaml_text(v->node));
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
property_word(const struct property_value *v, const char *const *words,
	size_t count, size_t *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv first = { 0 };
	autofree char *list = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(yaml_text(v->node), words[i]) != 0)
			continue;
		*ret = i;
		return 0;
	}
	for (i = 0; i + 1 < count; i++)
		strv_add(&first, words[i]);
	list = strv_join(&first, ", ");
	return yaml_error(v->doc, v->node, err, "'%s' is %s or %s, not '%s'",
		v->row->name, list, words[count - 1], yaml_text(v->node));
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
		r = property_want_text(&item, err);
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

static int
add_variable(const struct property_value *v, const char *item, void *field,
	struct error *err)
{
	const char *equals = strchr(item, '=');
	autofree char *name = NULL;
	autofree char *value = NULL;

	/* "NAME" is handed on from the engine by the service: there it is
	 * nothing. */
	if (!equals && *item)
		return yaml_complain(v->doc, v->node, err,
			"'%s' has '%s', which is not NAME=VALUE", v->row->name,
			item);
	if (!equals || equals == item)
		return yaml_error(v->doc, v->node, err,
			"'%s' has '%s', which is not NAME=VALUE", v->row->name,
			item);
	name = mem_strndup(item, (size_t)(equals - item));
	value = unquoted(equals + 1);
	strv_env_set(field, name, value);
	return 0;
}

int
property_env(const struct property_value *v, void *field, struct error *err)
{
	cleanup_value(strv_release) struct strv items = { 0 };
	size_t i;
	int r;

	r = property_list(v, &items, err);
	for (i = 0; r == 0 && i < items.count; i++)
		r = add_variable(v, items.items[i], field, err);
	return r;
}

int
property_env_with_commas(
	const struct property_value *v, void *field, struct error *err)
{
	cleanup_value(strv_release) struct strv items = { 0 };
	cleanup_value(strv_release) struct strv parts = { 0 };
	size_t i;
	int r;

	r = property_list(v, &items, err);
	for (i = 0; i < items.count; i++)
		strv_split(&parts, items.items[i], ',');
	for (i = 0; r == 0 && i < parts.count; i++)
		r = add_variable(v, parts.items[i], field, err);
	return r;
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
