/* SPDX-License-Identifier: Apache-2.0 */
/* view: what stands where in a stage, without making every layer's files. */
#ifndef BUILDER_VIEW_H
#define BUILDER_VIEW_H

#include "builder/place.h"
#include "oci/draft.h"
#include "oci/store.h"
#include "oci/tar.h"
#include "util/error.h"
#include "util/scope.h"

/*
 * The layers that were there when the view was first asked are mounted; what
 * came into later layers only as a tar is known by name (view_note). Needs
 * userns_enter().
 */
struct view;

struct view *view_new(struct store *s);
struct view *view_free(struct view *v);
/* A layer came of whose files nothing is known: look anew next time. */
void view_forget(struct view *v);
/* Be ready to answer about the layers of `d`; without any, nothing is mounted
 * and everything is missing. */
int view_open(struct view *v, const struct draft *d, struct error *err);
/* Was it asked, or told of a layer, since it forgot? */
bool view_is_open(const struct view *v);
/* The mounted tree, also when it is empty; borrowed. */
int view_root(struct view *v, const struct draft *d, int *ret_fd,
	struct error *err);
struct looker *view_looker(struct view *v);

/* From here on, what is noted belongs to a new layer. */
void view_begin_layer(struct view *v);
/* `e` is being added to the layer. -EEXIST when the layer has the path. */
int view_note(struct view *v, const struct tar_entry *e, struct error *err);
/* Is it in the layer already? */
bool view_is_in_layer(const struct view *v, const char *path);
/* What stands at `path`, a directory, as an entry of a tar. */
int view_describe_dir(struct view *v, const char *path, struct tar_entry *ret,
	struct error *err);
/* Was `path` added by name only? */
bool view_has_noted(const struct view *v, const char *path);

DEFINE_CLEANUP(struct view *, view_free);

#endif
