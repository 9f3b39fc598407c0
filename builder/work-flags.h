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
	const char *pull, *jobs, *timeout, *no_cache, *log_file;
	const char *on_error;
	struct strv no_cache_filters, cache_from_texts, cache_to_texts;
	bool pull_always, pull_never, explain, propagate_exit;

	struct strv no_cache_stages;	/* what was made of them */
	struct cache_spec *cache_from, *cache_to;
	size_t cache_from_count, cache_to_count;
};

/* Rows for the command's table; `f` is its struct work_flags. */
#define WORK_FLAG_ROWS(f)                                                      \
	{ 0, "pull", "POLICY",                                                 \
		"fetch base images: missing, always (alone), newer, never",    \
		OPT_OPTIONAL, &(f).pull, NULL, "missing|always|newer|never" }, \
	{ 0, "pull-always", NULL, "as --pull=always", OPT_FLAG,                \
		&(f).pull_always },                                            \
	{ 0, "pull-never", NULL, "as --pull=never", OPT_FLAG,                  \
		&(f).pull_never },                                             \
	{ 0, "no-cache", "WHAT",                                               \
		"do everything again, or only what is RUN (run)",              \
		OPT_OPTIONAL, &(f).no_cache, NULL, "true|false|run" },         \
	{ 0, "no-cache-filter", "STAGE[,...]",                                 \
		"do these stages again, by name or number", OPT_LIST,          \
		&(f).no_cache_filters },                                       \
	{ 0, "cache-from", "SPEC",                                             \
		"know steps done elsewhere: REF or type=registry|local,...",   \
		OPT_LIST, &(f).cache_from_texts },                             \
	{ 0, "cache-to", "SPEC",                                               \
		"let others know: REF or type=registry|local|inline,...",      \
		OPT_LIST, &(f).cache_to_texts },                               \
	{ 0, "cache-ttl", "TIME", "accepted, has no effect", OPT_IGNORED },    \
	{ 0, "jobs", "N", "stages at once, as many as there are cores",        \
		OPT_STRING, &(f).jobs },                                       \
	{ 0, "timeout", "TIME", "give up after TIME, like 10m", OPT_STRING,    \
		&(f).timeout },                                                \
	{ 0, "logfile", "PATH", "write the progress to PATH", OPT_STRING,      \
		&(f).log_file, NULL, "@file" },                                \
	{ 0, "explain", NULL,                                                  \
		"say what each step's key is made of, and why it is done",     \
		OPT_FLAG, &(f).explain },                                      \
	{ 0, "on-error", "WHAT",                                             \
		"after a RUN that failed: shell, in its tree; or stop",        \
		OPT_STRING, &(f).on_error, NULL, "stop|shell" },               \
	{ 0, "propagate-exit", NULL, "end with the status of a failed RUN",    \
		OPT_FLAG, &(f).propagate_exit }

/* Checked and filled in; texts stay borrowed. -EINVAL, ERROR_REQUEST. */
int work_flags_read(struct work_flags *f, struct build_options *ret,
	struct error *err);
void work_flags_release(struct work_flags *f);

#endif
