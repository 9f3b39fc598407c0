/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/commands.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "builder/build.h"
#include "builder/ignored-flags.h"
#include "builder/image-flags.h"
#include "builder/output-flags.h"
#include "builder/registry-flags.h"
#include "builder/run-flags.h"
#include "builder/source-flags.h"
#include "builder/work-flags.h"
#include "oci/commands.h"
#include "oci/transfer-options.h"
#include "util/conf.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/num.h"

#define ANSWER_MAX MiB(64)

/* By subject; a new option is a row there. */
static struct {
	struct source_flags source;
	struct output_flags output;
	struct registry_flags registry;
	struct image_flags image;
	struct work_flags work;
	struct run_flags run;
	struct transfer_options transfer;
} opt;

static const struct option_spec options[] = {
	SOURCE_FLAG_ROWS(opt.source),
	CALL_FLAG_ROWS(opt.source),
	OUTPUT_FLAG_ROWS(opt.output),
	REGISTRY_FLAG_ROWS(opt.registry),
	IMAGE_FLAG_ROWS(opt.image),
	WORK_FLAG_ROWS(opt.work),
	RUN_FLAG_ROWS(opt.run),
	IGNORED_FLAG_ROWS,
	TRANSFER_OPTION_ROWS(opt.transfer),
	{ 0 },
};

/* Files that leave have the epoch, and layers no later time if one output is to
 * have none. A word is for build_run() to understand. */
static void
read_exports(struct build_options *ret)
{
	uint64_t epoch;

	ret->output.epoch = INT64_MAX;
	for (size_t n = 0; n < ret->output.spec_count; n++)
		ret->clamps_times |= ret->output.specs[n].clamps_times;
	if (ret->epoch && num_parse(ret->epoch, INT64_MAX, &epoch, NULL) == 0)
		ret->output.epoch = (int64_t)epoch;
}

static int
read_options(const struct command_context *c, struct strv *build_args,
	struct build_options *ret, struct error *err)
{
	int r;

	ret->context = c->operands.items[0];
	ret->is_quiet = opt.transfer.quiet;
	ret->build_args = build_args;
	r = source_flags_arguments(&opt.source, build_args, err);
	if (r == 0)
		r = image_flags_read(&opt.image, build_args, ret, err);
	if (r == 0)
		r = network_parse(
			conf_get(c->conf, "network"), &ret->network, err);
	if (r == 0)
		r = source_flags_read(&opt.source, ret, err);
	if (r == 0)
		r = work_flags_read(&opt.work, ret, err);
	if (r == 0)
		r = run_flags_read(&opt.run, ret, err);
	registry_flags_apply(&opt.registry, &opt.output);
	if (r == 0)
		r = output_flags_read(&opt.output, &ret->output, err);
	if (r < 0)
		return r;
	if (identity_parse(c->identity, &ret->identity, err) < 0 ||
		foreign_parse(conf_get(c->conf, "emulation"), &ret->emulation,
			err) < 0)
		return error_kind(err, ERROR_REQUEST);
	ret->output.identity = ret->identity;
	read_exports(ret);
	return 0;
}

/* Then it has no room for a digest. */
static bool
takes_stdout(const struct output_options *o)
{
	for (size_t n = 0; n < o->spec_count; n++) {
		if (output_spec_takes_stdout(&o->specs[n]))
			return true;
	}
	return false;
}

static int
build(struct command_context *c, struct build_options *o,
	struct transfer_settings *settings, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	struct output_result result;
	char digest[DIGEST_TEXT_SIZE];
	int r;

	if (o->explain && log_get_level() < LOG_INFO)
		log_set_level(LOG_INFO);
	r = command_open_store(c, &s, err);
	if (r < 0)
		return r;
	r = build_run(s, settings->progress, o, &result, err);
	settings->progress = progress_free(settings->progress);
	if (r < 0)
		return r;
	if (!takes_stdout(&o->output))
		(void)puts(digest_format(&result.manifest, digest));
	return 0;
}

/* A question instead of a build: its answer is the result. */
static int
answer(struct command_context *c, const struct build_options *o,
	const struct call *call, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup(store_free) struct store *s = NULL;
	bool fails = false;
	int r;

	r = command_open_store(c, &s, err);
	if (r < 0)
		return r;
	buf_init(&text, ANSWER_MAX);
	r = build_answer(s, o, call, &text, &fails, err);
	if (r < 0)
		return r;
	r = buf_check(&text, "the answer", err);
	if (r < 0)
		return r;
	(void)fputs(buf_text(&text), stdout);
	return fails ? ERROR_WORK : 0;
}

/* A display that moves would write over a shell. */
static int
show(const struct command_context *given, const struct build_options *o,
	struct transfer_settings *settings, struct error *err)
{
	struct command_context c = *given;

	if (o->shell_on_error && !c.progress)
		c.progress = "plain";
	return transfer_options_apply(&opt.transfer, &c, settings, err);
}

/* Until end_log(), what would be shown goes to the file. *ret_saved is where it
 * went before. */
static int
begin_log(const char *path, int *ret_saved, struct error *err)
{
	autoclose int fd = -1;

	*ret_saved = -1;
	if (!path)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0) {
		(void)error_errno(err, "cannot write '%s'", path);
		return error_kind(err, ERROR_LOCAL);
	}
	*ret_saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (*ret_saved < 0 || dup2(fd, STDERR_FILENO) < 0)
		return error_errno(err, "cannot write '%s'", path);
	return 0;
}

/* What is told last is told to people, too. */
static void
end_log(int saved)
{
	if (saved < 0)
		return;
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup_value(strv_release) struct strv build_args = { 0 };
	struct build_options o = { 0 };
	struct transfer_settings settings = { 0 };
	struct call call = { 0 };
	int saved = -1, r;

	r = source_flags_call(&opt.source, &call, err);
	if (r == 0)
		r = read_options(c, &build_args, &o, err);
	if (r == 0)
		r = begin_log(opt.work.log_file, &saved, err);
	if (r == 0)
		r = show(c, &o, &settings, err);
	if (r == 0) {
		o.output.transfer = &settings;
		r = call.method == CALL_BUILD ? build(c, &o, &settings, err)
					      : answer(c, &o, &call, err);
	}
	progress_free(settings.progress);
	end_log(saved);
	source_flags_release(&opt.source);
	image_flags_release(&opt.image);
	work_flags_release(&opt.work);
	run_flags_release(&opt.run);
	output_flags_release(&opt.output);
	return r;
}

const struct command cmd_build = {
	.name = "build",
	.operands = "[OPTIONS] CONTEXT",
	.summary = "build an image from a Dockerfile",
	.group = "Building",
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.needs = NEEDS_STORE,
	.operand_values = "@dir",
	.run = run,
};
