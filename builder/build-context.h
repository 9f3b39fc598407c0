/* SPDX-License-Identifier: Apache-2.0 */
/* build-context: the contexts that a build was asked to use; for build.c. */
#ifndef BUILDER_BUILD_CONTEXT_H
#define BUILDER_BUILD_CONTEXT_H

#include "builder/build.h"
#include "builder/named-context.h"

/* All-zero is empty. */
struct build_contexts {
	struct store *store;			/* borrowed */
	const struct build_options *options;	/* borrowed */
	struct context_request request;
	struct named_contexts named;
};

/* Open the main one; know the names of the others, layouts being read. */
int build_contexts_open(struct build_contexts *b, struct store *s,
	const struct build_options *o, struct progress *p,
	struct context **ret, struct error *err);
void build_contexts_release(struct build_contexts *b);
/* Have the files of one with a name. */
int build_contexts_load(struct build_contexts *b,
	const struct named_context *files, struct error *err);

#endif
