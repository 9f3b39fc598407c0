/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/task-check.h"

#include <ctype.h>
#include <string.h>

#include "runner/task-network.h"
#include "runner/task-volume.h"
#include "util/mem.h"

#define ID_MAX 63

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

	if (has_space(s->base_id))
		return yaml_error(y, n, err, "id '%s' has a blank", s->base_id);
	if (!is_id(s->base_id))
		return yaml_error(y, n, err,
			"'%s' is not an id: letters, digits, '_', '.', '-'",
			s->base_id);
	for (other = t->steps; other < s; other++)
		if (strcmp(other->id, s->id) == 0 ||
			(strcmp(other->base_id, s->base_id) == 0 &&
				other->first != s->first))
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
	if (s->when.count && s->is_cleanup)
		return yaml_error(y, yaml_get(n, "when"), err,
			"steps of 'cleanup' wait for all others");
	if (strv_has(&s->when, s->id) || strv_has(&s->when, s->base_id))
		return yaml_error(
			y, n, err, "step '%s' waits for itself", s->id);
	return 0;
}

/* Number of processors, perhaps with a fraction. */
static bool
is_cpus(const char *text)
{
	size_t whole = strspn(text, "0123456789");
	size_t rest = text[whole] == '.'
		? 1 + strspn(text + whole + 1, "0123456789")
		: 0;

	return strlen(text) == whole + rest && strpbrk(text, "123456789");
}

static int
check_mounts(const struct yaml_doc *y, const struct yaml_node *n,
	const struct task *t, const struct step *s, struct error *err)
{
	size_t i;

	if (s->mount_count && s->kind == STEP_PUSH)
		return yaml_error(y, yaml_get(n, "volumeMounts"), err,
			"push step '%s' has 'volumeMounts'", s->id);
	for (i = 0; i < s->mount_count; i++)
		if (!task_find_volume(t, s->mounts[i].name))
			return yaml_error(y, yaml_get(n, "volumeMounts"), err,
				"volume '%s' is not one of the task's",
				s->mounts[i].name);
	return 0;
}

static int
check_detach(const struct yaml_doc *y, const struct yaml_node *n,
	const struct step *s, struct error *err)
{
	if (s->detach && s->kind != STEP_CMD)
		return yaml_error(y, yaml_get(n, "detach"), err,
			"only a cmd step can be detached");
	if (s->health.cmd && !s->detach)
		return yaml_error(y, yaml_get(n, "healthcheck"), err,
			"'healthcheck' is for a detached step");
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
	const struct task *t, const struct step *s, struct error *err)
{
	static const char *const caches[] = { "enabled", "disabled", NULL };
	static const char *const isolations[] = { "", "default", NULL };

	if (s->cache && !is_one_of(s->cache, caches))
		return yaml_error(y, yaml_get(n, "cache"), err,
			"cache is 'enabled' or 'disabled', not '%s'", s->cache);
	if (s->isolation && !is_one_of(s->isolation, isolations))
		return yaml_error(y, yaml_get(n, "isolation"), err,
			"isolation '%s' is for Windows only", s->isolation);
	if (s->network && !task_has_network(t, s->network))
		return yaml_error(y, yaml_get(n, "network"), err,
			"network '%s' is not one of the task's", s->network);
	if (s->cpus && !is_cpus(s->cpus))
		return yaml_error(y, yaml_get(n, "cpus"), err,
			"cpus is '%s', not a number like 1.5", s->cpus);
	return 0;
}

int
task_step_check(const struct yaml_doc *y, const struct yaml_node *n,
	const struct task *t, struct step *s, struct error *err)
{
	int r;

	r = find_kind(y, n, s, err);
	if (r == 0)
		r = check_id(y, n, t, s, err);
	if (r == 0)
		r = check_mounts(y, n, t, s, err);
	if (r == 0)
		r = check_when(y, n, s, err);
	if (r == 0)
		r = check_words_of_step(y, n, t, s, err);
	return r < 0 ? r : check_detach(y, n, s, err);
}
