/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/task-step.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "runner/property.h"
#include "runner/shell.h"
#include "util/mem.h"
#include "util/num.h"

#define RETRY_DELAY_MS (5 * 1000)
#define ID_MAX 63

/* Where a value goes. */
#define S(field) offsetof(struct step, field)

static int
read_run_on(const struct property_value *v, void *field, struct error *err)
{
	static const char *const words[] = {
		[RUN_ON_SUCCESS] = "success",
		[RUN_ON_FAILURE] = "failure",
		[RUN_ON_COMPLETED] = "completed",
		[RUN_ON_ALWAYS] = "always",
	};
	enum step_run_on *run_on = field;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(yaml_text(v->node), words[i]) != 0)
			continue;
		*run_on = (enum step_run_on)i;
		return 0;
	}
	return yaml_error(v->doc, v->node, err,
		"'runOn' is success, failure, completed or always, not '%s'",
		yaml_text(v->node));
}

/* Exit statuses, as texts without needless zeros. */
static int
read_statuses(const struct property_value *v, void *field, struct error *err)
{
	cleanup_value(strv_release) struct strv items = { 0 };
	uint64_t status;
	size_t i;
	int r;

	r = property_list(v, &items, err);
	for (i = 0; r == 0 && i < items.count; i++) {
		if (num_parse(items.items[i], 255, &status, NULL) < 0)
			return yaml_error(v->doc, v->node, err,
				"'%s' has '%s', not an exit status up to 255",
				v->row->name, items.items[i]);
		strv_addf(field, "%u", (unsigned)status);
	}
	return r;
}

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
	{ "exitedWith", read_statuses, S(exited_with) },
	{ "exitedWithout", read_statuses, S(exited_without) },
	{ "runOn", read_run_on, S(run_on) },
	{ "keep", property_later_bool },
	{ "ports", property_later },
	{ "privileged", property_later_bool },
	{ "pull", property_later_bool },
	{ "repeat", property_later },
	{ "retryOnErrors", property_later },
	{ "volumeMounts", property_later },
	{ NULL },
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
check_id(const struct yaml_doc *y, const struct yaml_node *n,
	const struct task *t, const struct step *s, struct error *err)
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
		return yaml_error(
			y, n, err, "step '%s' waits for itself", s->id);
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
			"cache is 'enabled' or 'disabled', not '%s'", s->cache);
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
split_command(const struct yaml_doc *y, const struct yaml_node *n,
	struct step *s, struct error *err)
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
		autofree char *name = mem_printf(
			"%s%s", item, strpbrk(item, ":@") ? "" : ":latest");

		if (!strv_has(&full, name))
			strv_add(&full, name);
	}
	strv_release(&s->push);
	s->push = full;
}

void
task_step_inherit(const struct task *t, struct step *s)
{
	struct strv env = { 0 };
	size_t i;

	strv_copy(&env, &t->env);
	for (i = 0; i < s->env.count; i++) {
		char *equals = strchr(s->env.items[i], '=');
		autofree char *name = mem_strndup(
			s->env.items[i], (size_t)(equals - s->env.items[i]));

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

int
task_step_read(const struct yaml_doc *y, const struct yaml_node *n,
	const struct task *t, struct step *s, struct error *err)
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
	task_step_inherit(t, s);
	return 0;
}

void
task_step_release(struct step *s)
{
	strv_release(&s->words);
	strv_release(&s->push);
	strv_release(&s->when);
	strv_release(&s->exited_with);
	strv_release(&s->exited_without);
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
