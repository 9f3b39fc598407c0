/* SPDX-License-Identifier: Apache-2.0 */
/* work-flags: the options of a build that say how the work is done: what is
 * fetched and what is done again, how much at once, when to give up. */
#ifndef BUILDER_WORK_FLAGS_H
#define BUILDER_WORK_FLAGS_H

#include <stdbool.h>

#include "builder/build.h"
#include "util/cli.h"

/* As given; all-zero is nothing given. */
struct work_flags {
	const char *pull, *jobs, *timeout, *on_error;
	bool no_cache, explain, propagate_exit;
};

/* Rows for the command's table; `f` is its struct work_flags. */
#define WORK_FLAG_ROWS(f)                                                      \
	{ 0, "pull", "POLICY",                                                 \
		"fetch base images: missing, always (alone), newer, never",    \
		OPT_OPTIONAL, &(f).pull, NULL, "missing|always|newer|never" }, \
	{ 0, "no-cache", NULL, "run every instruction again", OPT_FLAG,        \
		&(f).no_cache },                                               \
	{ 0, "jobs", "N", "stages at once, as many as there are cores",        \
		OPT_STRING, &(f).jobs },                                       \
	{ 0, "timeout", "TIME", "give up after TIME, like 10m", OPT_STRING,    \
		&(f).timeout },                                                \
	{ 0, "explain", NULL,                                                  \
		"say what each step's key is made of, and why it is done",     \
		OPT_FLAG, &(f).explain },                                      \
	{ 0, "on-error", "WHAT",                                             \
		"after a RUN that failed: shell, in its tree; or stop",        \
		OPT_STRING, &(f).on_error, NULL, "stop|shell" },               \
	{ 0, "propagate-exit", NULL, "end with the status of a failed RUN",    \
		OPT_FLAG, &(f).propagate_exit }

/* Checked and filled in; texts stay borrowed. -EINVAL, ERROR_REQUEST. */
int work_flags_read(const struct work_flags *f, struct build_options *ret,
	struct error *err);

#endif
