/* SPDX-License-Identifier: Apache-2.0 */
/* output-spec: one --output, as it is written. */
#ifndef BUILDER_OUTPUT_SPEC_H
#define BUILDER_OUTPUT_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "builder/annotation.h"
#include "oci/media.h"
#include "oci/packer.h"
#include "util/error.h"
#include "util/strv.h"

enum output_kind {
	OUTPUT_IMAGE,		/* into the store, where it is anyway */
	OUTPUT_OCI,		/* an OCI layout: a tar, or a directory */
	OUTPUT_DOCKER,		/* the same for docker load */
	OUTPUT_TAR,		/* the files of the image */
	OUTPUT_LOCAL,
};

/* All-zero is "image". */
struct output_spec {
	enum output_kind kind;
	char *dest;			/* "-": standard output; NULL: none */
	struct strv names;		/* besides those of --tag */
	bool push;
	bool by_digest;			/* push without a tag */
	bool plain_http;		/* registry.insecure */
	bool is_dir;			/* tar=false */
	bool has_codec;			/* else what the kind prefers */
	struct packer_options packing;
	bool docker_types;		/* oci-mediatypes=false */
	int splits;			/* platform-split: 1, 0, -1 not said */
	bool deletes;			/* mode=delete */
	bool clamps_times;		/* rewrite-timestamp */
	char *epoch;			/* source-date-epoch, or NULL */
};
void output_spec_release(struct output_spec *o);

/*
 * "type=KIND,NAME=VALUE,..." (buildx), "DIR" (type=local) or "-" (type=tar to
 * standard output); annotations are added to `annotations`. -EINVAL,
 * ERROR_REQUEST: unknown types, names (with a did-you-mean) and values.
 */
int output_spec_parse(const char *text, struct output_spec *ret,
	struct annotations *annotations, struct error *err);
/*
 * What buildah takes as a --tag: "oci:DIR[:NAME]" (with a slash or a second
 * colon, else it is a tag), "oci-archive:FILE[:NAME]",
 * "docker-archive:FILE[:NAME]", "docker://NAME", which is pushed. 1 and a spec,
 * 0 when it is an ordinary tag.
 */
int output_spec_of_tag(const char *text, struct output_spec *ret,
	struct error *err);
/* Is the result a file on standard output? */
bool output_spec_takes_stdout(const struct output_spec *o);

#endif
