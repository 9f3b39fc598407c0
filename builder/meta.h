/* SPDX-License-Identifier: Apache-2.0 */
/* meta: the instructions that change an image's configuration and no files. */
#ifndef BUILDER_META_H
#define BUILDER_META_H

#include "builder/args.h"
#include "builder/dockerfile.h"
#include "builder/state.h"
#include "util/error.h"

/* ENV ARG LABEL EXPOSE VOLUME USER CMD ENTRYPOINT HEALTHCHECK STOPSIGNAL SHELL
 * ONBUILD MAINTAINER. */
bool meta_has(enum instr_kind kind);
/*
 * Apply one of them, with its history entry in BuildKit's shape. -EINVAL,
 * ERROR_REQUEST for what the instruction does not allow; the caller adds the
 * place. `s` is unusable after a failure.
 */
int meta_apply(struct state *s, const struct instr *i, const struct args *args,
	struct error *err);
/* WORKDIR's configuration part: expanded, joined to the one before, cleaned.
 * No history: the layer it makes has it. */
int meta_set_cwd(struct state *s, const struct instr *i, struct error *err);

#endif
