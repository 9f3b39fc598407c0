/* SPDX-License-Identifier: Apache-2.0 */
/* lock: what the names in a Dockerfile meant when somebody looked, as digests,
 * in a file beside it (slipway-lock(1)). */
#ifndef BUILDER_LOCK_H
#define BUILDER_LOCK_H

#include "oci/digest.h"
#include "util/error.h"
#include "util/json.h"
#include "util/scope.h"

enum lock_kind {
	LOCK_IMAGE,	/* "docker.io/library/busybox:1" */
	LOCK_FILE,	/* a URL of ADD */
	LOCK_COMMIT,	/* a repository, git-lock.h */
	LOCK_KINDS
};

struct lock;

struct lock *lock_new(void);
struct lock *lock_free(struct lock *l);
/* The lock file of a Dockerfile at `path`; yours. */
char *lock_path(const char *path);
/* -ENOENT, ERROR_POLICY, when there is none; -EBADMSG, ERROR_POLICY, for what
 * is not a lock file. At most 16 MiB. */
int lock_read(const char *path, struct lock **ret, struct error *err);
/* Sorted by name, so that two of them can be compared. */
int lock_write(const struct lock *l, const char *path, struct error *err);

/* `digest` as "sha256:...", or the id of a commit; replaces what was there. */
void lock_set(struct lock *l, enum lock_kind kind, const char *name,
	const char *digest);
/* The digest, borrowed; -ENOENT, ERROR_POLICY, when the name is not in it. */
int lock_get(const struct lock *l, enum lock_kind kind, const char *name,
	const char **ret, struct error *err);
/* The same as a digest; -EBADMSG or -EINVAL, ERROR_POLICY, for what is none. */
int lock_get_digest(const struct lock *l, enum lock_kind kind,
	const char *name, struct digest *ret, struct error *err);
/* {"images": {name: digest}, "files": {...}, "commits": {...}}; borrowed. */
const struct json *lock_json(const struct lock *l);

DEFINE_CLEANUP(struct lock *, lock_free);

#endif
