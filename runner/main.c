/* SPDX-License-Identifier: Apache-2.0 */
/* main: settings, global options, which command, its options, its error. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "builder/commands.h"
#include "oci/commands.h"
#include "runner/commands.h"
#include "sandbox/commands.h"
#include "sandbox/userns.h"
#include "util/conf.h"
#include "util/log.h"
#include "util/mem.h"

static struct {
	const char *root;
	const char *identity;
	const char *progress;
	const char *log_level;
	bool debug;
	bool help;
	bool version;
} opt;

const struct option_spec global_options[] = {
	{ 0, "root", "PATH", "the store's directory", OPT_STRING, &opt.root,
		NULL, "@dir" },
	{ 0, "identity", "KIND", "who we are inside: auto, range, single, root",
		OPT_STRING, &opt.identity, NULL, "auto|range|single|root" },
	{ 0, "progress", "STYLE",
		"display: auto, terminal, plain, json, quiet or ci", OPT_STRING,
		&opt.progress, NULL,
		"auto|terminal|tty|plain|json|rawjson|quiet|ci" },
	{ 0, "log-level", "LEVEL",
		"messages: quiet, error, warning, info or debug", OPT_STRING,
		&opt.log_level, NULL, "quiet|error|warning|info|debug" },
	{ 0, "debug", NULL, "the same as --log-level debug", OPT_FLAG,
		&opt.debug },
	{ 'h', "help", NULL, "show this text", OPT_FLAG, &opt.help },
	{ 0, "version", NULL, "show the version", OPT_FLAG, &opt.version },
	{ 0 },
};

/* Sorted by group, then as a user meets them; each on a line of its own. */
const struct command *const command_table[] = {
	&cmd_build,
	&cmd_lock,
	&cmd_run,
	&cmd_runs_cancel,
	&cmd_runs_list,
	&cmd_runs_logs,
	&cmd_runs_prune,
	&cmd_runs_rerun,
	&cmd_runs_show,
	&cmd_pull,
	&cmd_push,
	&cmd_copy,
	&cmd_login,
	&cmd_logout,
	&cmd_manifest_create,
	&cmd_manifest_add,
	&cmd_manifest_annotate,
	&cmd_manifest_inspect,
	&cmd_manifest_remove,
	&cmd_manifest_push,
	&cmd_manifest_rm,
	&cmd_doctor,
	&cmd_unshare,
	&cmd_task_run,
	&cmd_task_lint,
	&cmd_task_render,
	&cmd_task_graph,
	&cmd_task_schema,
	&cmd_images,
	&cmd_inspect,
	&cmd_history,
	&cmd_tag,
	&cmd_rmi,
	&cmd_save,
	&cmd_scan,
	&cmd_load,
	&cmd_import,
	&cmd_prune,
	&cmd_store_check,
	&cmd_version,
	&cmd_completion,
	&cmd_help,
	&cmd_tables,
	NULL,
};

/* How many of `words` name the command: 2, 1 or 0. */
static int
words_matching(const struct command *c, const struct strv *words)
{
	autofree char *two = NULL;

	if (strcmp(c->name, words->items[0]) == 0)
		return 1;
	if (words->count < 2)
		return 0;
	two = mem_printf("%s %s", words->items[0], words->items[1]);
	return strcmp(c->name, two) == 0 ? 2 : 0;
}

static const struct command *
find_command(const struct strv *words, int *ret_used)
{
	const struct command *const *c;

	for (c = command_table; *c; c++) {
		*ret_used = words_matching(*c, words);
		if (*ret_used)
			return *c;
	}
	return NULL;
}

static bool
is_first_word(const char *word)
{
	const struct command *const *c;
	size_t len = strlen(word);

	for (c = command_table; *c; c++)
		if (strncmp((*c)->name, word, len) == 0 &&
			(*c)->name[len] == ' ')
			return true;
	return false;
}

static int
unknown_command(const struct strv *words, struct error *err)
{
	const char *names[ARRAY_SIZE(command_table)];
	bool two = words->count > 1 && is_first_word(words->items[0]);
	autofree char *word = NULL;
	size_t count = 0;
	const char *near;

	word = mem_printf("%s%s%s", words->items[0], two ? " " : "",
		two ? words->items[1] : "");
	for (; command_table[count]; count++)
		names[count] = command_table[count]->name;
	near = cli_nearest(word, names, count);
	if (near)
		error_set(err, EINVAL,
			"unknown command '%s', did you mean '%s'?", word, near);
	else
		error_set(err, EINVAL, "unknown command '%s'", word);
	error_hint(err, "'slipway help' lists the commands");
	return error_kind(err, ERROR_REQUEST);
}

static int
check_format(struct command_context *context, const struct command *c,
	struct error *err)
{
	const struct option_spec *o = cli_find_option(c->options, "format");

