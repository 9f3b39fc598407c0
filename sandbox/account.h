/* SPDX-License-Identifier: Apache-2.0 */
/* account: user and group names, as an image's own passwd and group say. */
#ifndef SANDBOX_ACCOUNT_H
#define SANDBOX_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/* passwd(5) and group(5) below a root: regular files only, links resolved
 * inside the root, at most 10 MiB each. Numbers up to 2^32-2. */
struct account {
	uint32_t uid, gid;
	uint32_t *groups;	/* supplementary: gid, and when no group was
				 * named all that list the user */
	size_t group_count;
	char *home;		/* "/" when there is no entry */
};

void account_release(struct account *a);
/*
 * USER's "name", "uid", "name:group", "uid:gid" ... ; "" and NULL are 0:0; a
 * user that is missing before the colon is 0, a group behind it the user's. A
 * name made of digits is a number. Unknown names: -ENOENT, "unable to find
 * user x: no matching entry in /etc/passwd". gid of a bare number: its passwd
 * entry's, else 0.
 */
int account_find(int root_fd, const char *user, struct account *ret,
	struct error *err);
/* COPY --chown's "user[:group]": as above but a bare number is its own gid. */
int account_find_owner(int root_fd, const char *owner, uint32_t *ret_uid,
	uint32_t *ret_gid, struct error *err);

#endif
