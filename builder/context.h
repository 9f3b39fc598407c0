/* SPDX-License-Identifier: Apache-2.0 */
/* context: the files that COPY and ADD may read, and what is left out of them.
 * select.h finds sources in it, walk.h lists them, content.h digests them. */
#ifndef BUILDER_CONTEXT_H
#define BUILDER_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "builder/ignore.h"
#include "builder/select.h"
#include "oci/store.h"
#include "util/error.h"
#include "util/scope.h"

struct context;

/* A directory of this machine. -ENOENT, -ENOTDIR, -EACCES; ERROR_LOCAL. */
int context_open_dir(const char *path, struct context **ret,
	struct error *err);
/* An empty directory in the store's tmp/ for what came as `name`; it goes with
 * the context. Owners in it count. Errors of mkdir(2). */
int context_make_dir(struct store *s, const char *name, struct context **ret,
	struct error *err);
struct context *context_free(struct context *c);

/* Did it come as one piece, so that its Dockerfile is in it, and no path of
 * this machine leads there? */
bool context_is_made(const struct context *c);
/* Its files belong to nobody in particular: they are copied as root's, as those
 * of a directory. */
void context_disown(struct context *c);
/* A directory in it is all of it from here on; links lead to places inside.
 * -ENOENT, -ENOTDIR, ERROR_LOCAL. */
int context_enter(struct context *c, const char *subdir, struct error *err);
/* When what it holds was made (a commit's time, Last-Modified), seconds since
 * 1970; negative when that is not known. */
void context_set_time(struct context *c, int64_t seconds);
int64_t context_time(const struct context *c);
/* The id of the commit it is; NULL when it is none. Borrowed. */
void context_set_commit(struct context *c, const char *id);
const char *context_commit(const struct context *c);
/* The Dockerfile came instead of files; `fd` is the context's from here on. */
void context_give_recipe(struct context *c, int fd);
/* It, or -1; borrowed. */
int context_recipe_fd(const struct context *c);

/*
 * Read the ignore file: the file at `dockerfile` + ".dockerignore" if that is
 * there (`dockerfile` is a path of this machine, or in a made context, NULL
 * when it came by stdin), else .dockerignore in the context, else nothing is
 * left out. A made context's own files count only if `obeys_made`. -EINVAL
 * with file:line for a bad pattern, -EFBIG over 1 MiB.
 */
int context_find_ignore(struct context *c, const char *dockerfile,
	bool obeys_made, struct error *err);
/* The file that --ignorefile names instead; -ENOENT when it is not there. */
int context_read_ignore(struct context *c, const char *path,
	struct error *err);

/* Remember digests of its files in the store from here on: filehash.h. Never
 * fails for a damaged record. */
int context_remember(struct context *c, struct store *s, struct error *err);
/* Write what was learned; nothing happens when nothing was. */
int context_save(struct context *c, struct error *err);
/* After a fork: what was learned so far is the parent's to save. */
void context_inherit(struct context *c);

/* The open directory; borrowed. */
int context_root_fd(const struct context *c);
/* As the user wrote it, for messages; borrowed. */
const char *context_name(const struct context *c);
/* For select.h and content.h; everything in it is the context's. */
void context_root(const struct context *c, struct copy_root *ret);

DEFINE_CLEANUP(struct context *, context_free);

#endif
