/* SPDX-License-Identifier: Apache-2.0 */
/* output-part: what the files of output share. */
#ifndef BUILDER_OUTPUT_PART_H
#define BUILDER_OUTPUT_PART_H

#include "builder/output.h"

/* One output at work. */
struct output {
	struct store *store;
	const struct output_options *options;
	const struct output_image *images;
	size_t count;
	struct digest what;	/* the image, or the index of all */
};

/* output-index: the index of all images, with platforms, annotations and what
 * is said of them. That names digests, so such images are packed as `packing`
 * says first, for their digests to be those that travel. */
int output_make_index(struct output *o, const struct packer_options *packing,
	struct digest *ret, struct error *err);

/* output-attest: is anything said of the images? */
bool output_attests(const struct output_options *o);
/* What is said of image `i`, as `entry` of the index: an entry, too. */
int output_attest(struct output *o, const struct output_image *i,
	const struct descriptor *entry, struct descriptor *ret,
	struct error *err);
/* The same as the text of a file beside the files of the image; `ret` is
 * empty. */
int output_format_provenance(const struct output *o,
	const struct output_image *i, struct buf *ret, struct error *err);

/* output-file: an archive of the image, or its files. The archive's image is
 * *ret_travels, if it is one. */
int output_write_archive(struct output *o, const struct output_spec *spec,
	struct digest *ret_travels, struct error *err);
int output_export(struct output *o, const struct output_spec *spec,
	struct error *err);
/* The layers' compression that `spec` asks for, or that its kind prefers. */
struct packer_options output_packing(const struct output_spec *spec);

/* output-report: the files that tell of it. */
int output_report(const struct output *o, struct output_result *result,
	struct error *err);

#endif
