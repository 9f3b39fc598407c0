/* SPDX-License-Identifier: Apache-2.0 */
/* config: an image's configuration (image-spec config.md). A view over its
 * JSON: members nobody here knows survive untouched. */
#ifndef OCI_CONFIG_H
#define OCI_CONFIG_H

#include "oci/digest.h"
#include "oci/platform.h"
#include "util/json.h"
#include "util/strv.h"

struct config;

/* An empty one for `p`: rootfs of no layers. */
struct config *config_new(const struct platform *p);
/* -EBADMSG when it is no image config; both "null" and absent are empty. */
int config_parse(const char *text, size_t len, struct config **ret,
	struct error *err);
struct config *config_copy(const struct config *c);
struct config *config_free(struct config *c);
/* Canonical bytes, fixed member order for what we set. */
void config_format(const struct config *c, struct buf *ret);

int config_platform(const struct config *c, struct platform *ret,
	struct error *err);
/* The diff ids; the array is yours. */
int config_diff_ids(const struct config *c, struct digest **ret,
	size_t *ret_count, struct error *err);
void config_add_diff_id(struct config *c, const struct digest *diff_id);

struct history {
	const char *created;	/* RFC 3339, NULL: leave out */
	const char *created_by;
	const char *comment;
	bool empty_layer;
};
void config_add_history(struct config *c, const struct history *h);
/* The JSON array, borrowed, may be NULL. */
const struct json *config_history(const struct config *c);

/* Top-level texts: "created", "author". NULL removes. */
void config_set_top(struct config *c, const char *name, const char *value);
const char *config_get_top(const struct config *c, const char *name);

/* The "config" object: what a container starts with. Borrowed, never NULL;
 * made when absent. Names as in the spec: "User", "Env", "Cmd", ... */
struct json *config_runtime(struct config *c);
/* Convenience over it. */
int config_get_list(const struct config *c, const char *name,
	struct strv *ret, struct error *err);
void config_set_list(struct config *c, const char *name,
	const struct strv *items);	/* NULL removes, empty gives [] */
const char *config_get_text(const struct config *c, const char *name);
void config_set_text(struct config *c, const char *name, const char *value);
/* Members of "Labels", "ExposedPorts", "Volumes": value NULL means {} */
void config_set_member(struct config *c, const char *object, const char *name,
	const char *value);
/* The whole document, borrowed. */
struct json *config_json(struct config *c);

DEFINE_CLEANUP(struct config *, config_free);

#endif
