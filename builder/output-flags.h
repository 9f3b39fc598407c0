/* SPDX-License-Identifier: Apache-2.0 */
/* output-flags: the options of a build that say what becomes of the image. */
#ifndef BUILDER_OUTPUT_FLAGS_H
#define BUILDER_OUTPUT_FLAGS_H

#include <stdbool.h>

#include "builder/attest.h"
#include "builder/output.h"
#include "util/cli.h"
#include "util/strv.h"

/* As given, and what was made of it; all-zero is nothing given. */
struct output_flags {
	struct strv tag_texts, output_texts, annotation_texts;
	const char *compression, *level, *format, *provenance;
	struct strv attest_texts;
	struct output_reports reports;
	bool push, load, force, uncompressed;

	struct strv tag_names;		/* without those of other transports */
	struct ref *tags;
	struct output_spec *specs;
	size_t spec_count;
	struct annotations annotations;
	struct attest attest;
};

/* Rows for the command's table; `f` is its struct output_flags. */
#define OUTPUT_FLAG_ROWS(f)                                                    \
	{ 't', "tag", "NAME[:TAG]", "name the image, may be repeated",         \
		OPT_LIST, &(f).tag_texts, NULL, "@image" },                    \
	{ 'o', "output", "SPEC",                                               \
		"DIR, - or type=image|registry|oci|docker|tar|local,...",      \
		OPT_LIST, &(f).output_texts, NULL, "@dir" },                   \
	{ 0, "push", NULL, "push the image to its tags", OPT_FLAG,             \
		&(f).push },                                                   \
	{ 0, "load", NULL, "keep the image here, as is always done",           \
		OPT_FLAG, &(f).load },                                         \
	{ 0, "annotation", "[LEVEL:]NAME=VALUE",                               \
		"say it of the manifest, index or their descriptors",          \
		OPT_LIST, &(f).annotation_texts },                             \
	{ 0, "provenance", "WHAT",                                             \
		"say beside the image what it was made of",                    \
		OPT_OPTIONAL, &(f).provenance, NULL,                           \
		"true|false|mode=min|mode=max" },                              \
	{ 0, "attest", "type=provenance[,...]", "as --provenance",             \
		OPT_LIST, &(f).attest_texts },                                 \
	{ 0, "format", "FAMILY",                                               \
		"media types of what leaves: oci or docker", OPT_STRING,       \
		&(f).format, NULL, "oci|docker" },                             \
	{ 0, "compression", "KIND",                                            \
		"of layers that leave: gzip, zstd or none", OPT_STRING,        \
		&(f).compression, NULL, "gzip|zstd|none" },                    \
	{ 0, "compression-format", "KIND", "as --compression", OPT_STRING,     \
		&(f).compression, NULL, "gzip|zstd|none" },                    \
	{ 0, "compression-level", "N", "how hard to try", OPT_STRING,          \
		&(f).level },                                                  \
	{ 0, "force-compression", NULL,                                        \
		"compress anew what is compressed otherwise", OPT_FLAG,        \
		&(f).force },                                                  \
	{ 0, "disable-compression", NULL, "as --compression=none",             \
		OPT_FLAG, &(f).uncompressed },                                 \
	{ 0, "iidfile", "PATH", "write the config's digest to PATH",           \
		OPT_STRING, &(f).reports.iidfile, NULL, "@file" },             \
	{ 0, "iidfile-raw", "PATH", "the same without sha256:", OPT_STRING,    \
		&(f).reports.iidfile_raw, NULL, "@file" },                     \
	{ 0, "metadata-file", "PATH", "write digests as JSON to PATH",         \
		OPT_STRING, &(f).reports.metadata, NULL, "@file" },            \
	{ 0, "digest-file", "PATH", "write the manifest's digest to PATH",     \
		OPT_STRING, &(f).reports.digest, NULL, "@file" },              \
	{ 0, "image-name-with-digest-file", "PATH",                            \
		"write NAME@DIGEST of each tag to PATH", OPT_STRING,           \
		&(f).reports.name_digest, NULL, "@file" },                     \
	{ 0, "image-name-tag-with-digest-file", "PATH",                        \
		"write NAME:TAG@DIGEST of each tag to PATH", OPT_STRING,       \
		&(f).reports.name_tag_digest, NULL, "@file" }

/* Checked and filled in; `ret` borrows from `f`. -EINVAL, ERROR_REQUEST. */
int output_flags_read(struct output_flags *f, struct output_options *ret,
	struct error *err);
void output_flags_release(struct output_flags *f);

#endif
