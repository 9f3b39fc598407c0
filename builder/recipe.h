/* SPDX-License-Identifier: Apache-2.0 */
/* recipe: finding and reading the Dockerfile of a build. */
#ifndef BUILDER_RECIPE_H
#define BUILDER_RECIPE_H

#include "builder/context.h"
#include "builder/dockerfile.h"
#include "util/error.h"

/*
 * Read what came instead of a context (context_recipe_fd), or `file`: "-" is
 * standard input, NULL the context's Dockerfile (or Containerfile), else a
 * path, from here or, when it is not there, in the context; in one that was
 * made it is looked for only there. `ret_path` is where it was, here or in a
 * made context, yours, NULL where nothing can lie beside it.
 * -ENOENT, ERROR_LOCAL, -EFBIG over 16 MiB, and dockerfile_parse()'s errors.
 */
int recipe_read(const struct context *c, const char *file,
	struct dockerfile **ret, char **ret_path, struct error *err);

#endif
