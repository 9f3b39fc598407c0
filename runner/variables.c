/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/variables.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "oci/platform.h"
#include "runner/yaml.h"
#include "util/clock.h"
#include "util/fs.h"
#include "util/mem.h"

#define MEMORY_MAX MiB(64)
#define TEXT_MAX MiB(1)

struct variables {
	struct arena *arena;
	struct value *root;
	struct strv secrets;
};

static void
set(struct variables *v, struct value *map, const char *name, const char *value)
{
	value_put(
		v->arena, map, name, value_text(v->arena, value ? value : ""));
}

/* Go's layout 20060102-150405z: the z is a letter, not a zone. */
static void
set_date(struct variables *v, struct value *run)
{
	time_t now = (time_t)clock_wall_seconds(NULL);
	struct tm t = { 0 };
	char text[64];

	(void)gmtime_r(&now, &t);
	if (strftime(text, sizeof(text), "%Y%m%d-%H%M%Sz", &t))
		set(v, run, "Date", text);
	value_put(v->arena, run, "StartEpoch", value_int(v->arena, now));
}

static void
set_host(struct variables *v, struct value *run)
{
	struct platform host;
	struct utsname kernel;
	autofree char *platform = NULL;

	platform_host(&host);
	platform = platform_format(&host);
	set(v, run, "OS", host.os);
	set(v, run, "Architecture", host.arch);
	set(v, run, "Platform", platform);
	if (uname(&kernel) == 0)
		set(v, run, "OSVersion", kernel.release);
}

static void
set_origin(
	struct variables *v, struct value *run, const struct run_words *words)
{
	autofree char *brief =
		words->commit ? mem_strndup(words->commit, 7) : NULL;

	set(v, run, "Commit", words->commit);
	set(v, run, "ShortCommit", brief);
	set(v, run, "Branch", words->branch);
	set(v, run, "Repository", words->repository);
	set(v, run, "GitTag", words->git_tag);
	set(v, run, "PullRequest", words->pull_request);
	set(v, run, "TriggeredBy", words->triggered_by);
}

/* As a word of a shell would be written: in quotes, unless it needs none. */
static void
set_json(struct variables *v, const char *name, const char *of)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789_^@=+%,:./-";
	cleanup(json_free) struct json *j =
		value_to_json(value_get(v->root, of));
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup_value(buf_release) struct buf word = { 0 };
	const char *c;

	buf_init(&text, TEXT_MAX);
	buf_init(&word, 6 * TEXT_MAX);
	json_format(j, &text);
	if (!buf_text(&text)[strspn(buf_text(&text), plain)]) {
		set(v, v->root, name, buf_text(&text));
		return;
	}
	buf_addc(&word, '\'');
	for (c = buf_text(&text); *c; c++)
		if (*c == '\'')
			buf_adds(&word, "'\"'\"'");
		else
			buf_addc(&word, *c);
	buf_addc(&word, '\'');
	set(v, v->root, name, buf_text(&word));
}

void
variables_add_json(struct variables *v)
{
	set_json(v, "RunJSON", "Run");
	set_json(v, "ValuesJSON", "Values");
}

struct variables *
variables_new(const struct run_words *words)
{
	struct variables *v = mem_zalloc(sizeof(*v));
	const char *registry = words->registry ? words->registry : "";
	autofree char *name = mem_strndup(registry, strcspn(registry, "."));
	struct value *run, *build;

	v->arena = arena_new(MEMORY_MAX);
	v->root = value_map(v->arena);
	run = value_map(v->arena);
	build = value_map(v->arena);
	set_origin(v, run, words);
	set(v, run, "ID", words->id);
	set(v, run, "Registry", registry);
	set(v, run, "RegistryName", name);
	set(v, run, "TaskName", words->task_name);
	set(v, run, "SharedVolume", words->shared_volume);
	set(v, run, "Workspace", "/workspace");
	set(v, build, "ID", words->id);
	set_date(v, run);
	set_host(v, run);
	value_put(v->arena, v->root, "Run", run);
	value_put(v->arena, v->root, "Build", build);
	value_put(v->arena, v->root, "Values", value_map(v->arena));
	value_put(v->arena, v->root, "Secrets", value_map(v->arena));
	return v;
}

struct variables *
variables_free(struct variables *v)
{
	if (!v)
		return NULL;
	arena_free(v->arena);
	strv_release(&v->secrets);
	free(v);
	return NULL;
}

/* A copy of `map` (or a new one) in which the path `keys` leads to `item`. */
static const struct value *
with(struct variables *v, const struct value *map, char *const *keys,
	const struct value *item)
{
	const struct value *below = map ? value_get(map, *keys) : NULL;
	struct value *copy = map && map->kind == VALUE_MAP
		? value_copy(v->arena, map)
		: value_map(v->arena);

	value_put(v->arena, copy, *keys,
		keys[1] ? with(v, below, keys + 1, item) : item);
	return copy;
}

