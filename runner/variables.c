/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/variables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "oci/platform.h"
#include "runner/yaml.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/scope.h"

static void
set(struct map *variables, const char *name, const char *value)
{
	map_set(variables, name, mem_strdup(value ? value : ""));
}

/* Go's layout 20060102-150405z: the z is a letter, not a zone. */
static void
set_date(struct map *variables)
{
	time_t now = (time_t)clock_wall_seconds(NULL);
	struct tm t = { 0 };
	char text[64];

	(void)gmtime_r(&now, &t);
	if (strftime(text, sizeof(text), "%Y%m%d-%H%M%Sz", &t))
		set(variables, "Run.Date", text);
}

static void
set_host(struct map *variables)
{
	struct platform host;
	struct utsname kernel;

	platform_host(&host);
	set(variables, "Run.OS", host.os);
	set(variables, "Run.Architecture", host.arch);
	if (uname(&kernel) == 0)
		set(variables, "Run.OSVersion", kernel.release);
}

struct map *
variables_new(const struct run_words *words)
{
	struct map *variables = map_new(free);
	const char *registry = words->registry ? words->registry : "";
	autofree char *name = mem_strndup(registry, strcspn(registry, "."));

	set(variables, "Run.ID", words->id);
	set(variables, "Build.ID", words->id);
	set(variables, "Run.Registry", registry);
	set(variables, "Run.RegistryName", name);
	set(variables, "Run.TaskName", words->task_name);
	set(variables, "Run.SharedVolume", words->shared_volume);
	set_date(variables);
	set_host(variables);
	return variables;
}

int
variables_set(struct map *variables, const char *assignment, struct error *err)
{
	const char *equals = strchr(assignment, '=');
	autofree char *name = NULL;

	if (!equals || equals == assignment) {
		error_set(err, EINVAL, "'%s' is not NAME=VALUE", assignment);
		error_kind(err, ERROR_REQUEST);
		return -EINVAL;
	}
	name = mem_printf(
		"Values.%.*s", (int)(equals - assignment), assignment);
	set(variables, name, equals + 1);
	return 0;
}

static int
add_map(struct map *variables, const struct yaml_doc *y,
	const struct yaml_node *n, const char *prefix, struct error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < yaml_count(n); i++) {
		const struct yaml_node *value = yaml_at(n, i);
		autofree char *name =
			mem_printf("%s.%s", prefix, yaml_key(n, i));

		if (yaml_kind(value) == YAML_LIST)
			r = yaml_error(y, value, err,
				"a list of values is not supported yet");
		else if (yaml_kind(value) == YAML_MAP)
			r = add_map(variables, y, value, name, err);
		else
			set(variables, name, yaml_text(value));
	}
	return r;
}

int
variables_add_values(struct map *variables, const char *text, size_t len,
	const char *name, struct error *err)
{
	cleanup(yaml_doc_free) struct yaml_doc *y = NULL;
	const struct yaml_node *root;
	int r;

	r = yaml_doc_parse(text, len, name, &y, err);
	if (r < 0)
		return r;
	root = yaml_doc_root(y);
	if (yaml_kind(root) == YAML_NONE)
		return 0;
	if (yaml_kind(root) != YAML_MAP)
		return yaml_error(y, root, err, "values are %s, not a map",
			yaml_kind_name(root));
	return add_map(variables, y, root, "Values", err);
}
