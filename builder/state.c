/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/state.h"

#include <errno.h>

#include "builder/expand.h"
#include "builder/windows.h"
#include "oci/config.h"
#include "util/mem.h"

#define STATE_COMMENT "slipway"

void
state_release(struct state *s)
{
	draft_free(s->draft);
	strv_release(&s->vars);
	strv_release(&s->arg_names);
	strv_release(&s->steps);
	free(s->created);
	*s = (struct state){ 0 };
}

/* An image without a PATH gets one, in its config too, as BuildKit does. */
static void
fill_in_path(struct state *s)
{
	struct config *c = draft_config(s->draft);

	/* Windows has one of its own, elsewhere. */
	if (strv_env_get(&s->vars, "PATH") || windows_is(s->draft))
		return;
	strv_env_set(&s->vars, "PATH", STATE_DEFAULT_PATH);
	config_set_list(c, "Env", &s->vars);
}

void
state_from_image(const struct image *i, char escape, struct state *ret)
{
	struct state s = { .draft = draft_from_image(i), .escape = escape };
	struct config *c = draft_config(s.draft);
	const char *created = config_get_top(c, "created");

	s.created = mem_strdup(created);
	config_set_list(c, "OnBuild", NULL);
	/* An Env that is no list was refused when the image was loaded. */
	(void)config_get_list(c, "Env", &s.vars, NULL);
	fill_in_path(&s);
	*ret = s;
}

void
state_from_nothing(const struct platform *p, char escape, struct state *ret)
{
	struct state s = { .draft = draft_from_nothing(p), .escape = escape };

	fill_in_path(&s);
	config_set_text(draft_config(s.draft), "WorkingDir", "/");
	*ret = s;
}

void
state_from_stage(const struct state *from, struct state *ret)
{
	struct state s = { .draft = draft_copy(from->draft),
		.escape = from->escape,
		.created = mem_strdup(from->created) };

	config_set_list(draft_config(s.draft), "OnBuild", NULL);
	strv_copy(&s.vars, &from->vars);
	strv_copy(&s.steps, &from->steps);
	*ret = s;
}

int
state_expand(
	const struct state *s, const char *word, char **ret, struct error *err)
{
	const struct expand_env env = { .vars = &s->vars, .escape = s->escape };

	return expand_word(word, &env, ret, err);
}

const char *
state_cwd(struct state *s)
{
	const char *cwd = config_get_text(draft_config(s->draft), "WorkingDir");

	return cwd && *cwd ? cwd : "/";
}

int
state_shell(struct state *s, struct strv *ret, struct error *err)
{
	int r;

	r = config_get_list(draft_config(s->draft), "Shell", ret, err);
	if (r < 0)
		return r;
	if (ret->count == 0 && windows_is(s->draft)) {
		strv_add(ret, "cmd");
		strv_add(ret, "/S");
		strv_add(ret, "/C");
	} else if (ret->count == 0) {
		strv_add(ret, "/bin/sh");
		strv_add(ret, "-c");
	}
	return 0;
}

void
state_add_history(struct state *s, const char *created_by, const char *created,
	bool empty_layer)
{
	const struct history h = {
		.created = created ? created : s->created,
		.created_by = created_by,
		.comment = STATE_COMMENT,
		.empty_layer = empty_layer,
	};

	config_add_history(draft_config(s->draft), &h);
}

struct json *
state_format(const struct state *s)
{
	struct json *j = json_new_object();
	const char escape[2] = { s->escape, '\0' };

	json_set(j, "draft", draft_format(s->draft));
	json_set(j, "vars", json_new_list(&s->vars));
	json_set(j, "steps", json_new_list(&s->steps));
	json_set_text(j, "escape", escape);
	if (s->created)
		json_set_text(j, "created", s->created);
	return j;
}

int
state_parse(const struct json *j, struct state *ret, struct error *err)
{
	cleanup_value(state_release) struct state s = { 0 };
	const char *escape = json_get_text(j, "escape");
	int r;

	if (!escape)
		return error_set(err, EBADMSG, "a stage's answer is damaged");
	r = draft_parse(json_get(j, "draft"), &s.draft, err);
	if (r < 0)
		return r;
	r = json_get_list(j, "vars", &s.vars, err);
	if (r == 0)
		r = json_get_list(j, "steps", &s.steps, err);
	if (r < 0)
		return r;
	s.escape = escape[0];
	s.created = mem_strdup(json_get_text(j, "created"));
	*ret = s;
	s = (struct state){ 0 };
	return 0;
}
