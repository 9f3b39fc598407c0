/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/task.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "runner/property.h"
#include "runner/shell.h"
#include "runner/yaml.h"
#include "util/log.h"
#include "util/mem.h"

#define STEP_TIMEOUT_MS (600 * 1000)
#define RETRY_DELAY_MS (5 * 1000)
#define STEPS_MAX 1000
#define ID_MAX 63

/* Where a value goes. */
#define S(field) offsetof(struct step, field)
#define T(field) offsetof(struct task, field)

static const struct property step_properties[] = {
	{ "id", property_text, S(id) },
	{ "build", property_text, S(build) },
	{ "cmd", property_text, S(cmd) },
	{ "push", property_list, S(push) },
	{ "when", property_list, S(when) },
	{ "env", property_env, S(env) },
	{ "timeout", property_duration, S(timeout_ms) },
	{ "startDelay", property_duration, S(start_delay_ms) },
	{ "retries", property_count, S(retries) },
	{ "retryDelay", property_duration, S(retry_delay_ms) },
	{ "ignoreErrors", property_bool, S(ignore_errors) },
	{ "entryPoint", property_text, S(entry_point) },
	{ "user", property_text, S(user) },
	{ "workingDirectory", property_text, S(working_directory) },
	{ "disableWorkingDirectoryOverride", property_bool,
		S(disable_working_directory_override) },
	{ "network", property_text, S(network) },
	{ "isolation", property_text, S(isolation) },
	{ "cache", property_text, S(cache) },
	/* Only told, never acted on, by the service either. */
	{ "expose", property_harmless },
	{ "cmdDownloadRetries", property_harmless },
	{ "cmdDownloadRetryDelay", property_harmless },
	{ "cpus", property_later },
	{ "detach", property_later_bool },
	{ "exitedWith", property_later },
	{ "exitedWithout", property_later },
	{ "keep", property_later_bool },
	{ "ports", property_later },
	{ "privileged", property_later_bool },
	{ "pull", property_later_bool },
	{ "repeat", property_later },
	{ "retryOnErrors", property_later },
	{ "volumeMounts", property_later },
	{ NULL },
};

/* `steps` is read by itself, after all others. */
static const struct property task_properties[] = {
	{ "version", property_text, T(version) },
	{ "steps", property_harmless },
	{ "stepTimeout", property_duration, T(step_timeout_ms) },
	{ "totalTimeout", property_duration, T(total_timeout_ms) },
	{ "workingDirectory", property_text, T(working_directory) },
	{ "env", property_env, T(env) },
	{ "alias", property_later },
	{ "networks", property_later },
	{ "secrets", property_later },
	{ "volumes", property_later },
	{ NULL },
};

static const struct {
	const char *text;
	const char *meaning;
} versions[] = {
	{ "1.0-preview-1", "v1.0.0" },
	{ "1.0.0-preview", "v1.0.0" },
	{ "v1.0.0", "v1.0.0" },
	{ "1.0.0", "v1.0.0" },
	{ "v1.1.0", "v1.1.0" },
	{ "1.1.0", "v1.1.0" },
	{ "v1.1", "v1.1.0" },
	{ "1.1", "v1.1.0" },
};

static bool
has_space(const char *text)
{
	for (; *text; text++)
		if (isspace((unsigned char)*text))
			return true;
	return false;
}

static bool
is_id(const char *text)
{
	const char *c;

	for (c = text; *c; c++)
		if (!isalnum((unsigned char)*c) &&
			(c == text || !strchr("_.-", *c)))
			return false;
	return c > text && c - text <= ID_MAX && strcmp(text, "acb_root") != 0;
}

static int
check_id(const struct yaml_doc *y, const struct yaml_node *n, const struct task *t,
	const struct step *s, struct error *err)
{
	const struct step *other;

	if (has_space(s->id))
		return yaml_error(y, n, err, "id '%s' has a blank", s->id);
	if (!is_id(s->id))
		return yaml_error(y, n, err,
			"'%s' is not an id: letters, digits, '_', '.', '-'",
			s->id);
	for (other = t->steps; other < s; other++)
		if (strcmp(other->id, s->id) == 0)
			return yaml_error(y, n, err,
				"a step above has the id '%s' too", s->id);
	return 0;
}

/* An empty text or list counts as absent, as in the service. */
static int
find_kind(const struct yaml_doc *y, const struct yaml_node *n, struct step *s,
	struct error *err)
{
	bool has_build = s->build && *s->build;
	bool has_cmd = s->cmd && *s->cmd;
	bool has_push = s->push.count > 0;
	int count = has_build + has_cmd + has_push;

