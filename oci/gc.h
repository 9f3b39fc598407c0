/* SPDX-License-Identifier: Apache-2.0 */
/* gc: what nobody needs any more leaves the store. */
#ifndef OCI_GC_H
#define OCI_GC_H

#include <stdbool.h>
#include <stdint.h>

#include "oci/store.h"
#include "util/strv.h"

/*
 * Needed is what a tag leads to (manifests, configs, layers in every form) and
 * the layers of remembered steps. Anything else goes, unless it is younger
 * than `grace_seconds`: an image just built may not have its tag yet. Notes
 * about blobs have no grace.
 */
struct gc_options {
	int64_t grace_seconds;
	int64_t keep_steps_seconds;	/* older steps are forgotten;
					 * INT64_MAX: none are */
	bool caches;			/* also forget all steps, file
					 * digests, RUN cache mounts and git
					 * repositories */
	bool dry_run;			/* only tell */
};

struct gc_result {
	struct strv removed;	/* "blob sha256:...", "tree ...", "step ..." */
	uint64_t bytes;		/* what they took on disk */
};
void gc_result_release(struct gc_result *r);

/*
 * Waits for the exclusive lock and decides; trees are renamed into tmp/ then,
 * and deleted when others may use the store again. Trees with owners of a user
 * namespace need a process inside it. A tag that leads to something damaged is
 * warned of and skipped; other failures to find out what is needed end it
 * before anything is removed.
 */
int gc_run(struct store *s, const struct gc_options *options,
	struct gc_result *ret, struct error *err);

#endif
