/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/meta.h"

#include <errno.h>
#include <string.h>

#include "builder/expand.h"
#include "builder/healthcheck.h"
#include "builder/history.h"
#include "builder/port.h"
#include "builder/signal-name.h"
#include "builder/windows.h"
#include "oci/config.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

/* What a function of the table needs to know. */
struct meta {
	struct state *s;
	const struct instr *i;
	const struct args *args;
};

static struct config *
config_of(const struct meta *m)
{
	return draft_config(m->s->draft);
}

static int
refuse(struct error *err, const char *text)
{
	(void)error_set(err, EINVAL, "%s", text);
	return error_kind(err, ERROR_REQUEST);
}

static void
note(const struct meta *m, const struct buf *text)
{
	state_add_history(m->s, buf_text(text), NULL, true);
}

static void
note_text(const struct meta *m, const char *text)
{
	cleanup_value(buf_release) struct buf b = { 0 };

	buf_init(&b, HISTORY_MAX);
	buf_addf(&b, "%s %s", instr_name(m->i->kind), text);
	note(m, &b);
}

static void
note_list(const struct meta *m, const struct strv *items,
	void (*add)(struct buf *, const struct strv *))
{
	cleanup_value(buf_release) struct buf b = { 0 };

	buf_init(&b, HISTORY_MAX);
	buf_addf(&b, "%s ", instr_name(m->i->kind));
	add(&b, items);
	note(m, &b);
}

/* NAME VALUE pairs, all expanded before any of them counts. */
static int
expand_pairs(const struct meta *m, struct strv *ret, struct error *err)
{
	for (size_t n = 0; n < m->i->args.count; n++) {
		char *text;
		int r;

		r = state_expand(m->s, m->i->args.items[n], &text, err);
		if (r < 0)
			return r;
		strv_take(ret, text);
		if (n % 2 == 0 && !*text)
			return refuse(err, "a name must not be empty");
	}
	return 0;
}

static void
note_pairs(const struct meta *m, const struct strv *pairs)
{
	cleanup_value(buf_release) struct buf b = { 0 };

	buf_init(&b, HISTORY_MAX);
	buf_adds(&b, instr_name(m->i->kind));
	for (size_t n = 0; n + 1 < pairs->count; n += 2)
		buf_addf(&b, " %s=%s", pairs->items[n], pairs->items[n + 1]);
	note(m, &b);
}

static int
apply_env(const struct meta *m, struct error *err)
{
	cleanup_value(strv_release) struct strv pairs = { 0 };
	cleanup_value(strv_release) struct strv env = { 0 };
	int r;

	r = expand_pairs(m, &pairs, err);
	if (r < 0)
		return r;
	r = config_get_list(config_of(m), "Env", &env, err);
	if (r < 0)
		return r;
	for (size_t n = 0; n + 1 < pairs.count; n += 2) {
		strv_env_set(&env, pairs.items[n], pairs.items[n + 1]);
		strv_env_set(&m->s->vars, pairs.items[n], pairs.items[n + 1]);
	}
	config_set_list(config_of(m), "Env", &env);
	note_pairs(m, &pairs);
	return 0;
}

static int
apply_label(const struct meta *m, struct error *err)
{
	cleanup_value(strv_release) struct strv pairs = { 0 };
	int r;

	r = expand_pairs(m, &pairs, err);
	if (r < 0)
		return r;
	for (size_t n = 0; n + 1 < pairs.count; n += 2)
		config_set_member(config_of(m), "Labels", pairs.items[n],
			pairs.items[n + 1]);
	note_pairs(m, &pairs);
	return 0;
}

/* --build-arg, else the default, else the ARG before FROM, else unset. */
static int
arg_value(const struct meta *m, const char *name, const char *standard,
	char **ret, struct error *err)
{
	const char *known = args_given(m->args, name);

	if (!known && standard)
		return state_expand(m->s, standard, ret, err);
	if (!known)
		known = args_global(m->args, name);
	*ret = mem_strdup(known);
	return 0;
}

