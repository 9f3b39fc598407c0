/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <errno.h>
#include <inttypes.h>

#include "oci/gc.h"
#include "util/json.h"
#include "util/log.h"
#include "util/num.h"

#define GRACE_SECONDS 3600
#define NANOSECONDS INT64_C(1000000000)

static struct {
	const char *format;
	const char *keep_steps;
	bool all;
	bool dry_run;
} opt;

static const struct option_spec options[] = {
	{ 'a', "all", NULL,
		"also what is new, the step cache, cache mounts, git",
		OPT_FLAG, &opt.all },
	{ 0, "keep-steps", "DURATION", "forget steps older than this",
		OPT_STRING, &opt.keep_steps },
	{ 0, "dry-run", NULL, "only tell what would go", OPT_FLAG,
		&opt.dry_run },
	{ 'f', "force", NULL, "accepted for docker's users: nothing is asked",
		OPT_IGNORED },
	CLI_FORMAT(opt.format),
	{ 0 },
};

static int
fill_options(struct gc_options *o, struct error *err)
{
	int64_t keep = INT64_MAX;
	int r;

	if (opt.keep_steps) {
		r = num_parse_duration(opt.keep_steps, &keep, err);
		if (r < 0)
			return error_wrap(err, "--keep-steps");
		keep /= NANOSECONDS;
	}
	*o = (struct gc_options){
		.grace_seconds = opt.all ? 0 : GRACE_SECONDS,
		.keep_steps_seconds = keep,
		.caches = opt.all,
		.dry_run = opt.dry_run,
	};
	return 0;
}

/* Where there is no namespace, no tree has owners that need it either. */
static void
enter(struct command_context *c)
{
	autoerror why = { 0 };
	const char *kind;

	if (c->enter_namespace(c, &kind, &why) < 0)
		log_debug("going on without a namespace: %s", why.text);
}

static void
print_json(const struct gc_result *result, const char *format)
{
	cleanup(json_free) struct json *j = json_new_object();
	cleanup_value(buf_release) struct buf text = { .max = SIZE_MAX };

	json_set(j, "Removed", json_new_list(&result->removed));
	json_set_number(j, "Bytes", (int64_t)result->bytes);
	json_set_bool(j, "DryRun", opt.dry_run);
	if (format[0] == 'n')
		json_format(j, &text);
	else
		json_format_pretty(j, &text);
	(void)printf("%s\n", buf_text(&text));
}

static void
print_text(const struct gc_result *result)
{
	char size[24];
	size_t i;

	for (i = 0; i < result->removed.count; i++)
		(void)printf("%s: %s\n",
			opt.dry_run ? "Would delete" : "Deleted",
			result->removed.items[i]);
	num_format_size(result->bytes, size);
	(void)printf("Total %s space: %s\n",
		opt.dry_run ? "reclaimable" : "reclaimed", size);
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	cleanup_value(gc_result_release) struct gc_result result = { 0 };
	struct gc_options gc;
	int r;

	r = fill_options(&gc, err);
	if (r < 0)
		return r;
	enter(c);
	r = command_open_store(c, &s, err);
	if (r == 0)
		r = gc_run(s, &gc, &result, err);
	if (r < 0)
		return r;
	if (c->json)
		print_json(&result, c->format);
	else
		print_text(&result);
	return 0;
}

const struct command cmd_prune = {
	.name = "prune",
	.operands = "[OPTIONS]",
	.summary = "remove what no image and no step cache needs",
	.group = "Store",
	.options = options,
	.min_operands = 0,
	.max_operands = 0,
	.needs = NEEDS_STORE,
	.run = run,
};
