/* SPDX-License-Identifier: Apache-2.0 */
/* cgroup-place: where a group of ours may be made; private to
 * sandbox/cgroup*.c. */
#ifndef SANDBOX_CGROUP_PLACE_H
#define SANDBOX_CGROUP_PLACE_H

#include "util/error.h"
#include "util/strv.h"

/* The group below which one with the `wanted` controllers can be made: open,
 * and they are handed on. -ENOTSUP, ERROR_HOST, when there is none. */
int cgroup_find_place(const struct strv *wanted, int *ret_fd,
	struct error *err);
/* -ENOTSUP, ERROR_HOST: "no cgroup of our own: <why>", with the remedy. */
int cgroup_refuse(const char *why, struct error *err);
/* A file of a group: written at once; read whole (yours, "" if missing). */
int cgroup_write_text(int dir_fd, const char *name, const char *text,
	struct error *err);
char *cgroup_read_text(int dir_fd, const char *name);

#endif
