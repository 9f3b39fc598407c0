/* SPDX-License-Identifier: Apache-2.0 */
/* output-flags: the options of a build that say what becomes of the image. */
#ifndef BUILDER_OUTPUT_FLAGS_H
#define BUILDER_OUTPUT_FLAGS_H

#include <stdbool.h>

#include "builder/output.h"
#include "util/cli.h"
#include "util/strv.h"

/* As given, and what was made of it; all-zero is nothing given. */
struct output_flags {
	struct strv tag_texts;
	const char *compression, *iidfile, *metadata_file;
	bool push;

	struct ref *tags;
};

/* Rows for the command's table; `f` is its struct output_flags. */
#define OUTPUT_FLAG_ROWS(f)                                                    \
	{ 't', "tag", "NAME[:TAG]", "name the image, may be repeated",         \
		OPT_LIST, &(f).tag_texts, NULL, "@image" },                    \
	{ 0, "push", NULL, "push the image to its tags", OPT_FLAG,             \
		&(f).push },                                                   \
	{ 0, "compression", "KIND",                                            \
		"of layers that are pushed: gzip, zstd or none", OPT_STRING,   \
		&(f).compression, NULL, "gzip|zstd|none" },                    \
	{ 0, "iidfile", "PATH", "write the config's digest to PATH",           \
		OPT_STRING, &(f).iidfile, NULL, "@file" },                     \
	{ 0, "metadata-file", "PATH", "write digests as JSON to PATH",         \
		OPT_STRING, &(f).metadata_file, NULL, "@file" }

/* Checked and filled in; `ret` borrows from `f`. -EINVAL, ERROR_REQUEST. */
int output_flags_read(struct output_flags *f, struct output_options *ret,
	struct error *err);
void output_flags_release(struct output_flags *f);

#endif
