/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "runner/crew.h"
#include "runner/verb-container.h"
#include "sandbox/enter.h"
#include "util/cli.h"
#include "util/mem.h"

/* `docker exec [OPTIONS] NAME PROGRAM [ARGUMENT...]` on its way. */
struct order {
	const char *user, *cwd;
	struct strv env;	/* NAME=value; NAME is the step's */
	struct strv words;
	bool ignored;
};

static void
order_release(struct order *o)
{
	strv_release(&o->env);
	strv_release(&o->words);
}

static int
parse(const struct strv *args, struct order *o, struct error *err)
{
	const struct option_spec options[] = {
		{ 'i', "interactive", NULL, "", OPT_FLAG, &o->ignored },
		{ 't', "tty", NULL, "", OPT_FLAG, &o->ignored },
		{ 'u', "user", "USER", "", OPT_STRING, &o->user },
		{ 'w', "workdir", "DIR", "", OPT_STRING, &o->cwd },
		{ 'e', "env", "NAME=VALUE", "", OPT_LIST, &o->env },
		{ 0 },
	};
	int r = cli_parse(options, NULL, true, (int)args->count, args->items,
		&o->words, err);

	if (r == 0 && o->words.count < 2) {
		(void)error_set(err, EINVAL,
			"a container and a program are wanted");
		return error_kind(err, ERROR_REQUEST);
	}
	return r;
}

static void
add_env(const struct action *s, const struct order *o, struct strv *env)
{
	size_t i;

	for (i = 0; i < o->env.count; i++) {
		const char *item = o->env.items[i];
		size_t len = strcspn(item, "=");
		autofree char *name = mem_strndup(item, len);
		const char *value = item[len]
			? item + len + 1
			: strv_env_get(s->place->env, name);

		if (value)
			strv_env_set(env, name, value);
	}
}

static int
run(const struct action *s, const struct order *o, struct proc_end *ret,
	struct error *err)
{
	cleanup_value(crew_member_release) struct crew_member m = { 0 };
	cleanup_value(strv_release) struct strv env = { 0 };
	struct strv argv = { o->words.items + 1, o->words.count - 1, 0 };
	const struct enter_wish wish = { &argv, &env, o->cwd, o->user };
	int r;

	r = crew_find(s->context->crew, o->words.items[0], &m, err);
	if (r == 0 && (!m.running || !m.init))
		r = error_set(err, ESRCH, "container '%s' does not run",
			o->words.items[0]);
	if (r == 0)
		r = enter_read_env(m.init, &env, err);
	if (r < 0)
		return r;
	add_env(s, o, &env);
	return enter_run(m.init, &wish, ret, err);
}

int
verb_exec(const struct action *s, const struct strv *args)
{
	cleanup_value(order_release) struct order o = { 0 };
	struct proc_end end = { 0 };
	autoerror err = { 0 };

	if (parse(args, &o, &err) < 0 || run(s, &o, &end, &err) < 0)
		return action_complain(&err);
	return proc_end_status(&end);
}
