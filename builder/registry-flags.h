/* SPDX-License-Identifier: Apache-2.0 */
/* registry-flags: `build -r HOST`, as `az acr build` has it. */
#ifndef BUILDER_REGISTRY_FLAGS_H
#define BUILDER_REGISTRY_FLAGS_H

#include "builder/output-flags.h"
#include "util/cli.h"

/* As given; all-zero is nothing given. */
struct registry_flags {
	const char *host;
};

/* The row for the command's table; `f` is its struct registry_flags. */
#define REGISTRY_FLAG_ROWS(f)                                                  \
	{                                                                      \
		'r', "registry", "HOST",                                       \
			"push, with HOST before names that have none",         \
			OPT_STRING, &(f).host                                  \
	}

/* Before output_flags_read(): names that have no registry get it, and all are
 * pushed. Without a name a warning says that nothing is. */
void registry_flags_apply(
	const struct registry_flags *f, struct output_flags *output);

#endif
