/* SPDX-License-Identifier: Apache-2.0 */
/* site: what all stages of one build share. */
#ifndef BUILDER_SITE_H
#define BUILDER_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "builder/args.h"
#include "builder/context.h"
#include "builder/host-mount.h"
#include "builder/images.h"
#include "builder/lock.h"
#include "builder/named-context.h"
#include "builder/plan.h"
#include "builder/secret.h"
#include "builder/state.h"
#include "oci/store.h"
#include "sandbox/spec.h"
#include "util/progress.h"
#include "util/strv.h"

/* Nothing in it is owned. Filled before the first stage begins; afterwards only
 * `results` grow, in the parent. */
struct site {
	struct store *store;
	struct context *context;
	struct named_contexts *named;	/* or NULL */
	const struct plan *plan;
	const struct args *args;
	struct images *images;
	const struct transfer_settings *transfer;
	struct progress *progress;
	const struct lock *lock;	/* what ADD fetches must be; NULL */
	const char *label;		/* before the names of steps; NULL */
	bool no_cache;
	bool no_cache_run;		/* RUN is done again */
	const struct strv *no_cache_stages;	/* so are these; NULL: none */
	bool drops_labels;		/* of base images: all, */
	const struct strv *unset_labels;	/* or these; NULL: none */
	bool explain;			/* say each key's words */
	bool shell_on_error;		/* after a RUN that failed */
	bool new_privileges;		/* RUN may gain some by setuid files */
	bool propagates_exit;		/* a RUN's status becomes ours */
	enum network_mode network;	/* of a RUN that does not say */
	struct egress *egress;		/* for NETWORK_PRIVATE; NULL until the
					 * namespaces are entered */
	enum foreign_way emulation;
	const struct strv *hosts;	/* "name:address" */
	const struct secrets *secrets;
	const struct strv *agents;	/* "id=socket" */
	const struct host_mounts *host_mounts;	/* in every RUN; NULL */
	unsigned allowed;		/* enum entitlement, by RUN */
	const struct strv *allowed_devices;	/* by name; NULL */
	const struct strv *cdi_dirs;	/* see cdi.h; NULL */
	const char *resolv_conf;	/* its text; NULL: the host's */
	uint64_t cap_mask;		/* 0: the default */
	uint64_t shm_bytes;		/* 0: as ever */
	const struct sandbox_limit *limits;
	size_t limit_count;
	const struct resources *resources;	/* of each RUN; or NULL */
	int64_t epoch;			/* the time of what we make ourselves
					 * is not after it; INT64_MAX: none */
	int64_t clamp_mtime;		/* nor is that of any file in a new
					 * layer; INT64_MAX: none */
	const char *created;		/* of all that is made, RFC 3339; NULL:
					 * the time it is made */
	struct state *results;		/* by stage number */
	bool *is_done;			/* by stage number */
};

#endif
