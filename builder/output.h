/* SPDX-License-Identifier: Apache-2.0 */
/* output: what becomes of the image: its names, the registry, files. */
#ifndef BUILDER_OUTPUT_H
#define BUILDER_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "builder/annotation.h"
#include "builder/attest.h"
#include "builder/output-spec.h"
#include "oci/platform.h"
#include "oci/ref.h"
#include "oci/store.h"
#include "oci/transfer.h"
#include "sandbox/userns.h"
#include "util/error.h"
#include "util/strv.h"

/* Files that tell of the image; each may be NULL. */
struct output_reports {
	const char *iidfile;		/* the config's digest, of an index its
					 * own */
	const char *iidfile_raw;	/* the same without "sha256:" */
	const char *metadata;		/* JSON */
	const char *digest;		/* of the manifest or index */
	const char *name_digest;	/* "name@sha256:...", a line a tag */
	const char *name_tag_digest;	/* "name:tag@sha256:..." */
};

/* What is wanted. Everything is borrowed. */
struct output_options {
	const struct ref *tags;
	size_t tag_count;
	const struct output_spec *specs;
	size_t spec_count;
	const struct annotations *annotations;
	const struct attest *attest;	/* what is said beside it; NULL */
	bool wants_index;		/* of one platform, too */
	int64_t epoch;			/* of exported files; INT64_MAX: none */
	enum identity identity;
	const struct transfer_settings *transfer;
	struct output_reports reports;
};

/* What was built for one platform. */
struct output_image {
	struct platform platform;
	struct digest manifest;
	const char *provenance;		/* the predicate, JSON; NULL: none */
};

/* What came of it. */
struct output_result {
	struct digest manifest;		/* or index; as pushed, when it was */
	struct digest config;		/* none: it is an index */
	uint64_t size;			/* of the manifest */
};

/* Tags as references; an array of yours, each to be ref_release()d. -EINVAL,
 * ERROR_REQUEST. */
int output_parse_tags(const struct strv *texts, struct ref **ret,
	struct error *err);
/* Is there anything that can be found wrong before the build? -EINVAL,
 * ERROR_REQUEST. `platforms` is how many there are. */
int output_check(const struct output_options *options, size_t platforms,
	struct error *err);
/* Join the images, name, send and write the result, and tell of it. Enters the
 * namespace if only a tree has what is wanted. */
int output_write(struct store *s, const struct output_image *images,
	size_t count, const struct output_options *options,
	struct output_result *ret, struct error *err);

#endif
