/* SPDX-License-Identifier: Apache-2.0 */
/* spec: what to run in a sandbox, and with how much of the host in reach. */
#ifndef SANDBOX_SPEC_H
#define SANDBOX_SPEC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "sandbox/account.h"
#include "sandbox/egress.h"
#include "sandbox/foreign.h"
#include "sandbox/mounts.h"
#include "sandbox/network.h"
#include "sandbox/resources.h"
#include "sandbox/rootfs.h"
#include "util/strv.h"

/*
 * Something of ours made visible inside. Targets are resolved inside the root
 * without leaving it and never lie in /proc or /sys (-EACCES); a missing target
 * is an error (-ENOENT), unless `make_target` is set.
 */
struct sandbox_mount {
	const char *source;	/* absolute host path; NULL: `tmpfs` */
	const char *target;	/* path inside */
	bool read_only;
	const char *inside;	/* path below source, links followed without
				 * leaving it; NULL: source itself */
	bool make_target;	/* also one in a mount before this one */
	bool is_device;		/* it may be used as one */
	const struct mounts_option *tmpfs;	/* of a fresh one */
};

/* A resource limit, setrlimit(2). */
struct sandbox_limit {
	int resource;		/* RLIMIT_NOFILE, ... */
	uint64_t soft, hard;	/* UINT64_MAX: none */
};

/* Filled by the caller, not changed by a launch; everything is borrowed. */
struct sandbox_spec {
	struct rootfs *rootfs;
	const struct strv *argv;	/* [0] is looked up in env's PATH */
	const struct strv *env;		/* the whole environment */
	const char *cwd;		/* made (0755, owned by the user) when
					 * missing; NULL is "/" */
	const struct account *user;	/* NULL: 0:0 */
	const char *hostname;		/* NULL: "slipway" */
	enum network_mode network;	/* not NETWORK_DEFAULT */
	const struct egress *egress;	/* of NETWORK_PRIVATE */
	const struct strv *extra_hosts;	/* "name:address", may be NULL */
	uint64_t shm_bytes;		/* of /dev/shm, 0: 64 MiB */
	const struct resources *resources;	/* NULL: no limits */
	const struct sandbox_limit *limits;
	size_t limit_count;
	const struct sandbox_mount *mounts;
	size_t mount_count;
	int in_fd, out_fd, error_fd;	/* -1: /dev/null */
	bool new_privileges;		/* false: no_new_privs is set */
	bool read_only;			/* rootfs mounted read-only */
	const char *machine;		/* whose programs they are, "arm64";
					 * NULL: ours */
	enum foreign_way emulation;	/* how others are run */
	uint64_t cap_mask;		/* 0: the default 14 */
	bool privileged;		/* no filter of system calls, nothing
					 * of /proc and /sys covered; with
					 * one id only, the filter stays */
	bool terminal;			/* in_fd is a terminal that becomes the
					 * controlling one */
};

#endif
