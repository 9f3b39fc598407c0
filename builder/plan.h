/* SPDX-License-Identifier: Apache-2.0 */
/* plan: which stages a build needs, what each stands on and reads from. */
#ifndef BUILDER_PLAN_H
#define BUILDER_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "builder/args.h"
#include "builder/dockerfile.h"
#include "builder/named-context.h"
#include "oci/platform.h"
#include "util/error.h"
#include "util/scope.h"
#include "util/strv.h"

enum plan_base { PLAN_SCRATCH, PLAN_STAGE, PLAN_IMAGE };

/* One stage of the file, needed or not. */
struct plan_stage {
	const struct stage *stage;
	size_t number;
	char *title;		/* its name, or "stage-1" */
	struct platform platform;
	enum plan_base base;
	size_t base_stage;	/* of PLAN_STAGE */
	char *base_image;	/* of PLAN_IMAGE, expanded */
	/* Instead of a base, or of all: the first of `instrs` copies them. */
	const struct named_context *files;
	const struct instr **instrs;	/* triggers of the base first */
	size_t count;
	struct instr *triggers;	/* owned; instrs points into it */
	size_t trigger_count;
	bool needed;
	bool was_read;		/* plan.c's own: base and sources are known */
};

struct plan {
	const struct dockerfile *file;	/* borrowed */
	const struct args *args;	/* borrowed */
	const struct named_contexts *names;	/* borrowed, or NULL */
	struct plan_stage *stages;
	size_t count;
	size_t target;
};

/* Where COPY --from, or `from` of a RUN --mount, points to. */
struct plan_source {
	bool is_stage;
	size_t stage;
	const struct named_context *files;	/* or NULL; borrowed */
	char *image;		/* yours to free; NULL for the others */
};

/* All that one instruction reads from. All-zero is empty. */
struct plan_sources {
	struct plan_source *items;
	size_t count;
};

/*
 * Mark the stages that `target` (a name in any case, a number, or NULL for the
 * last) needs. Stages only need earlier ones, so the file's order is a working
 * order. -EINVAL, ERROR_REQUEST with the place: unknown target or stage (with
 * a did-you-mean), a later stage, itself, a FROM that expands to nothing.
 *
 * `names` (may be NULL; layouts are read) say what else a name means: first
 * that of a stage, which is then no more than its name, after the stages that
 * of a base or a source.
 */
int plan_make(const struct dockerfile *d, const struct args *args,
	const struct named_contexts *names, const struct platform *platform,
	const char *target, struct plan **ret, struct error *err);
struct plan *plan_free(struct plan *p);

/*
 * The base image of stage `number` brings ONBUILD triggers: they become the
 * stage's first instructions, and what they need becomes needed. Go through
 * the stages from the last to the first, so that none is missed.
 */
int plan_add_triggers(struct plan *p, size_t number,
	const struct strv *triggers, struct error *err);

/* What `--from` of this instruction means; 0 when it has none, 1 else. */
int plan_find_source(const struct plan *p, size_t number,
	const struct instr *i, struct plan_source *ret, struct error *err);
/* What `from`, as written in instruction `i`, means. */
int plan_find_named_source(const struct plan *p, size_t number,
	const struct instr *i, const char *from, struct plan_source *ret,
	struct error *err);
/* Of `--from` and of every `--mount`. */
int plan_find_sources(const struct plan *p, size_t number,
	const struct instr *i, struct plan_sources *ret, struct error *err);
void plan_sources_release(struct plan_sources *s);
/* Does needed stage `number` have to wait for stage `other`? */
bool plan_depends(const struct plan *p, size_t number, size_t other);
/*
 * Will anybody look at the files of stage `number` as they are after its
 * instruction `index`: a later RUN, a COPY --from, a stage built on it? If
 * not, its layer need not exist as a tree.
 */
bool plan_wants_tree(const struct plan *p, size_t number, size_t index);
/* The name of a stage that is nearly `name`, borrowed, or NULL. */
const char *plan_nearest_stage(const struct plan *p, const char *name);
/* Count every stage as needed, whatever the target. Errors of plan_make(). */
int plan_need_all(struct plan *p, struct error *err);
/* How many stages are needed. */
size_t plan_needed_count(const struct plan *p);

DEFINE_CLEANUP(struct plan *, plan_free);

#endif
