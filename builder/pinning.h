/* SPDX-License-Identifier: Apache-2.0 */
/* pinning: every name in a Dockerfile that may mean something else
 * tomorrow, and what it means today. */
#ifndef BUILDER_PINNING_H
#define BUILDER_PINNING_H

#include "builder/context-open.h"
#include "builder/images.h"
#include "builder/lock.h"
#include "builder/plan.h"
#include "oci/transfer.h"

/* All borrowed. */
struct pinning {
	struct plan *plan;	/* all its stages become needed */
	struct images *images;
	struct store *store;
	const struct transfer_settings *settings;
	const struct context_request *context;	/* how named ones are opened */
	struct git_settings git;	/* what a Dockerfile may use */
	const struct lock *known;	/* of pinning_recall(): what had to be
					 * used; NULL */
};

/* Resolve the images and repositories and fetch the files of all stages, into
 * `l`. Errors have their place; those of images_resolve(), git_resolve() and
 * fetched_get(). */
int pinning_collect(const struct pinning *s, struct lock *l,
	struct error *err);
/* The same for the stages that a build which is over needed: what it has used,
 * images under their purl; "" where no digest is left here. Nobody is asked, so
 * `settings`, `context` and `git` do not matter. */
int pinning_recall(const struct pinning *s, struct lock *l,
	struct error *err);

#endif
