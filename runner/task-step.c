/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/task-step.h"

#include <errno.h>
#include <string.h>

#include "runner/late.h"
#include "runner/property.h"
#include "runner/shell.h"
#include "runner/task-check.h"
#include "runner/task-network.h"
#include "runner/task-volume.h"
#include "util/mem.h"
#include "util/num.h"

#define RETRY_DELAY_MS (5 * 1000)
#define HEALTH_INTERVAL_MS (30 * 1000)
#define HEALTH_RETRIES 3

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
	int r;

	r = property_word(v, words, ARRAY_SIZE(words), &i, err);
	if (r == 0)
		*run_on = (enum step_run_on)i;
	return r;
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

const struct property task_health_properties[] = {
	{ "cmd", property_text, S(health.cmd) },
	{ "interval", property_duration, S(health.interval_ms) },
	{ "timeout", property_duration, S(health.timeout_ms) },
	{ "startPeriod", property_duration, S(health.start_period_ms) },
	{ "retries", property_count, S(health.retries) },
	{ NULL },
};

static int
read_health(const struct property_value *v, void *field, struct error *err)
{
	struct step *s = field;
	int r = 0;

	s->health.interval_ms = HEALTH_INTERVAL_MS;
	s->health.timeout_ms = HEALTH_INTERVAL_MS;
	s->health.retries = HEALTH_RETRIES;
	if (yaml_kind(v->node) == YAML_TEXT)
		return property_text(v, &s->health.cmd, err);
	if (yaml_kind(v->node) == YAML_MAP)
		r = property_read_all(
			v->doc, v->node, task_health_properties, s, err);
	if (r == 0 && !s->health.cmd)
		r = yaml_error(v->doc, v->node, err,
			"'%s' has no command 'cmd'", v->row->name);
	return r;
}

const struct property task_detach_properties[] = {
	{ "failFast", property_bool, S(fail_fast) },
	{ NULL },
};

/* True, or a map that says how. */
static int
read_detach(const struct property_value *v, void *field, struct error *err)
{
	struct step *s = field;

	if (yaml_kind(v->node) != YAML_MAP)
		return property_bool(v, &s->detach, err);
	s->detach = true;
	return property_read_all(
		v->doc, v->node, task_detach_properties, s, err);
}

const struct property task_step_properties[] = {
	{ "id", property_text, S(id) },
	{ "build", property_text, S(build) },
	{ "cmd", property_text, S(cmd) },
	{ "push", property_list, S(push) },
	{ "when", property_list, S(when) },
	{ "runOn", read_run_on, S(run_on) },
	{ "exitedWith", read_statuses, S(exited_with) },
	{ "exitedWithout", read_statuses, S(exited_without) },
	{ "env", property_env, S(env) },
	{ "timeout", property_duration, S(timeout_ms) },
	{ "startDelay", property_duration, S(start_delay_ms) },
	{ "retries", property_count, S(retries) },
	{ "retryDelay", property_duration, S(retry_delay_ms) },
	{ "retryOnErrors", property_list, S(retry_on_errors) },
	{ "repeat", property_count, S(repeat) },
	{ "ignoreErrors", property_bool, S(ignore_errors) },
	{ "detach", read_detach, 0 },
	{ "healthcheck", read_health, 0 },
	{ "keep", property_bool, S(keep) },
	{ "entryPoint", property_text, S(entry_point) },
	{ "user", property_text, S(user) },
	{ "workingDirectory", property_text, S(working_directory) },
	{ "disableWorkingDirectoryOverride", property_bool,
		S(disable_working_directory_override) },
	{ "network", property_text, S(network) },
	{ "ports", property_list, S(ports) },
	{ "expose", property_list, S(expose) },
	{ "privileged", property_bool, S(privileged) },
	{ "isolation", property_text, S(isolation) },
	{ "cpus", property_text, S(cpus) },
	{ "memory", property_size, S(memory_bytes) },
	{ "pull", property_bool, S(pull) },
	{ "cmdDownloadRetries", property_count, S(download_retries) },
	{ "cmdDownloadRetryDelay", property_duration,
		S(download_retry_delay_ms) },
	{ "cache", property_text, S(cache) },
	{ "volumeMounts", task_mounts_read, 0 },
	/* What they do is done before: runner/task-expand.c. */
	{ "matrix", property_harmless },
	{ "include", property_harmless },
	{ NULL },
};

static int
split_command(const struct yaml_doc *y, const struct yaml_node *n,
	struct step *s, struct error *err)
{
	static const char *const keys[] = { "build", "cmd" };
	autoerror local = { 0 };

	int r = 0;

	if (s->kind == STEP_BUILD)
		r = shell_split(s->build, &s->words, &local);
	else if (s->kind == STEP_CMD)
		r = shell_parse(s->cmd, &s->script, &local);
	if (r == 0 && s->script && s->script->count == 0)
		r = error_set(&local, EINVAL, "there is no command");
	if (r == 0)
		return 0;
	yaml_error(y, yaml_get(n, keys[s->kind]), err, "%s: %s", keys[s->kind],
		local.text);
	if (local.hint)
		error_hint(err, "%s", local.hint);
	return -EINVAL;
}

void
task_step_normalise_push(struct step *s)
{
	struct strv full = { 0 };
	size_t i;

	for (i = 0; i < s->push.count; i++) {
		const char *item = s->push.items[i];
		bool is_whole = strpbrk(item, ":@") || late_is_in(item);
		autofree char *name =
			mem_printf("%s%s", item, is_whole ? "" : ":latest");

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
	if (!s->network && task_default_network(t))
		s->network = mem_strdup(task_default_network(t)->name);
}

struct task_place
task_place_of(const struct yaml_node *n)
{
	return (struct task_place){ yaml_line(n), yaml_column(n) };
}

/* Unless the file has one; with what the matrix adds. */
static void
name_step(const struct step_origin *o, const struct task *t, struct step *s)
{
	s->index = (size_t)(s - t->steps);
	if (!s->id)
		s->id = mem_printf("acb_step_%zu", o->first);
	s->base_id = s->id;
	s->id = mem_printf("%s%s", s->base_id, o->suffix ? o->suffix : "");
	s->first = o->first;
	s->is_cleanup = o->is_cleanup;
}

int
task_step_read(const struct step_origin *o, const struct task *t,
	struct step *s, struct error *err)
{
	const struct yaml_doc *y = o->doc;
	int r;

	s->place = task_place_of(o->node);
	if (o->is_cleanup)
		s->run_on = RUN_ON_ALWAYS;
	r = property_read_all(y, o->node, task_step_properties, s, err);
	if (r < 0)
		return r;
	name_step(o, t, s);
	r = task_step_check(y, o->node, t, s, err);
	if (r == 0)
		r = split_command(y, o->node, s, err);
	if (r < 0)
		return r;
	task_step_normalise_push(s);
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
	strv_release(&s->retry_on_errors);
	strv_release(&s->ports);
	strv_release(&s->expose);
	task_mounts_release(s);
	free(s->health.cmd);
	free(s->id);
	free(s->base_id);
	free(s->build);
	free(s->cmd);
	(void)shell_free(s->script);
	free(s->entry_point);
	free(s->user);
	free(s->working_directory);
	free(s->network);
	free(s->isolation);
	free(s->cpus);
	free(s->cache);
}
