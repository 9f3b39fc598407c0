/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/schema.h"

#include <string.h>

#include "runner/property.h"
#include "runner/task-network.h"
#include "runner/task-secret.h"
#include "runner/task-step.h"
#include "runner/task-volume.h"
#include "util/mem.h"

#define TEXT_MAX KiB(4)

/* What each reader takes. */
static const struct {
	int (*read)(
		const struct property_value *v, void *field, struct error *err);
	const char *json;
} readers[] = {
	{ property_text, "{\"$ref\":\"#/$defs/text\"}" },
	{ property_duration, "{\"$ref\":\"#/$defs/time\"}" },
	{ property_count, "{\"type\":\"integer\",\"minimum\":0}" },
	{ property_size, "{\"$ref\":\"#/$defs/size\"}" },
	{ property_mode, "{\"type\":[\"string\",\"integer\"]}" },
	{ property_bool, "{\"type\":\"boolean\"}" },
	{ property_list, "{\"$ref\":\"#/$defs/texts\"}" },
	{ property_env, "{\"$ref\":\"#/$defs/env\"}" },
};

/* Keys that have a reader of their own, or mean more than it says. "D:K" is K
 * of the definition D only. */
static const struct {
	const char *key;
	const char *json;
} keys[] = {
	{ "version", "{\"type\":[\"string\",\"number\"]}" },
	{ "steps",
		"{\"type\":\"array\",\"items\":"
		"{\"$ref\":\"#/$defs/step\"}}" },
	{ "cleanup",
		"{\"type\":\"array\",\"items\":"
		"{\"$ref\":\"#/$defs/step\"}}" },
	{ "task:env", "{\"$ref\":\"#/$defs/env\"}" },
	{ "alias",
		"{\"type\":\"object\",\"additionalProperties\":false,"
		"\"properties\":{\"values\":{\"type\":\"object\"},"
		"\"src\":{\"$ref\":\"#/$defs/texts\"},"
		"\"directive\":{\"type\":\"string\"}}}" },
	{ "networks",
		"{\"type\":\"array\",\"items\":"
		"{\"$ref\":\"#/$defs/network\"}}" },
	{ "secrets",
		"{\"type\":\"array\",\"items\":"
		"{\"$ref\":\"#/$defs/secret\"}}" },
	{ "volumes",
		"{\"type\":\"array\",\"items\":"
		"{\"$ref\":\"#/$defs/volume\"}}" },
	{ "credentials", "false" },
	{ "registries", "false" },
	{ "runOn",
		"{\"enum\":[\"success\",\"failure\",\"completed\","
		"\"always\"]}" },
	{ "exitedWith", "{\"$ref\":\"#/$defs/statuses\"}" },
	{ "exitedWithout", "{\"$ref\":\"#/$defs/statuses\"}" },
	{ "detach",
		"{\"anyOf\":[{\"type\":\"boolean\"},"
		"{\"$ref\":\"#/$defs/detach\"}]}" },
	{ "healthcheck",
		"{\"anyOf\":[{\"type\":\"string\"},"
		"{\"$ref\":\"#/$defs/healthcheck\"}]}" },
	{ "step:cache",
		"{\"type\":\"string\",\"pattern\":"
		"\"^([Ee][Nn]|[Dd][Ii][Ss])[Aa][Bb][Ll][Ee][Dd]$\"}" },
	{ "isolation", "{\"enum\":[\"\",\"default\"]}" },
	{ "cpus", "{\"type\":[\"string\",\"number\"]}" },
	{ "volumeMounts",
		"{\"type\":\"array\",\"items\":"
		"{\"$ref\":\"#/$defs/mount\"}}" },
	{ "matrix",
		"{\"type\":\"object\",\"minProperties\":1,"
		"\"additionalProperties\":{\"type\":\"array\","
		"\"minItems\":1}}" },
	{ "include", "{\"$ref\":\"#/$defs/texts\"}" },
	{ "secret",
		"{\"type\":\"object\",\"minProperties\":1,"
		"\"additionalProperties\":{\"type\":\"string\"}}" },
	{ "secretFrom",
		"{\"type\":\"object\",\"minProperties\":1,"
		"\"additionalProperties\":{\"type\":\"string\"}}" },
	{ "volume:cache", "{\"$ref\":\"#/$defs/cache\"}" },
	{ "tmpfs", "{\"$ref\":\"#/$defs/tmpfs\"}" },
	{ "host", "{\"$ref\":\"#/$defs/host\"}" },
	{ "empty", "{\"type\":\"object\",\"maxProperties\":0}" },
	{ "sharing", "{\"enum\":[\"shared\",\"private\",\"locked\"]}" },
};

