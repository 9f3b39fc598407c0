/* SPDX-License-Identifier: Apache-2.0 */
/* lint: what a Dockerfile says that is allowed, but hardly meant. Nothing is
 * built and nothing fetched for it. slipway-lint(7) has each rule. */
#ifndef BUILDER_LINT_H
#define BUILDER_LINT_H

#include <stdbool.h>
#include <stddef.h>

#include "builder/args.h"
#include "builder/dockerfile.h"
#include "builder/ignore.h"
#include "oci/image.h"
#include "oci/platform.h"
#include "util/error.h"

/* What a rule is called and why it is there. `url` may be NULL. */
struct lint_title {
	const char *name;
	const char *description;	/* one sentence */
	const char *url;
};

struct lint_finding {
	const struct lint_title *title;
	char *detail;
	const struct origin *origin;	/* borrowed from the dockerfile */
	int line, column, last_line;
};

/* All-zero is empty. */
struct lint_report {
	struct lint_finding *items;	/* in the order of the file */
	size_t count;
	bool fails;		/* there are some, and error=true was said */
};

/* What is looked at; borrowed. */
struct lint_input {
	const struct dockerfile *file;
	const struct args *args;
	const struct platform *platform;
	const struct ignore *ignore;		/* of the context, or NULL */
	/* What each stage stands on, by number; NULL where that is not an image
	 * or is not here. The array may be NULL. */
	const struct image *const *bases;
};

/*
 * Find everything, as `# check=` at the top says, or BUILDKIT_DOCKERFILE_CHECK
 * of the build arguments instead, and `# check=skip=` just above an
 * instruction. -EINVAL with the place when these are not understood.
 */
int lint_run(const struct lint_input *in, struct lint_report *ret,
	struct error *err);
void lint_report_release(struct lint_report *r);

/* Every rule there is, for the manual and its test; ends with NULL. */
const struct lint_title *lint_title(size_t index);

#endif