	if (count > 1)
		return yaml_error(y, n, err,
			"step '%s' has more than one of build, cmd and push",
			s->id);
	if (count == 0)
		return yaml_error(y, n, err,
			"step '%s' has none of build, cmd and push", s->id);
	s->kind = has_build ? STEP_BUILD : has_cmd ? STEP_CMD : STEP_PUSH;
	return 0;
}

static int
check_when(const struct yaml_doc *y, const struct yaml_node *n,
	const struct step *s, struct error *err)
{
	if (s->when.count > 1 && strv_has(&s->when, "-"))
		return yaml_error(y, n, err,
			"step '%s' waits for '-' and for others", s->id);
	if (strv_has(&s->when, s->id))
		return yaml_error(y, n, err, "step '%s' waits for itself",
			s->id);
	return 0;
}

static bool
is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcasecmp(text, *words) == 0)
			return true;
	return false;
}

static int
check_words_of_step(const struct yaml_doc *y, const struct yaml_node *n,
	const struct step *s, struct error *err)
{
	static const char *const caches[] = { "enabled", "disabled", NULL };
	static const char *const isolations[] = { "", "default", NULL };
	static const char *const networks[] = { "host", "none", NULL };

	if (s->cache && !is_one_of(s->cache, caches))
		return yaml_error(y, yaml_get(n, "cache"), err,
			"cache is 'enabled' or 'disabled', not '%s'",
			s->cache);
	if (s->isolation && !is_one_of(s->isolation, isolations))
		return yaml_error(y, yaml_get(n, "isolation"), err,
			"isolation '%s' is for Windows only", s->isolation);
	if (s->network && !is_one_of(s->network, networks))
		return yaml_error(y, yaml_get(n, "network"), err,
			"network '%s' is not supported yet: host or none",
			s->network);
	return 0;
}

static int
split_command(const struct yaml_doc *y, const struct yaml_node *n, struct step *s,
	struct error *err)
{
	static const char *const keys[] = { "build", "cmd" };
	autoerror local = { 0 };

	if (s->kind == STEP_PUSH ||
		shell_split(s->kind == STEP_BUILD ? s->build : s->cmd,
			&s->words, &local) == 0)
		return 0;
	yaml_error(y, yaml_get(n, keys[s->kind]), err, "%s: %s", keys[s->kind],
		local.text);
	if (local.hint)
		error_hint(err, "%s", local.hint);
	return -EINVAL;
}

/* "a" is "a:latest"; what was there already is dropped. */
static void
normalise_push(struct step *s)
{
	struct strv full = { 0 };
	size_t i;

	for (i = 0; i < s->push.count; i++) {
		const char *item = s->push.items[i];
		autofree char *name = mem_printf("%s%s", item,
			strpbrk(item, ":@") ? "" : ":latest");

		if (!strv_has(&full, name))
			strv_add(&full, name);
	}
	strv_release(&s->push);
	s->push = full;
}

static void
inherit(const struct task *t, struct step *s)
{
	struct strv env = { 0 };
	size_t i;

	strv_copy(&env, &t->env);
	for (i = 0; i < s->env.count; i++) {
		char *equals = strchr(s->env.items[i], '=');
		autofree char *name = mem_strndup(s->env.items[i],
			(size_t)(equals - s->env.items[i]));

		strv_env_set(&env, name, equals + 1);
	}
	strv_release(&s->env);
	s->env = env;
	if (!s->working_directory)
		s->working_directory = mem_strdup(t->working_directory);
	if (s->timeout_ms == 0)
		s->timeout_ms = t->step_timeout_ms;
	if (s->retry_delay_ms == 0)
		s->retry_delay_ms = RETRY_DELAY_MS;
}

static int
read_step(const struct yaml_doc *y, const struct yaml_node *n, struct task *t,
	struct step *s, struct error *err)
{
	int r;

	if (yaml_kind(n) != YAML_MAP)
		return yaml_error(y, n, err, "a step is %s, not a map",
			yaml_kind_name(n));
	r = property_read_all(y, n, step_properties, s, err);
	if (r < 0)
		return r;
	if (!s->id)
		s->id = mem_printf("acb_step_%zu", (size_t)(s - t->steps));
	r = find_kind(y, n, s, err);
	if (r == 0)
		r = check_id(y, n, t, s, err);
	if (r == 0)
		r = check_when(y, n, s, err);
	if (r == 0)
		r = check_words_of_step(y, n, s, err);
	if (r == 0)
		r = split_command(y, n, s, err);
	if (r < 0)
		return r;
	normalise_push(s);
	inherit(t, s);
	return 0;
}

