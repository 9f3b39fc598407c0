/* SPDX-License-Identifier: Apache-2.0 */
/* build: a Dockerfile and a context become an image in the store. */
#ifndef BUILDER_BUILD_H
#define BUILDER_BUILD_H

#include <stdbool.h>
#include <stdint.h>

#include "builder/cache-spec.h"
#include "builder/call.h"
#include "builder/host-mount.h"
#include "builder/images.h"
#include "builder/output.h"
#include "builder/secret.h"
#include "oci/platform.h"
#include "oci/store.h"
#include "sandbox/spec.h"
#include "sandbox/userns.h"
#include "util/error.h"
#include "util/json.h"
#include "util/progress.h"
#include "util/strv.h"

/* Which layers become one in the end. */
enum build_squash { SQUASH_NONE, SQUASH_NEW, SQUASH_ALL };

/* What is asked for. Everything is borrowed. */
struct build_options {
	const char *context;		/* see context-open.h */
	const char *file;		/* the Dockerfile; "-" is standard input;
					 * NULL: CONTEXT/Dockerfile */
	const char *ignore_file;	/* instead of .dockerignore; NULL */
	const struct strv *contexts;	/* "NAME=VALUE", named-context.h; NULL */
	bool ignore_remote;		/* .dockerignore counts in a context
					 * that was fetched or unpacked, too */
	const char *own_agent;		/* the user's ssh agent, for a git
					 * context; NULL */
	const char *target;		/* a stage, NULL: the last */
	const char *from;		/* instead of the first FROM's; NULL */
	const struct platform *platforms;	/* at least one */
	size_t platform_count;
	const struct strv *build_args;	/* "NAME=value" */
	const struct strv *labels;	/* "name=value", set last */
	const struct strv *unset_labels;	/* of base images, NULL: none */
	const struct strv *env;		/* "NAME=value", set last; may be NULL */
	const struct strv *unset_env;	/* names, may be NULL */
	bool drops_labels;		/* all of base images */
	bool omits_history;
	enum build_squash squash;
	const struct strv *hosts;	/* "name:address" */
	const struct secrets *secrets;
	const struct strv *agents;	/* "id=socket" */
	const struct host_mounts *host_mounts;	/* in every RUN; NULL */
	unsigned allowed;		/* enum entitlement, by RUN */
	const struct strv *allowed_devices;	/* by name; NULL */
	const struct strv *cdi_dirs;	/* see cdi.h; NULL */
	const char *resolv_conf;	/* its text in RUN; NULL: the host's */
	uint64_t cap_mask;		/* of RUN; 0: the default */
	uint64_t shm_bytes;		/* of /dev/shm in RUN; 0: 64 MiB */
	const struct sandbox_limit *limits;	/* of RUN */
	size_t limit_count;
	const struct resources *resources;	/* of each RUN; or NULL */
	enum pull_policy pull;
	enum network_mode network;
	enum identity identity;
	enum foreign_way emulation;	/* of other machines' programs */
	unsigned jobs;
	int64_t timeout_ms;		/* negative: none */
	const char *epoch;		/* seconds since 1970, or the word for
					 * them (build-epoch): image, history
					 * and what WORKDIR makes have this
					 * time; NULL or "": what the file's
					 * ARG says, if there is one */
	bool clamps_times;		/* nor is any file in a new layer newer
					 * than the epoch, or than 1970 */
	bool is_quiet;			/* of lint, too */
	bool ignores_syntax;		/* whatever `# syntax=` names */
	bool is_locked;			/* all is as the lock file says */
	bool no_cache;
	bool no_cache_run;		/* only RUN is done again */
	const struct strv *no_cache_stages;	/* names or numbers, or NULL */
	const struct cache_spec *cache_from, *cache_to;
	size_t cache_from_count, cache_to_count;
	bool explain;
	bool shell_on_error;		/* in the tree of a RUN that failed */
	bool new_privileges;
	bool propagates_exit;
	struct output_options output;
};

/*
 * Do it. The errors are those of the parts, with the place in the Dockerfile
 * where there is one: ERROR_REQUEST for what is written wrong, ERROR_LOCAL for
 * a context, ERROR_WORK for a RUN that failed (its hint has the line, the last
 * output and the path of the log) or a lint with error=true. What lint finds is
 * said at the end, as warnings.
 */
int build_run(struct store *s, struct progress *p,
	const struct build_options *options, struct output_result *ret,
	struct error *err);

/* Answer a call (other than CALL_BUILD) instead; nothing is fetched or built.
 * Adds to `ret`; `*ret_fails` as call_answer(). */
int build_answer(struct store *s, const struct build_options *options,
	const struct call *call, struct buf *ret, bool *ret_fails,
	struct error *err);
/* Put what the names in the Dockerfile mean now into `l`, and that into the
 * lock file beside it. -EINVAL, ERROR_REQUEST, when it has no place. */
int build_lock(struct store *s, const struct build_options *options,
	struct lock *l, struct error *err);

/* What it would depend on, as scan_plan() tells; nothing is built and no image
 * fetched. Only what says what is built, from what, counts of `options`. */
int build_scan(struct store *s, const struct build_options *options,
	const struct strv *tags, struct json **ret, struct error *err);

#endif
