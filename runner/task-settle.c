/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/task-settle.h"

#include "runner/fulfil.h"
#include "runner/task-step.h"
#include "util/mem.h"

#define ALL (LATE_STEPS | LATE_SECRETS | LATE_MATRIX)

/* Where the texts of a step are that may have marks. */
static const size_t texts[] = {
	offsetof(struct step, entry_point),
	offsetof(struct step, user),
	offsetof(struct step, working_directory),
};

static const size_t lists[] = {
	offsetof(struct step, words),
	offsetof(struct step, push),
	offsetof(struct step, env),
	offsetof(struct step, retry_on_errors),
};

/* Those that are only shown: as they were written, so that no secret is. */
static const size_t shown[] = {
	offsetof(struct step, build),
	offsetof(struct step, cmd),
};

static char **
text_at(const struct step *s, size_t offset)
{
	return (char **)((char *)s + offset);
}

static struct strv *
list_at(const struct step *s, size_t i)
{
	return (struct strv *)((char *)s + lists[i]);
}

/* Calls `visit` for every text of a script; what it returns but 0 ends it. */
struct visitor {
	int (*visit)(struct visitor *v, struct shell_part *part);
	const struct step *step;
	const struct late *late;
	const struct value *root;
	struct error *err;
	unsigned waits;
};

static int
visit_word(struct visitor *v, const struct shell_word *w)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < w->count; i++)
		r = v->visit(v, &w->parts[i]);
	return r;
}

static int
visit_command(struct visitor *v, const struct shell_command *c)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < c->word_count; i++)
		r = visit_word(v, &c->words[i]);
	for (i = 0; r == 0 && i < c->redirect_count; i++)
		r = visit_word(v, &c->redirects[i].target);
	return r;
}

static int
visit_script(struct visitor *v, const struct shell_script *script)
{
	size_t i, k;
	int r = 0;

	for (i = 0; script && i < script->count; i++)
		for (k = 0; r == 0 && k < script->pipelines[i].count; k++)
			r = visit_command(v, &script->pipelines[i].commands[k]);
	return r;
}

static int
look_at_part(struct visitor *v, struct shell_part *part)
{
	v->waits |= late_of_text(v->late, part->text);
	v->waits |= late_of_text(v->late, part->otherwise);
	return 0;
}

bool
task_step_is_late(const struct step *s, const struct late *l)
{
	struct visitor v = { .visit = look_at_part, .late = l };
	unsigned waits;
	size_t i, k;

	(void)visit_script(&v, s->script);
	waits = v.waits;
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		waits |= late_of_text(l, *text_at(s, texts[i]));
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		for (k = 0; k < list_at(s, i)->count; k++)
			waits |= late_of_text(l, list_at(s, i)->items[k]);
	return waits != 0;
}

static int
settle(char **text, const struct step *s, const struct late *l,
	const struct value *root, struct error *err)
{
	autofree char *name = NULL;
	char *settled = NULL;
	int r;

	if (!*text || !late_of_text(l, *text))
		return 0;
	name = mem_printf("step '%s'", s->id);
	r = fulfil_text(l, *text, name, ALL, root, &settled, err);
	if (r < 0)
		return r;
	free(*text);
	*text = settled;
	return 0;
}

/* It is as if in quotes: no blanks split it, no "*" is a file. */
static int
settle_part(struct visitor *v, struct shell_part *part)
{
	int r;

	if (late_of_text(v->late, part->text))
		part->quoted = true;
	r = settle(&part->text, v->step, v->late, v->root, v->err);
	return r < 0
		? r
		: settle(&part->otherwise, v->step, v->late, v->root, v->err);
}

static void
restore(char **text, const struct late *l)
{
	char *restored = *text ? late_restore(l, *text) : NULL;

	free(*text);
	*text = restored;
}

int
task_step_settle(struct step *s, const struct late *l, const struct value *root,
	struct error *err)
{
	struct visitor v = { .visit = settle_part,
		.step = s,
		.late = l,
		.root = root,
		.err = err };
	size_t i, k;
	int r;

	r = visit_script(&v, s->script);
	for (i = 0; r == 0 && i < ARRAY_SIZE(texts); i++)
		r = settle(text_at(s, texts[i]), s, l, root, err);
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		for (k = 0; r == 0 && k < list_at(s, i)->count; k++)
			r = settle(&list_at(s, i)->items[k], s, l, root, err);
	for (i = 0; i < ARRAY_SIZE(shown); i++)
		restore(text_at(s, shown[i]), l);
	for (k = 0; r < 0 && k < s->push.count; k++)
		restore(&s->push.items[k], l);
	if (r == 0)
		task_step_normalise_push(s);
	return r;
}