static int
declare_arg(const struct meta *m, const char *word, struct buf *text,
	struct error *err)
{
	const char *equals = strchr(word, '=');
	autofree char *raw = NULL, *name = NULL, *value = NULL;
	int r;

	raw = equals ? mem_strndup(word, (size_t)(equals - word))
		     : mem_strdup(word);
	r = state_expand(m->s, raw, &name, err);
	if (r < 0)
		return r;
	if (!*name)
		return refuse(err, "a name must not be empty");
	r = arg_value(m, name, equals ? equals + 1 : NULL, &value, err);
	if (r < 0)
		return r;
	if (!strv_has(&m->s->arg_names, name))
		strv_add(&m->s->arg_names, name);
	buf_addf(text, " %s", name);
	if (value) {
		strv_env_set(&m->s->vars, name, value);
		buf_addf(text, "=%s", value);
	}
	return 0;
}

static int
apply_arg(const struct meta *m, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	buf_init(&text, HISTORY_MAX);
	buf_adds(&text, "ARG");
	for (size_t n = 0; n < m->i->args.count; n++) {
		r = declare_arg(m, m->i->args.items[n], &text, err);
		if (r < 0)
			return r;
	}
	note(m, &text);
	return 0;
}

static int
apply_expose(const struct meta *m, struct error *err)
{
	const struct expand_env env = { .vars = &m->s->vars,
		.escape = m->s->escape };
	cleanup_value(strv_release) struct strv args = { 0 };
	cleanup_value(strv_release) struct strv words = { 0 };
	cleanup_value(strv_release) struct strv ports = { 0 };
	int r;

	strv_copy(&args, &m->i->args);
	strv_sort(&args);
	for (size_t n = 0; n < args.count; n++) {
		r = expand_words(args.items[n], &env, &words, err);
		if (r < 0)
			return r;
	}
	for (size_t n = 0; n < words.count; n++) {
		r = port_parse(words.items[n], &ports, err);
		if (r < 0)
			return r;
	}
	for (size_t n = 0; n < ports.count; n++)
		config_set_member(
			config_of(m), "ExposedPorts", ports.items[n], NULL);
	note_list(m, &ports, history_add_list);
	return 0;
}

static int
apply_volume(const struct meta *m, struct error *err)
{
	cleanup_value(strv_release) struct strv volumes = { 0 };
	int r;

	for (size_t n = 0; n < m->i->args.count; n++) {
		char *text;

		r = state_expand(m->s, m->i->args.items[n], &text, err);
		if (r < 0)
			return r;
		strv_take(&volumes, text);
		if (!*text)
			return refuse(err, "a volume must not be empty");
		config_set_member(config_of(m), "Volumes", text, NULL);
	}
	note_list(m, &volumes, history_add_list);
	return 0;
}

static int
expand_only_arg(const struct meta *m, char **ret, struct error *err)
{
	if (m->i->args.count != 1)
		return refuse(err, "exactly one argument is needed");
	return state_expand(m->s, m->i->args.items[0], ret, err);
}

static int
apply_user(const struct meta *m, struct error *err)
{
	autofree char *user = NULL;
	int r;

	r = expand_only_arg(m, &user, err);
	if (r < 0)
		return r;
	config_set_text(config_of(m), "User", user);
	note_text(m, user);
	return 0;
}

static int
apply_stopsignal(const struct meta *m, struct error *err)
{
	autofree char *name = NULL;
	int r;

	r = expand_only_arg(m, &name, err);
	if (r < 0)
		return r;
	r = signal_name_check(name, err);
	if (r < 0)
		return r;
	config_set_text(config_of(m), "StopSignal", name);
	note_text(m, name);
	return 0;
}

/* What runs: JSON form as it is, shell form given to the shell. */
static int
command_of(const struct meta *m, struct strv *ret, struct error *err)
{
	int r;

	if (m->i->is_json) {
		strv_copy(ret, &m->i->args);
		return 0;
	}
	r = state_shell(m->s, ret, err);
	if (r < 0)
		return r;
	strv_add(ret, m->i->args.count ? m->i->args.items[0] : "");
	return 0;
}

