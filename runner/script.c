/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/script.h"

#include <string.h>
#include <unistd.h>

#include "runner/action.h"
#include "runner/shell-run.h"
#include "runner/verb.h"
#include "util/mem.h"
#include "util/path.h"

static int
run_container(const struct action *s, const struct strv *argv)
{
	cleanup_value(flags_release) struct flags f = { 0 };
	autoerror err = { 0 };

	if (flags_parse(argv, 0, &f, &err) < 0)
		return action_complain(&err);
	return action_run_container(s, &f, true);
}

static int
run_command(void *context, const struct strv *argv,
	const struct shell_place *place)
{
	struct action s = *(const struct action *)context;

	s.place = place;
	if (verb_is_for_us(argv->items[0]))
		return verb_run(&s, argv);
	return run_container(&s, argv);
}

int
script_run(const struct step_commands *c)
{
	cleanup_value(strv_release) struct strv env = { 0 };
	autofree char *inside = step_inside_path(c->step);
	autofree char *below = NULL;
	struct action s = { .step = c->step,
		.context = c->context,
		.notify_fd = c->notify_fd };
	struct shell_host host = {
		.command = run_command,
		.context = &s,
		.place = { .env = &env,
			.root_name = STEP_WORKSPACE,
			.root_fd = c->context->workspace_fd,
			.directory = "." },
	};
	size_t i;

	if (fchdir(c->context->workspace_fd) < 0)
		return 125;
	if (c->context->variables)
		strv_copy(&env, c->context->variables);
	for (i = 0; i < c->step->env.count; i++)
		strv_add(&env, c->step->env.items[i]);
	if (path_is_below(inside, STEP_WORKSPACE)) {
		below = mem_printf(".%s", inside + strlen(STEP_WORKSPACE));
		host.place.directory = below;
	}
	return shell_run(c->step->script, &host);
}