	if (!o || !o->values || strcmp(o->values, "table|json|ndjson") != 0)
		return 0;
	context->format = *(const char **)o->value;
	if (!context->format || strcmp(context->format, "table") == 0)
		return 0;
	context->json = strcmp(context->format, "json") == 0 ||
		strcmp(context->format, "ndjson") == 0;
	if (context->json)
		return 0;
	error_set(err, EINVAL, "format '%s' is not known", context->format);
	error_hint(err, "formats are table, json and ndjson");
	return error_kind(err, ERROR_REQUEST);
}

static int
set_log_level(const struct conf *conf, struct error *err)
{
	const char *text = conf_get(conf, "log");
	enum log_level level;
	int r;

	if (opt.debug)
		text = "debug";
	if (!text)
		return 0;
	r = log_parse_level(text, &level, err);
	if (r == 0)
		log_set_level(level);
	return r;
}

static int
load_conf(struct conf **ret, struct error *err)
{
	cleanup(conf_free) struct conf *conf = NULL;
	int r;

	r = conf_load(&conf, err);
	if (r < 0)
		return r;
	conf_set(conf, "root", opt.root);
	conf_set(conf, "identity", opt.identity);
	conf_set(conf, "progress", opt.progress);
	conf_set(conf, "log", opt.log_level);
	r = set_log_level(conf, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&conf);
	return 0;
}

/* A function pointer for the commands of oci, which knows no sandbox. */
static int
enter_namespace(struct command_context *c, const char **ret_tree_kind,
	struct error *err)
{
	struct userns userns;
	enum identity want;
	int r;

	r = identity_parse(c->identity, &want, err);
	if (r == 0)
		r = userns_enter(want, &userns, err);
	if (r < 0)
		return r;
	*ret_tree_kind =
		userns.identity == IDENTITY_SINGLE ? "single" : "";
	return 0;
}

static int
run_command(const struct command *c, const struct strv *operands,
	struct error *err)
{
	cleanup(conf_free) struct conf *conf = NULL;
	struct command_context context = { 0 };
	int r;

	r = load_conf(&conf, err);
	if (r < 0)
		return r;
	context.conf = conf;
	context.operands = *operands;
	context.needs = c->needs;
	context.identity = conf_get(conf, "identity");
	context.progress = conf_get(conf, "progress");
	context.enter_namespace = enter_namespace;
	r = check_format(&context, c, err);
	if (r < 0)
		return r;
	return c->run(&context, err);
}

static int
start_command(const struct command *c, int argc, char *const *argv,
	struct error *err)
{
	cleanup_value(strv_release) struct strv operands = { 0 };
	int r;

	r = cli_parse(c->options, global_options, c->stop_at_operand, argc,
		argv, &operands, err);
	if (r == 0 && opt.help) {
		cli_print_help(stdout, c, global_options);
		return 0;
	}
	if (r == 0)
		r = cli_check_operands(c, &operands, err);
	if (r < 0)
		return error_hint(err,
			"'slipway %s --help' shows what is possible", c->name);
	return run_command(c, &operands, err);
}

static int
start(int argc, char *const *argv, struct error *err)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	const struct command *c;
	int used, r;

	r = cli_parse(NULL, global_options, true, argc, argv, &words, err);
	if (r < 0)
		return r;
	if (opt.version)
		return start_command(&cmd_version, 0, NULL, err);
	if (words.count == 0) {
		cli_print_commands(stdout, command_table, global_options);
		return 0;
	}
	c = find_command(&words, &used);
	if (!c)
		return unknown_command(&words, err);
	return start_command(c, (int)words.count - used, words.items + used,
		err);
}

static int
report(const struct error *error)
{
	if (error->text)
		(void)fprintf(stderr, "slipway: %s\n", error->text);
	/* Lines of a file, and what a program wrote, are shown as they are. */
	if (error->text && error->hint)
		(void)fprintf(stderr, "%s%s\n",
			strchr(error->hint, '\n') ? "" : "hint: ",
			error->hint);
	return error_exit_status(error);
}

/* A result that could not be written is no result. Nobody is told when the
 * reader has gone away by its own will. */
static int
close_stdout(int status)
{
	bool failed = ferror(stdout) != 0;

	errno = 0;
	if (fclose(stdout) == 0 && !failed)
		return status;
	if (errno != EPIPE)
		(void)fprintf(stderr,
			"slipway: cannot write to standard output: %s\n",
			strerror(errno ? errno : EIO));
	return status ? status : 1;
}

int
main(int argc, char *argv[])
{
	autoerror error = { 0 };
	int r;

	(void)umask(022);
	(void)signal(SIGPIPE, SIG_IGN);
	r = start(argc - 1, argv + 1, &error);
	return close_stdout(r < 0 ? report(&error) : r);
}
