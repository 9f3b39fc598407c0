/* SPDX-License-Identifier: Apache-2.0 */
/* args: what ARG may become: --build-arg, the ARGs before the first FROM, and
 * the names that exist without being declared (slipway-dockerfile(5), ARG). */
#ifndef BUILDER_ARGS_H
#define BUILDER_ARGS_H

#include <stdbool.h>

#include "builder/dockerfile.h"
#include "oci/platform.h"
#include "util/error.h"
#include "util/strv.h"

/* All-zero is empty. Lists hold "NAME=value". */
struct args {
	struct strv given;	/* by --build-arg */
	struct strv globals;	/* platform words, then ARGs before FROM */
};

void args_release(struct args *a);
/* "NAME=value"; -EINVAL without a name. A later one of the same name wins. */
int args_give(struct args *a, const char *text, struct error *err);
/* TARGETPLATFORM, BUILDPLATFORM and their parts, TARGETSTAGE. What was given
 * by --build-arg wins. */
void args_set_platforms(struct args *a, const struct platform *target,
	const struct platform *build, const char *target_stage);
/*
 * What one ARG instruction sets, into `vars` ("NAME=value"), which its words
 * may use: --build-arg, else the default, else the ARG before FROM, else
 * nothing.
 */
int args_apply(const struct args *a, const struct instr *i, char escape,
	struct strv *vars, struct error *err);
/* The ARGs before the first FROM, in order; each sees those before it. */
int args_read_globals(struct args *a, const struct dockerfile *d,
	struct error *err);
/* The value of --build-arg, which wins over every default; borrowed, or
 * NULL. */
const char *args_given(const struct args *a, const char *name);
/* The value of an ARG before the first FROM or of a platform word, borrowed,
 * or NULL. */
const char *args_global(const struct args *a, const char *name);
/* HTTP_PROXY and its like, in any case: visible to every RUN when given, and
 * never part of a key or of a history. */
bool args_is_proxy(const char *name);
/* Names given that no ARG of the file asks for and that mean nothing by
 * themselves; adds to `ret`. */
void args_unused(const struct args *a, const struct dockerfile *d,
	struct strv *ret);

#endif
