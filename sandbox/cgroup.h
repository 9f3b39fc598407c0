/* SPDX-License-Identifier: Apache-2.0 */
/* cgroup: a control group of its own for a sandbox, cgroups(7), version 2. */
#ifndef SANDBOX_CGROUP_H
#define SANDBOX_CGROUP_H

#include <stdbool.h>

#include "sandbox/resources.h"
#include "util/error.h"
#include "util/scope.h"

struct cgroup;

/*
 * Make one below our own, with these limits. Programs of ours that share our
 * group move to a group beside it, as the kernel wants. -ENOTSUP, ERROR_HOST,
 * when our group is not ours to divide, or has no controller for one of them.
 */
int cgroup_open(const struct resources *limits, struct cgroup **ret,
	struct error *err);
/* Could that be done for the memory, processor and process controllers? The
 * same answers; nothing is changed. */
int cgroup_probe(struct error *err);
/* This process moves there, and what it starts begins there. */
int cgroup_enter(const struct cgroup *c, struct error *err);
/* Was a program killed because the memory was used up? */
bool cgroup_ran_out(const struct cgroup *c);
/* Whoever is left in it dies, and it is removed. NULL is fine; returns NULL. */
struct cgroup *cgroup_free(struct cgroup *c);

/* For its test: the files of a group that set `limits`, in `dir_fd`. */
int cgroup_write_limits(int dir_fd, const struct resources *limits,
	struct error *err);

DEFINE_CLEANUP(struct cgroup *, cgroup_free);

#endif
