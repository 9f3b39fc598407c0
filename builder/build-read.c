/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked, as far as it can be read: context, file, arguments. */
#include "builder/build-part.h"

#include <stdlib.h>

#include "builder/recipe.h"
#include "builder/stages.h"
#include "util/log.h"
#include "util/mem.h"

void
build_release(struct build *b)
{
	for (size_t n = 0; b->results && n < b->plan->count; n++)
		state_release(&b->results[n]);
	free(b->results);
	free(b->is_done);
	lint_report_release(&b->lint);
	free(b->bases);
	free(b->label);
	images_free(b->images);
	lock_free(b->lock);
	free(b->path);
	free(b->epoch);
	plan_free(b->plan);
	args_release(&b->args);
	dockerfile_free(b->file);
	build_contexts_release(&b->contexts);
	context_free(b->context);
}

/* The language that the file says it is in, or a build argument instead. */
static int
check_syntax(const struct build *b, struct error *err)
{
	const char *given =
		strv_env_get(b->options->build_args, "BUILDKIT_SYNTAX");

	if (b->options->ignores_syntax)
		return 0;
	return dockerfile_check_syntax(given ? given : b->file->syntax, err);
}

static int
read_file(struct build *b, struct error *err)
{
	const struct build_options *o = b->options;
	int r;

	r = recipe_read(b->context, o->file, &b->file, &b->path, err);
	if (r < 0)
		return r;
	r = o->ignore_file
		? context_read_ignore(b->context, o->ignore_file, err)
		: context_find_ignore(
			  b->context, b->path, o->ignore_remote, err);
	if (r < 0)
		return r;
	return check_syntax(b, err);
}

/* The target's name as TARGETSTAGE has it. */
static const char *
target_name(const struct build *b)
{
	const struct dockerfile *d = b->file;

	if (b->options->target)
		return b->options->target;
	return d->stages[d->stage_count - 1].name;
}

int
build_read_args(struct build *b, struct error *err)
{
	const struct strv *given = b->options->build_args;
	cleanup_value(strv_release) struct strv unused = { 0 };
	struct platform host;
	int r;

	for (size_t n = 0; n < given->count; n++) {
		r = args_give(&b->args, given->items[n], err);
		if (r < 0)
			return r;
	}
	platform_host(&host);
	args_set_platforms(&b->args, b->platform, &host, target_name(b));
	r = args_read_globals(&b->args, b->file, err);
	if (r == 0)
		r = build_settle_epoch(b, err);
	if (r == 0)
		r = build_give_epoch(b, err);
	if (r < 0)
		return r;
	/* Once is enough. */
	if (b->platform == b->options->platforms)
		args_unused(&b->args, b->file, &unused);
	for (size_t n = 0; n < unused.count; n++)
		log_warning("build argument '%s' is not used by any ARG",
			unused.items[n]);
	return 0;
}

/* An image made here may be here as trees only: of which kind is the first
 * question. */
void
build_open_images(struct build *b)
{
	store_set_tree_kind(b->store,
		stages_assume_kind(b->store, b->options->identity));
	b->images = images_new(b->store, b->options->pull,
		b->options->output.transfer);
}

/* The first FROM, as if it were written otherwise. */
static void
replace_base(struct build *b)
{
	struct stage *first = &b->file->stages[0];

	if (!b->options->from)
		return;
	free(first->base);
	first->base = mem_strdup(b->options->from);
}

/* What all platforms share. */
int
build_prepare(struct build *b, struct progress *p, struct error *err)
{
	int r;

	r = build_contexts_open(&b->contexts, b->store, b->options, p,
		&b->context, err);
	if (r == 0)
		r = read_file(b, err);
	if (r == 0)
		replace_base(b);
	return r;
}
