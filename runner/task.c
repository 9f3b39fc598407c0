/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/task.h"

#include <errno.h>
#include <string.h>

#include "runner/late.h"
#include "runner/property.h"
#include "runner/shell.h"
#include "runner/task-expand.h"
#include "runner/task-graph.h"
#include "runner/task-hints.h"
#include "runner/task-network.h"
#include "runner/task-secret.h"
#include "runner/task-step.h"
#include "runner/task-volume.h"
#include "runner/yaml.h"
#include "util/log.h"
#include "util/mem.h"

#define STEP_TIMEOUT_MS (600 * 1000)

/* Where a value goes. */
#define T(field) offsetof(struct task, field)

/* Where aliases work, this key is gone before the text is YAML. */
static int
alias_too_old(const struct property_value *v, void *field, struct error *err)
{
	(void)field;
	return yaml_complain(
		v->doc, v->node, err, "'alias' needs version v1.1.0");
}

static int
from_elsewhere(const struct property_value *v, void *field, struct error *err)
{
	(void)field;
	return yaml_error(v->doc, v->node, err,
		"'%s' are not of a task file: slipway login keeps them",
		v->row->name);
}

/* The service tears each item apart at its commas. */
static int
read_env(const struct property_value *v, void *field, struct error *err)
{
	if (yaml_doc_is_lenient(v->doc))
		return property_env_with_commas(v, field, err);
	return property_env(v, field, err);
}

/* `steps` is read by itself, after all others. */
const struct property task_properties[] = {
	{ "version", property_text, T(version) },
	{ "steps", property_harmless },
	{ "cleanup", property_harmless },
	{ "stepTimeout", property_duration, T(step_timeout_ms) },
	{ "totalTimeout", property_duration, T(total_timeout_ms) },
	{ "workingDirectory", property_text, T(working_directory) },
	{ "env", read_env, T(env) },
	{ "alias", alias_too_old },
	{ "networks", task_networks_read, 0 },
	{ "secrets", task_secrets_read, 0 },
	{ "volumes", task_volumes_read, 0 },
	{ "credentials", from_elsewhere },
	{ "registries", from_elsewhere },
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

static int
read_each(struct task *t, const struct step_origins *o,
	const struct task_source *source, struct error *err)
{
	size_t i;
	int r = 0;

	t->steps = mem_array(o->count, sizeof(*t->steps));
	for (i = 0; r == 0 && i < o->count; i++) {
		t->step_count++;
		r = task_step_read(&o->items[i], t, &t->steps[i], err);
	}
	if (r == 0)
		r = task_graph_check(o, t, source->acr, err);
	if (r == 0 && source->hints)
		task_hint(o, t);
	return r;
}

static int
read_steps(struct yaml_doc *y, struct task *t,
	const struct task_source *source, struct error *err)
{
	cleanup_value(step_origins_release) struct step_origins o = { 0 };
	const struct yaml_node *root = yaml_doc_root(y);
	const struct yaml_node *steps = yaml_get(root, "steps");
	const struct yaml_node *cleanup = yaml_get(root, "cleanup");
	int r = 0;

	if (steps && yaml_kind(steps) != YAML_NONE)
		r = step_origins_add(&o, source, y, steps, false, err);
	if (r == 0 && o.count == 0 && !source->allow_empty && !source->acr)
		return yaml_error(y, steps ? steps : root, err, "no steps");
	if (r == 0 && o.count == 0)
		log_warning("the task file has no steps");
	if (r == 0 && cleanup && yaml_kind(cleanup) != YAML_NONE)
		r = step_origins_add(&o, source, y, cleanup, true, err);
	return r == 0 ? read_each(t, &o, source, err) : r;
}

static int
check_version(const struct yaml_doc *y, const struct yaml_node *root,
	struct task *t, const struct task_source *source, struct error *err)
{
	size_t i;

	if (!t->version) {
		t->version = mem_strdup(source->acr ? "v1.0.0" : "v1.1.0");
		log_warning("the task file has no version: %s is assumed",
			t->version);
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
read_task(struct yaml_doc *y, struct task *t, const struct task_source *source,
	struct error *err)
{
	const struct yaml_node *root = yaml_doc_root(y);
	int r;

	if (yaml_kind(root) == YAML_NONE && !source->acr &&
		!source->allow_empty)
		return yaml_error(y, root, err, "no steps");
	if (yaml_kind(root) != YAML_MAP && yaml_kind(root) != YAML_NONE)
		return yaml_error(y, root, err, "a task is %s, not a map",
			yaml_kind_name(root));
	r = property_read_all(y, root, task_properties, t, err);
	if (r == 0)
		r = check_version(y, root, t, source, err);
	if (r == 0)
		r = task_volumes_check(y, yaml_get(root, "volumes"), t, err);
	if (r < 0)
		return r;
	if (t->step_timeout_ms == 0)
		t->step_timeout_ms = STEP_TIMEOUT_MS;
	/* The service looks at its own limit only. */
	if (source->acr && t->total_timeout_ms) {
		log_warning("'totalTimeout' is ignored: use --timeout");
		t->total_timeout_ms = 0;
	}
	return read_steps(y, t, source, err);
}

int
task_parse_from(const char *text, size_t len, const struct task_source *s,
	struct task **ret, struct error *err)
{
	cleanup(task_free) struct task *t = mem_zalloc(sizeof(*t));
	cleanup(yaml_doc_free) struct yaml_doc *y = NULL;
	int r;

	r = s->acr ? yaml_doc_parse_lenient(text, len, s->name, &y, err)
		   : yaml_doc_parse(text, len, s->name, &y, err);
	if (r == 0)
		r = read_task(y, t, s, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&t);
	return 0;
}

int
task_parse(const char *text, size_t len, const char *name, struct task **ret,
	struct error *err)
{
	const struct task_source s = { .name = name };

	return task_parse_from(text, len, &s, ret, err);
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
	s->base_id = mem_strdup(s->id);
	s->kind = STEP_CMD;
	s->cmd = mem_strdup(command);
	s->disable_working_directory_override = true;
	task_step_inherit(t, s);
	r = shell_parse(command, &s->script, err);
	if (r == 0 && s->script->count == 0)
		r = error_set(err, EINVAL, "an empty command");
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	*ret = take_ptr(&t);
	return 0;
}

struct task *
task_free(struct task *t)
{
	size_t i;

	if (!t)
		return NULL;
	for (i = 0; i < t->step_count; i++)
		task_step_release(&t->steps[i]);
	free(t->steps);
	strv_release(&t->env);
	task_networks_release(t);
	task_secrets_release(t);
	task_volumes_release(t);
	free(t->version);
	free(t->working_directory);
	late_free(t->late);
	free(t);
	return NULL;
}