/* Only steps above may be named: there can be no cycle. */
static int
check_order(const struct yaml_doc *y, const struct yaml_node *n,
	const struct task *t, const struct step *s, struct error *err)
{
	const struct step *other;
	const char *id;
	size_t i;

	for (i = 0; i < s->when.count; i++) {
		id = s->when.items[i];
		if (strcmp(id, "-") == 0)
			continue;
		for (other = t->steps; other < s; other++)
			if (strcmp(other->id, id) == 0)
				break;
		if (other == s)
			return yaml_error(y, yaml_get(n, "when"), err,
				"step '%s' waits for '%s', which is not above",
				s->id, id);
	}
	return 0;
}

static int
read_steps(const struct yaml_doc *y, const struct yaml_node *n, struct task *t,
	struct error *err)
{
	size_t count, i;
	int r = 0;

	if (!n || yaml_kind(n) == YAML_NONE)
		return yaml_error(y, yaml_doc_root(y), err, "no steps");
	if (yaml_kind(n) != YAML_LIST)
		return yaml_error(y, n, err, "'steps' is %s, not a list",
			yaml_kind_name(n));
	count = yaml_count(n);
	if (count == 0 || count > STEPS_MAX)
		return yaml_error(y, n, err, count ? "more than %d steps" :
			"no steps", STEPS_MAX);
	t->steps = mem_array(count, sizeof(*t->steps));
	for (i = 0; r == 0 && i < count; i++) {
		t->step_count++;
		r = read_step(y, yaml_at(n, i), t, &t->steps[i], err);
		if (r == 0)
			r = check_order(y, yaml_at(n, i), t, &t->steps[i],
				err);
	}
	return r;
}

static int
check_version(const struct yaml_doc *y, const struct yaml_node *root,
	struct task *t, struct error *err)
{
	size_t i;

	if (!t->version) {
		log_warning("the task file has no version: v1.1.0 is assumed");
		t->version = mem_strdup("v1.1.0");
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(versions); i++) {
		if (strcasecmp(versions[i].text, t->version) != 0)
			continue;
		free(t->version);
		t->version = mem_strdup(versions[i].meaning);
		return 0;
	}
	return yaml_error(y, yaml_get(root, "version"), err,
		"version '%s' is unknown: v1.0.0 or v1.1.0", t->version);
}

static int
read_task(const struct yaml_doc *y, struct task *t, struct error *err)
{
	const struct yaml_node *root = yaml_doc_root(y);
	int r;

	if (yaml_kind(root) == YAML_NONE)
		return yaml_error(y, root, err, "no steps");
	if (yaml_kind(root) != YAML_MAP)
		return yaml_error(y, root, err, "a task is %s, not a map",
			yaml_kind_name(root));
	r = property_read_all(y, root, task_properties, t, err);
	if (r == 0)
		r = check_version(y, root, t, err);
	if (r < 0)
		return r;
	if (t->step_timeout_ms == 0)
		t->step_timeout_ms = STEP_TIMEOUT_MS;
	return read_steps(y, yaml_get(root, "steps"), t, err);
}

int
task_parse(const char *text, size_t len, const char *name, struct task **ret,
	struct error *err)
{
	cleanup(task_free) struct task *t = mem_zalloc(sizeof(*t));
	cleanup(yaml_doc_free) struct yaml_doc *y = NULL;
	int r;

	r = yaml_doc_parse(text, len, name, &y, err);
	if (r == 0)
		r = read_task(y, t, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&t);
	return 0;
}

int
task_from_command(const char *command, struct task **ret, struct error *err)
{
	cleanup(task_free) struct task *t = mem_zalloc(sizeof(*t));
	struct step *s;
	int r;

	t->version = mem_strdup("v1.1.0");
	t->step_timeout_ms = STEP_TIMEOUT_MS;
	t->steps = s = mem_array(1, sizeof(*t->steps));
	t->step_count = 1;
	s->id = mem_strdup("acb_step_0");
	s->kind = STEP_CMD;
	s->cmd = mem_strdup(command);
	s->disable_working_directory_override = true;
	inherit(t, s);
	r = shell_split(command, &s->words, err);
	if (r == 0 && s->words.count == 0)
		r = error_set(err, EINVAL, "an empty command");
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	*ret = take_ptr(&t);
	return 0;
}

static void
release_step(struct step *s)
{
	strv_release(&s->words);
	strv_release(&s->push);
	strv_release(&s->when);
	strv_release(&s->env);
	free(s->id);
	free(s->build);
	free(s->cmd);
	free(s->entry_point);
	free(s->user);
	free(s->working_directory);
	free(s->network);
	free(s->isolation);
	free(s->cache);
}

struct task *
task_free(struct task *t)
{
	size_t i;

	if (!t)
		return NULL;
	for (i = 0; i < t->step_count; i++)
		release_step(&t->steps[i]);
	free(t->steps);
	strv_release(&t->env);
	free(t->version);
	free(t->working_directory);
	free(t);
	return NULL;
}