/* Kinds of values. */
static const struct {
	const char *name;
	const char *json;
} kinds[] = {
	{ "text", "{\"type\":[\"string\",\"number\",\"boolean\"]}" },
	{ "time",
		"{\"anyOf\":[{\"type\":\"integer\",\"minimum\":0},"
		"{\"type\":\"string\",\"pattern\":"
		"\"^([0-9]+(\\\\.[0-9]+)?(h|m|s|ms|us|ns))+$|^[0-9]+$\"}]}" },
	{ "size",
		"{\"anyOf\":[{\"type\":\"integer\",\"minimum\":0},"
		"{\"type\":\"string\",\"pattern\":"
		"\"^[0-9.]+ ?[bkmgtpBKMGTP]?(i?[bB])?$\"}]}" },
	{ "texts",
		"{\"anyOf\":[{\"$ref\":\"#/$defs/text\"},"
		"{\"type\":\"array\",\"items\":"
		"{\"$ref\":\"#/$defs/text\"}}]}" },
	{ "env",
		"{\"anyOf\":[{\"$ref\":\"#/$defs/variable\"},"
		"{\"type\":\"array\",\"items\":"
		"{\"$ref\":\"#/$defs/variable\"}}]}" },
	{ "variable", "{\"type\":\"string\",\"pattern\":\"^[^=]+=\"}" },
	{ "status", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":255}" },
	{ "statuses",
		"{\"anyOf\":[{\"$ref\":\"#/$defs/status\"},"
		"{\"type\":\"array\",\"items\":"
		"{\"$ref\":\"#/$defs/status\"}}]}" },
};

/* Maps, by the tables that read them. */
static const struct {
	const char *name;
	const struct property *table;
} maps[] = {
	{ "step", task_step_properties },
	{ "detach", task_detach_properties },
	{ "healthcheck", task_health_properties },
	{ "mount", task_mount_properties },
	{ "network", task_network_properties },
	{ "secret", task_secret_properties },
	{ "volume", task_volume_properties },
	{ "cache", task_volume_cache_properties },
	{ "tmpfs", task_volume_tmpfs_properties },
	{ "host", task_volume_host_properties },
};

static struct json *
parsed(const char *text)
{
	struct json *j = NULL;

	/* Ours, and tried by the test. */
	(void)json_parse(text, strlen(text), TEXT_MAX, "schema", &j, NULL);
	return j ? j : json_new_bool(strcmp(text, "false") != 0);
}

static const char *
find_key(const char *map, const char *name)
{
	autofree char *full = mem_printf("%s:%s", map, name);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].key, full) == 0 ||
			strcmp(keys[i].key, name) == 0)
			return keys[i].json;
	return NULL;
}

/* NULL: nobody knows. */
static const char *
find_text(const char *map, const struct property *row)
{
	const char *text = find_key(map, row->name);
	size_t i;

	for (i = 0; !text && i < ARRAY_SIZE(readers); i++)
		if (readers[i].read == row->read)
			text = readers[i].json;
	return text;
}

static void
add_map(struct json *to, const char *name, const struct property *table,
	const char **ret_missing)
{
	struct json *properties = json_new_object();
	const char *text;

	for (; table->name; table++) {
		text = find_text(name, table);
		if (!text && ret_missing)
			*ret_missing = table->name;
		json_set(properties, table->name, parsed(text ? text : "{}"));
	}
	json_set_text(to, "type", "object");
	json_set_bool(to, "additionalProperties", false);
	json_set(to, "properties", properties);
}

struct json *
schema_new(const char **ret_missing)
{
	struct json *schema = json_new_object();
	struct json *defs = json_new_object();
	struct json *map;
	size_t i;

	if (ret_missing)
		*ret_missing = NULL;
	json_set_text(schema, "$schema",
		"https://json-schema.org/draft/2020-12/schema");
	json_set_text(schema, "title", "slipway task file");
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		json_set(defs, kinds[i].name, parsed(kinds[i].json));
	for (i = 0; i < ARRAY_SIZE(maps); i++) {
		map = json_new_object();
		add_map(map, maps[i].name, maps[i].table, ret_missing);
		json_set(defs, maps[i].name, map);
	}
	add_map(schema, "task", task_properties, ret_missing);
	json_set(schema, "$defs", defs);
	return schema;
}
