/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/task-hints.h"

#include <string.h>

/* "when: ['-']" */
static bool
starts_at_once(const struct step *s)
{
	return s->when.count == 1 && strcmp(s->when.items[0], "-") == 0;
}

/* A then waits for B only, and not for what runs beside B. */
static void
hint_at_wait(const struct step_origin *o, const struct task *t, size_t i)
{
	const struct step *s = &t->steps[i];
	const struct step *above = s->first ? &t->steps[s->first - 1] : NULL;

	if (!above || s->is_cleanup || s->when.count || above->first == 0 ||
		!starts_at_once(above))
		return;
	yaml_warn(o->doc, o->node,
		"step '%s' waits for '%s' only; when: [\"*\"] waits for all "
		"steps above",
		s->id, above->id);
}

static void
hint_at_lines(const struct step_origin *o, const struct step *s)
{
	if (s->script && s->script->has_lines)
		yaml_warn(o->doc, yaml_get(o->node, "cmd"),
			"a line break ends a command here, as ';' does");
}

void
task_hint(const struct step_origins *o, const struct task *t)
{
	size_t i;

	for (i = 0; i < t->step_count; i++) {
		hint_at_wait(&o->items[i], t, i);
		hint_at_lines(&o->items[i], &t->steps[i]);
	}
}
