/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <errno.h>
#include <inttypes.h>

#include "oci/check.h"
#include "util/json.h"
#include "util/log.h"

static struct {
	const char *format;
	bool trees;
} opt;

static const struct option_spec options[] = {
	{ 0, "trees", NULL, "also compare trees with their digests", OPT_FLAG,
		&opt.trees },
	CLI_FORMAT(opt.format),
	{ 0 },
};

static void
print_json(const struct check_result *result, const char *format)
{
	cleanup(json_free) struct json *j = json_new_object();
	cleanup_value(buf_release) struct buf text = { .max = SIZE_MAX };

	json_set(j, "Problems", json_new_list(&result->problems));
	json_set_number(j, "Refs", (int64_t)result->refs);
	json_set_number(j, "Images", (int64_t)result->images);
	json_set_number(j, "Blobs", (int64_t)result->blobs);
	json_set_number(j, "Trees", (int64_t)result->trees);
	json_set_number(j, "TreesSkipped", (int64_t)result->trees_skipped);
	json_set_number(j, "Steps", (int64_t)result->steps);
	if (format[0] == 'n')
		json_format(j, &text);
	else
		json_format_pretty(j, &text);
	(void)printf("%s\n", buf_text(&text));
}

static void
print_text(const struct check_result *result)
{
	size_t i;

	for (i = 0; i < result->problems.count; i++)
		(void)puts(result->problems.items[i]);
	(void)printf("%" PRIu64 " tags, %" PRIu64 " images, %" PRIu64
		" blobs, %" PRIu64 " trees, %" PRIu64
		" steps looked at; problems: %zu\n",
		result->refs, result->images, result->blobs, result->trees,
		result->steps, result->problems.count);
}

static int
verdict(const struct store *s, const struct check_result *result,
	struct error *err)
{
	if (!result->problems.count)
		return 0;
	(void)error_set(err, EBADMSG, "store '%s' is damaged", store_path(s));
	(void)error_hint(err,
		"'slipway rmi' what is named, 'slipway prune --all', then pull or build it again");
	return error_kind(err, ERROR_STORE);
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	cleanup_value(check_result_release) struct check_result result = { 0 };
	const struct check_options check = { .trees = opt.trees };
	const char *kind = "";
	int r = 0;

	if (opt.trees)
		r = c->enter_namespace(c, &kind, err);
	if (r == 0)
		r = command_open_store(c, &s, err);
	if (r < 0)
		return r;
	store_set_tree_kind(s, kind);
	r = check_run(s, &check, &result, err);
	if (r < 0)
		return r;
	if (c->json)
		print_json(&result, c->format);
	else
		print_text(&result);
	return verdict(s, &result, err);
}

const struct command cmd_store_check = {
	.name = "store check",
	.operands = "[OPTIONS]",
	.summary = "verify every tag, blob and step of the store",
	.group = "Store",
	.options = options,
	.min_operands = 0,
	.max_operands = 0,
	.needs = NEEDS_STORE,
	.run = run,
};
