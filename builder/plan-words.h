/* SPDX-License-Identifier: Apache-2.0 */
/* plan-words: what a word of the file means to a plan; for plan*.c only. */
#ifndef BUILDER_PLAN_WORDS_H
#define BUILDER_PLAN_WORDS_H

#include <sys/types.h>

#include "builder/plan.h"
#include "util/error.h"

/* The last stage before `limit` with this name in any case; -1 if none. */
ssize_t plan_find_stage(const struct plan *p, const char *name, size_t limit);
/* A word that may hold variables, but only those from before the first FROM;
 * yours. */
int plan_expand(
	const struct plan *p, const char *word, char **ret, struct error *err);
/* Give `err` its kind and the place of `at`. */
int plan_refuse(
	const struct plan *p, const struct instr *at, struct error *err);

#endif
