/* SPDX-License-Identifier: Apache-2.0 */
/* named-context: what a name of a Dockerfile means instead, by --build-context
 * (slipway-build(1)). */
#ifndef BUILDER_NAMED_CONTEXT_H
#define BUILDER_NAMED_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "builder/context-open.h"
#include "oci/platform.h"
#include "util/error.h"
#include "util/strv.h"

enum named_kind { NAMED_FILES, NAMED_IMAGE, NAMED_LAYOUT, NAMED_STAGE };

struct named_context {
	char *name;		/* as written, without the platform */
	char *key;		/* the same for all ways to write it */
	bool has_platform;
	struct platform platform;
	enum named_kind kind;
	char *value;		/* CONTEXT, image, layout, stage */
	char *image;		/* of NAMED_IMAGE, and of NAMED_LAYOUT once it
				 * was read */
	struct context *context;	/* of NAMED_FILES, once it is open */
};

/* All-zero is none. */
struct named_contexts {
	struct named_context *items;
	size_t count;
};

/* "NAME[::PLATFORM]=VALUE" each; VALUE is docker-image://REF,
 * oci-layout://DIR[:TAG][@DIGEST], target:STAGE, or a CONTEXT but for "-". The
 * later of the same name wins. -EINVAL, ERROR_REQUEST. */
int named_contexts_parse(const struct strv *given, struct named_contexts *ret,
	struct error *err);
void named_contexts_release(struct named_contexts *n);
/* The one for this platform, else the one for all; NULL. A reference means the
 * same however it is written: debian is docker.io/library/debian:latest. */
const struct named_context *named_contexts_find(
	const struct named_contexts *n, const char *name,
	const struct platform *p);

/* Read all layouts into the store: they are images from here on. -ENOENT,
 * ERROR_LOCAL when a layout does not have it. */
int named_contexts_read_layouts(struct named_contexts *n, struct store *s,
	struct error *err);
/* Open the files of one of them (it is one of `n`) unless they are. Its own
 * ignore file counts as that of the main context would. Errors of
 * context_open(), with its name. */
int named_contexts_open(struct named_contexts *n,
	const struct named_context *which, struct store *s,
	const struct context_request *how, bool ignore_remote,
	struct error *err);
/* context_save() of all. */
int named_contexts_save(struct named_contexts *n, struct error *err);
/* context_inherit() of all. */
void named_contexts_inherit(struct named_contexts *n);

#endif
