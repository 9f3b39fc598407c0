/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/cmd-task.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder/commands.h"
#include "runner/commands.h"
#include "runner/crew.h"
#include "runner/load.h"
#include "runner/networks.h"
#include "runner/record.h"
#include "runner/schedule.h"
#include "runner/source.h"
#include "runner/summary.h"
#include "runner/volume-task.h"
#include "runner/verb-login.h"
#include "runner/workspace.h"
#include "util/conf.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/path.h"
#include "util/proc.h"

#define PARALLEL_MAX 256
/* Of containers that are asked to end. */
#define PATIENCE_MS 10000

static struct {
	const char *run_id;
	const char *max_parallel;
	bool keep_going;
	const char *timeout;
	const char *format;
	struct strv host_volumes;
	bool secret_commands;
} opt;

static int
parse_limits(struct schedule *s, struct error *err)
{
	uint64_t parallel = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
	int64_t timeout_ns = 0;
	uint64_t seconds;
	int r = 0;

	if (opt.max_parallel)
		r = num_parse(opt.max_parallel, PARALLEL_MAX, &parallel, err);
	if (r == 0 && parallel == 0)
		r = error_set(err, EINVAL, "'0' steps at once never end");
	if (r < 0)
		return error_wrap(err, "--max-parallel");
	s->max_parallel = (unsigned)parallel;
	s->keep_going = opt.keep_going;
	s->timeout_ms = s->task->total_timeout_ms;
	if (!opt.timeout)
		return 0;
	if (num_parse(opt.timeout, 1000000000, &seconds, NULL) == 0)
		timeout_ns = (int64_t)seconds * 1000000000;
	else
		r = num_parse_duration(opt.timeout, &timeout_ns, err);
	if (r == 0 && timeout_ns < 0)
		r = error_set(err, EINVAL, "'%s' is below 0", opt.timeout);
	if (r < 0)
		return error_wrap(err, "--timeout");
	s->timeout_ms = timeout_ns / 1000000;
	return 0;
}

/* The children are told what we were told; the step's environment must not
 * lead them to another store. */
static void
add_global(const struct command_context *c, struct strv *ret)
{
	autofree char *store = conf_store_path(c->conf);
	const char *log = conf_get(c->conf, "log");

	strv_add(ret, "--root");
	strv_add(ret, store);
	strv_add(ret, "--progress");
	strv_add(ret, "plain");
	if (c->identity) {
		strv_add(ret, "--identity");
		strv_add(ret, c->identity);
	}
	if (log) {
		strv_add(ret, "--log-level");
		strv_add(ret, log);
	}
}

/* What the containers of a run have in common. */
struct commons {
	struct crew *crew;
	struct networks *networks;
};

static void
commons_release(struct commons *c)
{
	c->crew = crew_free(c->crew, PATIENCE_MS);
	c->networks = networks_free(c->networks);
}

/* What steps log in to is for this run, and ends with it. */
static void
keep_logins(const struct workspace *w)
{
	autofree char *file = path_resolve(workspace_run_path(w), "auth.json");

	(void)setenv("SLIPWAY_RUN_AUTH_FILE", file, 1);
}

static int
commons_open(const struct workspace *w, const struct task *t,
	enum identity identity, struct commons *ret, struct error *err)
{
	int r;

	r = crew_open(workspace_run_fd(w), workspace_run_path(w), &ret->crew,
		err);
	return r < 0 ? r : networks_open(t, identity, &ret->networks, err);
}

static int
execute(const struct command_context *c, const struct workspace *w,
	enum identity identity, const struct secret_set *secrets,
	struct schedule *s, struct error *err)
{
	cleanup_value(commons_release) struct commons commons = { 0 };
	cleanup_value(strv_release) struct strv global = { 0 };
	autofree struct step_result *results = NULL;
	struct step_context context = {
		.program = "/proc/self/exe",
		.global = &global,
		.workspace = workspace_path(w),
		.workspace_fd = workspace_fd(w),
		.home = workspace_home(w),
		.build_options = cmd_build.options,
		.task_name = task_options.name,
		.task = s->task,
	};
	autofree char *caches = conf_xdg_path("CACHE");
	autofree char *cache_path = path_resolve(caches, "volumes");
	const struct volume_places places = { s->task, secrets,
		workspace_run_path(w), cache_path, &opt.host_volumes };
	int r;

	r = volume_check(&places, err);
	if (r == 0)
		r = commons_open(w, s->task, identity, &commons, err);
	if (r < 0)
		return r;
	keep_logins(w);
	context.crew = commons.crew;
	context.networks = commons.networks;
	context.volumes = &places;

	add_global(c, &global);
	s->context = &context;
	results = mem_array(s->task->step_count, sizeof(*results));
	r = schedule_run(s, results, err);
	progress_free(take_ptr(&s->progress));
	if (r < 0)
		return r;
	summary_print(stdout, s->task, results, opt.format);
	return summary_outcome(s->task, results, err);
}

static enum run_status
status_of(int r, const struct error *err)
{
	if (r == 0)
		return RUN_SUCCEEDED;
	if (r == -ECANCELED)
		return RUN_CANCELED;
	if (err->kind == ERROR_TIMEOUT)
		return RUN_TIMED_OUT;
	return err->kind == ERROR_WORK ? RUN_FAILED : RUN_ERROR;
}

/* The command line again, without what is secret and what was chosen for this
 * run alone. */
static void
add_words(const struct command_context *c, struct strv *ret)
{
	static const char *const except[] = { "set-secret", "run-id", "format",
		NULL };

	cli_words(cmd_task_run.options, except, ret);
	strv_add(ret, "--"); /* an operand may look like an option */
	for (size_t n = 0; n < c->operands.count; n++)
		strv_take(ret, source_dir_shown(c->operands.items[n]));
}

