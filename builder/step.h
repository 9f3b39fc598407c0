/* SPDX-License-Identifier: Apache-2.0 */
/* step: one instruction that makes a layer: its key, and doing it. */
#ifndef BUILDER_STEP_H
#define BUILDER_STEP_H

#include "builder/dockerfile.h"
#include "builder/key.h"
#include "builder/site.h"
#include "builder/state.h"
#include "builder/target.h"
#include "builder/view.h"
#include "oci/layer.h"
#include "sandbox/rootfs.h"
#include "util/error.h"
#include "util/progress.h"

/* All but `key`, `created_by` and `detail` are borrowed. */
struct step {
	const struct site *site;
	const struct plan_stage *stage;
	size_t index;			/* among the stage's instructions */
	const struct instr *instr;
	struct state *state;
	struct view *view;
	progress_step shown;
	struct key key;
	char *created_by;		/* for the history */
	void *detail;			/* the kind's own */
};

/*
 * What a kind of step does. `prepare` needs no namespace: it fills key,
 * created_by and detail, and changes what the instruction changes in the
 * configuration. `perform` makes the layer. Errors come without the place.
 */
struct step_kind {
	int (*prepare)(struct step *s, struct error *err);
	int (*perform)(struct step *s, struct layer *ret, struct error *err);
	void (*release)(void *detail);	/* NULL: it has none */
};

extern const struct step_kind step_copy;	/* COPY, ADD */
extern const struct step_kind step_run;
extern const struct step_kind step_workdir;

/* The kind, or NULL for an instruction that makes no layer. */
const struct step_kind *step_kind_of(enum instr_kind kind);
/* Prepared; yours to free. */
int step_new(const struct site *site, const struct plan_stage *stage,
	size_t index, struct state *state, struct view *view,
	struct step **ret, struct error *err);
struct step *step_free(struct step *s);

/* What was written over `r` becomes a layer; `r` is used up. */
int step_take_layer(const struct site *site, struct rootfs *r,
	struct layer *ret, struct error *err);

/* What a step knows about the layer it is about to write. */
enum step_size { STEP_ANY_SIZE, STEP_SMALL, STEP_NEEDS_TREE };

/*
 * Make a layer of what `write` puts into a target: into a tar when nobody will
 * look at the files (plan_wants_tree), or when it is one of several small ones
 * in a row, else into the mounted tree, whose descriptor `root_fd` is then (-1
 * otherwise). When a tar cannot say it, `write` is called a second time, with
 * the tree.
 */
typedef int step_writer(struct step *s, struct target *t, int root_fd,
	struct error *err);
int step_write_layer(struct step *s, enum step_size size, step_writer *write,
	struct layer *ret, struct error *err);
/* Where the accounts are to be looked up that `write` needs; borrowed.
 * -EEXIST when they are in a tar. */
int step_find_accounts(struct step *s, int root_fd, int *ret_fd,
	struct error *err);

DEFINE_CLEANUP(struct step *, step_free);

#endif
