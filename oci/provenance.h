/* SPDX-License-Identifier: Apache-2.0 */
/* provenance: what an image was made of, and how, as a predicate of SLSA
 * (slsa.dev/spec/v1.0/provenance). */
#ifndef OCI_PROVENANCE_H
#define OCI_PROVENANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/json.h"

#define PROVENANCE_TYPE "https://slsa.dev/provenance/v1"
/* How externalParameters are to be read: slipway-build(1). */
#define PROVENANCE_BUILD_TYPE "urn:slipway:build:v1"
#define PROVENANCE_BUILDER "urn:slipway:builder"

/* What is known of a build; all borrowed, each may be NULL. */
struct provenance {
	const struct json *source;	/* configSource: uri, digest, path */
	const struct json *request;	/* what was asked for */
	const struct json *dependencies;	/* array of uri and digest */
	const char *builder_id;		/* NULL: PROVENANCE_BUILDER */
	const char *builder_platform;
	bool has_times;
	int64_t started, finished;	/* seconds since 1970, if so */
	bool is_complete;		/* each dependency has its digest */
	bool is_reproducible;		/* it was asked to be */
};

/* {"buildDefinition": ..., "runDetails": ...}; yours. The same values always
 * give the same bytes. */
struct json *provenance_format(const struct provenance *p);

#endif
