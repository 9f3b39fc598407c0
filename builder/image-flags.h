/* SPDX-License-Identifier: Apache-2.0 */
/* image-flags: the options of a build that say what the image says of itself:
 * its labels and times. */
#ifndef BUILDER_IMAGE_FLAGS_H
#define BUILDER_IMAGE_FLAGS_H

#include <stdbool.h>

#include "builder/build.h"
#include "util/cli.h"
#include "util/strv.h"

/* As given; all-zero is nothing given. */
struct image_flags {
	struct strv labels;
	const char *timestamp;
	bool reproducible;
};

/* Rows for the command's table; `f` is its struct image_flags. */
#define IMAGE_FLAG_ROWS(f)                                                     \
	{ 0, "label", "NAME=VALUE", "add a label, may be repeated", OPT_LIST,  \
		&(f).labels },                                                 \
	{ 0, "timestamp", "SECONDS",                                           \
		"nothing in the image is newer, no file either", OPT_STRING,   \
		&(f).timestamp },                                              \
	{ 0, "reproducible", NULL,                                             \
		"no file is newer than SOURCE_DATE_EPOCH, or 1970", OPT_FLAG,  \
		&(f).reproducible }

/* Filled in; texts stay borrowed. The epoch becomes a build argument, too: a
 * stage that declares it hands it on to its programs. */
void image_flags_read(const struct image_flags *f, struct strv *build_args,
	struct build_options *ret);

#endif
