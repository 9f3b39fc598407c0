/* SPDX-License-Identifier: Apache-2.0 */
/* output: what becomes of the image: its names, the registry, the files that
 * tell of it. */
#ifndef BUILDER_OUTPUT_H
#define BUILDER_OUTPUT_H

#include <stdbool.h>

#include "oci/compress.h"
#include "oci/ref.h"
#include "oci/store.h"
#include "oci/transfer.h"
#include "util/error.h"
#include "util/strv.h"

/* What is wanted. Everything is borrowed. */
struct output_options {
	const struct ref *tags;
	size_t tag_count;
	bool push;
	enum codec codec;
	const struct transfer_settings *transfer;
	const char *iidfile;		/* gets the config's digest; NULL */
	const char *metadata_file;	/* gets JSON; NULL */
};

/* What came of it. */
struct output_result {
	struct digest manifest;		/* as pushed, when it was */
	struct digest config;
	uint64_t size;			/* of the manifest */
};

/* Tags as references; an array of yours, each to be ref_release()d. -EINVAL,
 * ERROR_REQUEST. */
int output_parse_tags(const struct strv *texts, struct ref **ret,
	struct error *err);
/* Name, push and tell of the image whose manifest is `manifest`. */
int output_write(struct store *s, const struct digest *manifest,
	const struct output_options *options, struct output_result *ret,
	struct error *err);

#endif
