/* SPDX-License-Identifier: Apache-2.0 */
/* annotation: what is said about an image beside it, at four places. */
#ifndef BUILDER_ANNOTATION_H
#define BUILDER_ANNOTATION_H

#include <stdbool.h>
#include <stddef.h>

#include "oci/platform.h"
#include "util/error.h"
#include "util/json.h"

enum annotation_level {
	ANNOTATION_MANIFEST,
	ANNOTATION_INDEX,
	ANNOTATION_MANIFEST_DESCRIPTOR,	/* in the index that lists it */
	ANNOTATION_INDEX_DESCRIPTOR,	/* in an archive's index.json */
};

struct annotation {
	enum annotation_level level;
	bool has_platform;		/* only for this one */
	struct platform platform;
	char *name, *value;
};

/* All-zero is none. */
struct annotations {
	struct annotation *items;
	size_t count;
};
void annotations_release(struct annotations *a);

/* "[LEVEL[PLATFORM][,LEVEL...]:]NAME=VALUE" as --annotation has it, LEVEL being
 * manifest (the default), index, manifest-descriptor or index-descriptor, and
 * the platform in brackets. -EINVAL, ERROR_REQUEST. */
int annotations_add(struct annotations *a, const char *text,
	struct error *err);
/* "annotation[-LEVEL][[PLATFORM]].NAME" as an attribute of --output. */
int annotations_add_attribute(struct annotations *a, const char *name,
	const char *value, struct error *err);
/* Those of one place, as an object, yours; NULL when there are none. `p` is
 * what the manifest is for, NULL at an index. */
struct json *annotations_at(const struct annotations *a,
	enum annotation_level level, const struct platform *p);
/* -EINVAL, ERROR_REQUEST when one is for an index, but there will be none. */
int annotations_check(const struct annotations *a, bool has_index,
	struct error *err);

#endif