static int
begin_record(const struct command_context *c, const char *id,
	const struct task *t, struct record *record, struct error *err)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	autofree char *cwd = getcwd(NULL, 0);
	autofree char *shown = source_dir_shown(
		c->operands.count ? c->operands.items[0] : ".");
	struct record_run run = {
		.id = id,
		.task = task_options.command ? "quickrun"
			    : task_options.file ? task_options.file : "acb.yaml",
		.context = shown,
		.trigger = "Manual",
		.words = &words,
		.cwd = cwd,
	};

	add_words(c, &words);
	return record_begin(record, &run, t, err);
}

static void
hide_secrets(const struct mask *m, struct error *err)
{
	char *text = mask_text(m, err->text);

	free(err->text);
	err->text = text;
}

/* How it ended is said, whatever happened. */
static int
execute_recorded(const struct command_context *c, const char *id,
	const struct workspace *w, enum identity identity,
	const struct secret_set *secrets, struct schedule *s, struct error *err)
{
	cleanup(record_free) struct record *record = NULL;
	autofree char *state = conf_xdg_path("STATE");
	autoerror unsaid = { 0 };
	int r;

	r = record_open(state, &record, err);
	if (r == 0)
		r = begin_record(c, id, s->task, record, err);
	if (r < 0)
		return r;
	s->record = record;
	r = execute(c, w, identity, secrets, s, err);
	if (r < 0)
		hide_secrets(s->mask, err);
	if (record_end(record, status_of(r, err), r < 0 ? err->text : NULL,
		    &unsaid) < 0)
		log_warning("the record of runs: %s", unsaid.text);
	return r;
}

/* Output of steps is what a run is for: the screen keeps it all unless the
 * user asks for one that moves. */
static int
choose_style(const struct command_context *c, enum progress_style *ret,
	struct error *err)
{
	*ret = progress_lasting_style();
	return c->progress ? progress_parse_style(c->progress, ret, err) : 0;
}

/* They are read once, for templates and volumes, and hidden everywhere. */
static int
read_secrets(const struct task *t, struct variables *v, struct secret_set *ret,
	struct mask *mask, struct error *err)
{
	const struct strv *known;
	size_t i;
	int r;

	r = secret_set_read(t, opt.secret_commands, ret, err);
	if (r < 0)
		return r;
	for (i = 0; i < ret->count; i++) {
		mask_add(mask, buf_text(&ret->values[i]), ret->values[i].len);
		variables_set_secret(
			v, t->secrets[i].id, buf_text(&ret->values[i]));
	}
	known = variables_secrets(v);
	for (i = 0; i < known->count; i++)
		mask_add(mask, known->items[i], strlen(known->items[i]));
	for (i = 0; i < t->step_count; i++)
		if (t->steps[i].script)
			verb_hide_passwords(t->steps[i].script, mask);
	return 0;
}

static int
run_in_context(struct command_context *c, struct error *err)
{
	cleanup(mask_free) struct mask *mask = mask_new();
	cleanup_value(secret_set_release) struct secret_set secrets = { 0 };
	cleanup(workspace_free) struct workspace *w = NULL;
	cleanup(variables_free) struct variables *v = NULL;
	cleanup(task_free) struct task *t = NULL;
	autofree char *id =
		opt.run_id ? mem_strdup(opt.run_id) : workspace_new_id();
	autofree char *state = conf_xdg_path("STATE");
	struct schedule s = { 0 };
	enum progress_style style;
	enum identity identity;
	int r;

	r = identity_parse(c->identity, &identity, err);
	if (r == 0)
		r = choose_style(c, &style, err);
	if (r == 0)
		r = task_load(c, id, &t, &v, err);
	if (r < 0)
		return r;
	s.task = t;
	s.variables = v;
	s.mask = mask;
	r = parse_limits(&s, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	r = read_secrets(t, v, &secrets, mask, err);
	if (r < 0)
		return r;
	r = proc_catch_interrupts(err);
	if (r < 0)
		return r;
	r = workspace_open(state, id, task_context(c), identity, &w, err);
	if (r < 0)
		return r;
	log_info("run %s", id);
	s.progress = progress_new(style);
	return execute_recorded(c, id, w, identity, &secrets, &s, err);
}

static int
run_task(struct command_context *c, struct error *err)
{
	return task_in_context(c, run_in_context, err);
}

static const struct option_spec run_options[] = {
	TASK_FILE_OPTIONS,
	{ 0, "run-id", "ID", "{{.Run.ID}}, instead of one made up", OPT_STRING,
		&opt.run_id },
	{ 0, "allow-host-volume", "DIR",
		"let volumes of the task show DIR and what is below",
		OPT_LIST, &opt.host_volumes, NULL, "@dir" },
	{ 0, "allow-secret-commands", NULL,
		"let secrets of the task come from commands", OPT_FLAG,
		&opt.secret_commands },
	{ 0, "max-parallel", "N", "steps at once; as many as processors",
		OPT_STRING, &opt.max_parallel },
	{ 'k', "keep-going", NULL,
		"after a failure, with what does not wait for it", OPT_FLAG,
		&opt.keep_going },
	{ 0, "timeout", "TIME", "of the whole run, as 90, 10m or 1h30m",
		OPT_STRING, &opt.timeout },
	CLI_FORMAT(opt.format),
	{ 0 },
};

const struct command cmd_task_run = {
	.name = "task run",
	.operands = "[OPTIONS] [CONTEXT]",
	.summary = "run the steps of a task file",
	.group = "Tasks",
	.options = run_options,
	.max_operands = 1,
	.operand_values = "@dir",
	.run = run_task,
};