static int
from_json(struct variables *v, const char *text, const struct value **ret,
	struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	int r;

	r = json_parse(text, strlen(text), TEXT_MAX, "the value", &j, err);
	if (r < 0)
		return r;
	*ret = value_from_json(v->arena, j);
	return 0;
}

static int
from_file(struct variables *v, const char *path, const struct value **ret,
	struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	buf_init(&text, TEXT_MAX);
	r = fs_read_file(AT_FDCWD, path, TEXT_MAX, &text, err);
	if (r < 0)
		return error_kind(err, ERROR_LOCAL);
	*ret = value_text_of(v->arena, buf_text(&text), text.len);
	return 0;
}

/* So that it is on no command line. */
static int
from_environment(const char *name, char **ret, struct error *err)
{
	const char *value = getenv(name);

	if (!value) {
		/* Perhaps it is no name, but the secret. */
		error_set(err, EINVAL, "our environment has no such variable");
		return error_kind(err, ERROR_REQUEST);
	}
	*ret = mem_printf("%s=%s", name, value);
	return 0;
}

int
variables_set(struct variables *v, enum variables_source source,
	const char *assignment, struct error *err)
{
	const char *equals = strchr(assignment, '=');
	cleanup_value(strv_release) struct strv keys = { 0 };
	const struct value *item = NULL;
	autofree char *path = NULL;
	autofree char *ours = NULL;
	int r = 0;

	if (source == VARIABLES_SECRET && !equals) {
		r = from_environment(assignment, &ours, err);
		if (r < 0)
			return r;
		assignment = ours;
		equals = strchr(ours, '=');
	}
	if (!equals || equals == assignment) {
		error_set(err, EINVAL, "'%s' is not NAME=VALUE",
			source == VARIABLES_SECRET ? "***" : assignment);
		return error_kind(err, ERROR_REQUEST);
	}
	path = mem_printf(
		"Values.%.*s", (int)(equals - assignment), assignment);
	strv_split(&keys, path, '.');
	if (source == VARIABLES_SECRET)
		strv_add(&v->secrets, equals + 1);
	if (source == VARIABLES_JSON)
		r = from_json(v, equals + 1, &item, err);
	else if (source == VARIABLES_FILE)
		r = from_file(v, equals + 1, &item, err);
	else
		item = value_text(v->arena, equals + 1);
	if (r < 0) {
		error_kind(err, ERROR_REQUEST);
		return error_wrap(
			err, "'%.*s'", (int)(equals - assignment), assignment);
	}
	value_put(v->arena, v->root, "Values",
		with(v, value_get(v->root, "Values"), keys.items + 1, item));
	return 0;
}

int
variables_add_values(struct variables *v, const char *text, size_t len,
	const char *name, struct error *err)
{
	cleanup(yaml_doc_free) struct yaml_doc *y = NULL;
	const struct yaml_node *root;
	const struct value *map;
	char *keys[] = { NULL, NULL };
	const struct value *values = value_get(v->root, "Values");
	size_t i;
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
	map = value_from_yaml(v->arena, root);
	for (i = 0; i < map->count; i++) {
		autofree char *key = mem_strdup(map->keys[i]);

		keys[0] = key;
		values = with(v, values, keys, map->items[i]);
	}
	value_put(v->arena, v->root, "Values", values);
	return 0;
}

void
variables_set_secret(struct variables *v, const char *id, const char *value)
{
	struct value *map =
		value_copy(v->arena, value_get(v->root, "Secrets"));

	set(v, map, id, value);
	value_put(v->arena, v->root, "Secrets", map);
	strv_add(&v->secrets, value);
}

void
variables_set_matrix(struct variables *v, const struct strv *names,
	const struct strv *values)
{
	struct value *map = value_map(v->arena);
	size_t i;

	for (i = 0; i < names->count; i++)
		set(v, map, names->items[i], values->items[i]);
	value_put(v->arena, v->root, "Matrix", map);
}

void
variables_set_step(struct variables *v, const char *id, const char *state,
	int status, const struct strv *outputs)
{
	const struct value *before = value_get(v->root, "Steps");
	struct value *steps =
		before ? value_copy(v->arena, before) : value_map(v->arena);
	struct value *step = value_map(v->arena);
	struct value *map = value_map(v->arena);
	size_t i;

	for (i = 0; i < outputs->count; i++) {
		const char *equals = strchr(outputs->items[i], '=');
		autofree char *name = mem_strndup(outputs->items[i],
			(size_t)(equals - outputs->items[i]));

		set(v, map, name, equals + 1);
	}
	set(v, step, "State", state);
	value_put(v->arena, step, "Status", value_int(v->arena, status));
	value_put(v->arena, step, "Outputs", map);
	value_put(v->arena, steps, id, step);
	value_put(v->arena, v->root, "Steps", steps);
}

const struct value *
variables_root(const struct variables *v)
{
	return v->root;
}

const struct strv *
variables_secrets(const struct variables *v)
{
	return &v->secrets;
}
