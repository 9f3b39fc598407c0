/* SPDX-License-Identifier: Apache-2.0 */
/* run-mounts: all the mounts of one RUN, from its words to what is mounted. */
#ifndef BUILDER_RUN_MOUNTS_H
#define BUILDER_RUN_MOUNTS_H

#include <stddef.h>

#include "builder/run-mount.h"
#include "builder/select.h"
#include "builder/site.h"
#include "sandbox/spec.h"
#include "util/error.h"
#include "util/strv.h"

/* The RUN they are for. All borrowed. */
struct mount_user {
	const struct site *site;
	const struct plan_stage *stage;
	const struct instr *instr;
	struct state *state;
	struct key *key;
	const struct host_mounts *devices;	/* of this RUN alone; NULL */
};

/* One mount, and what it shows: `selection` of the context, or `from`. */
struct run_mounts_item {
	struct run_mount option;
	bool has_from;
	struct plan_source from;
	struct digest from_chain;
	bool is_context;
	struct copy_root root;
	struct selection selection;
};

/* All-zero is none. */
struct run_mounts {
	struct run_mounts_item *items;
	size_t count;
};

void run_mounts_release(struct run_mounts *m);
/* Read them all, find what they show, and add that to its key. Needs no
 * namespace. Errors of run_mount_parse() and selection_add(). */
int run_mounts_prepare(const struct mount_user *s, struct run_mounts *ret,
	struct error *err);

/* They are there for one run; closed before the tree they are in. */
struct run_mounts_open;

/*
 * Have everything in place: caches (which may mean to wait), sources mounted,
 * secrets in memory; missing targets come to `root` as rootfs_add_points() has
 * it. -ENOENT for a secret or agent that is required and was not given.
 */
int run_mounts_open(const struct mount_user *s, const struct run_mounts *m,
	struct rootfs *root, struct run_mounts_open **ret, struct error *err);
struct run_mounts_open *run_mounts_close(struct run_mounts_open *o);
/* One more file of ours, executable, as target. */
int run_mounts_add_script(struct run_mounts_open *o, const char *text,
	const char *target, struct error *err);
/* For the specification; borrowed. */
const struct sandbox_mount *run_mounts_list(const struct run_mounts_open *o,
	size_t *ret_count);
/* Variables that secrets and agents give; `env` may have some already. */
void run_mounts_set_env(const struct run_mounts_open *o, struct strv *env);

DEFINE_CLEANUP(struct run_mounts_open *, run_mounts_close);

#endif