static int
apply_cmd(const struct meta *m, struct error *err)
{
	cleanup_value(strv_release) struct strv command = { 0 };
	int r;

	r = command_of(m, &command, err);
	if (r < 0)
		return r;
	config_set_list(config_of(m), "Cmd", command.count ? &command : NULL);
	m->s->has_cmd = true;
	note_list(m, &command, history_add_quoted_list);
	return 0;
}

static int
apply_entrypoint(const struct meta *m, struct error *err)
{
	cleanup_value(strv_release) struct strv command = { 0 };
	int r;

	r = command_of(m, &command, err);
	if (r < 0)
		return r;
	config_set_list(
		config_of(m), "Entrypoint", command.count ? &command : NULL);
	/* A CMD of the base was meant for another program. */
	if (!m->s->has_cmd)
		config_set_list(config_of(m), "Cmd", NULL);
	note_list(m, &command, history_add_quoted_list);
	return 0;
}

static int
apply_shell(const struct meta *m, struct error *err)
{
	if (!m->i->is_json || m->i->args.count == 0)
		return refuse(err,
			"SHELL requires its arguments in JSON form: [\"/bin/sh\", \"-c\"]");
	config_set_list(config_of(m), "Shell", &m->i->args);
	note_list(m, &m->i->args, history_add_list);
	return 0;
}

static int
apply_healthcheck(const struct meta *m, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup_value(healthcheck_release) struct healthcheck h = { 0 };
	int r;

	r = healthcheck_parse(m->i, &h, err);
	if (r < 0)
		return r;
	json_set(config_runtime(config_of(m)), "Healthcheck",
		healthcheck_format(&h));
	buf_init(&text, HISTORY_MAX);
	healthcheck_add_history(&h, &text);
	note(m, &text);
	return 0;
}

static int
apply_onbuild(const struct meta *m, struct error *err)
{
	cleanup_value(strv_release) struct strv triggers = { 0 };
	int r;

	r = config_get_list(config_of(m), "OnBuild", &triggers, err);
	if (r < 0)
		return r;
	strv_add(&triggers, m->i->args.count ? m->i->args.items[0] : "");
	config_set_list(config_of(m), "OnBuild", &triggers);
	return 0;
}

static int
apply_maintainer(const struct meta *m, struct error *err)
{
	(void)err;
	config_set_top(config_of(m), "author", m->i->args.items[0]);
	note_text(m, m->i->args.items[0]);
	return 0;
}

static int (*const table[INSTR_KINDS])(
	const struct meta *m, struct error *err) = {
	[INSTR_ARG] = apply_arg,
	[INSTR_CMD] = apply_cmd,
	[INSTR_ENTRYPOINT] = apply_entrypoint,
	[INSTR_ENV] = apply_env,
	[INSTR_EXPOSE] = apply_expose,
	[INSTR_HEALTHCHECK] = apply_healthcheck,
	[INSTR_LABEL] = apply_label,
	[INSTR_MAINTAINER] = apply_maintainer,
	[INSTR_ONBUILD] = apply_onbuild,
	[INSTR_SHELL] = apply_shell,
	[INSTR_STOPSIGNAL] = apply_stopsignal,
	[INSTR_USER] = apply_user,
	[INSTR_VOLUME] = apply_volume,
};

bool
meta_has(enum instr_kind kind)
{
	return table[kind] != NULL;
}

int
meta_apply(struct state *s, const struct instr *i, const struct args *args,
	struct error *err)
{
	const struct meta m = { .s = s, .i = i, .args = args };

	return table[i->kind](&m, err);
}

int
meta_set_cwd(struct state *s, const struct instr *i, struct error *err)
{
	const struct meta m = { .s = s, .i = i };
	autofree char *word = NULL, *path = NULL;
	int r;

	r = expand_only_arg(&m, &word, err);
	if (r < 0)
		return r;
	if (windows_is(s->draft)) {
		char *plain;

		r = windows_path(word, &plain, err);
		if (r < 0)
			return r;
		free(word);
		word = plain;
	}
	path = path_resolve(state_cwd(s), word);
	config_set_text(config_of(&m), "WorkingDir", path);
	return 0;
}
