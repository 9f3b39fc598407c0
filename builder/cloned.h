/* SPDX-License-Identifier: Apache-2.0 */
/* cloned: a commit of a repository that ADD brings. */
#ifndef BUILDER_CLONED_H
#define BUILDER_CLONED_H

#include "builder/context.h"
#include "builder/git.h"
#include "builder/key.h"
#include "builder/lock.h"

/* cloned_init() makes one; all-zero is empty. */
struct cloned {
	struct git_url url;
	struct git_commit commit;	/* once it is known */
	struct context *context;	/* once it is here */
};

/* -EINVAL, ERROR_REQUEST: git_url_parse(). */
int cloned_init(const char *text, struct cloned *ret, struct error *err);
void cloned_release(struct cloned *c);
/* --checksum and --keep-git-dir; -EINVAL when the URL says otherwise. */
int cloned_set(struct cloned *c, const char *checksum, bool keeps_dir,
	struct error *err);
/* Which commit it is to be, if there is a lock (or NULL); errors of
 * git_lock_get(). */
int cloned_pin(struct cloned *c, const struct lock *l, struct error *err);
/* Which commit it is, unless that is known; errors of git_resolve(). */
int cloned_resolve(struct cloned *c, struct store *s,
	const struct git_settings *settings, struct error *err);
/* What decides about its files. */
void cloned_add_key(const struct cloned *c, struct key *k);
/* Have them; errors of context_open_git(). */
int cloned_get(struct cloned *c, struct store *s,
	const struct git_settings *settings, struct error *err);

#endif
