/* SPDX-License-Identifier: Apache-2.0 */
/* image-flags: the options of a build that say what the image says of itself:
 * its labels, variables, times and history. */
#ifndef BUILDER_IMAGE_FLAGS_H
#define BUILDER_IMAGE_FLAGS_H

#include <stdbool.h>

#include "builder/build.h"
#include "util/cli.h"
#include "util/strv.h"

/* As given; all-zero is nothing given. */
struct image_flags {
	struct strv label_texts, unset_labels, env_texts, unset_env;
	const char *timestamp, *epoch, *squash, *inherit_labels;
	bool reproducible, rewrite, omit_history, squash_all;

	struct strv env;		/* what was made of it */
};

/* Rows for the command's table; `f` is its struct image_flags. */
#define IMAGE_FLAG_ROWS(f)                                                     \
	{ 0, "label", "NAME=VALUE", "add a label, may be repeated", OPT_LIST,  \
		&(f).label_texts },                                            \
	{ 0, "unsetlabel", "NAME", "drop a label of the base image",           \
		OPT_LIST, &(f).unset_labels },                                 \
	{ 0, "inherit-labels", "BOOL", "keep labels of the base image (true)", \
		OPT_OPTIONAL, &(f).inherit_labels, NULL, "true|false" },       \
	{ 0, "env", "NAME[=VALUE]", "set a variable in the image", OPT_LIST,   \
		&(f).env_texts },                                              \
	{ 0, "unsetenv", "NAME", "drop a variable from the image", OPT_LIST,   \
		&(f).unset_env },                                              \
	{ 0, "timestamp", "SECONDS",                                           \
		"nothing in the image is newer, no file either", OPT_STRING,   \
		&(f).timestamp },                                              \
	{ 0, "source-date-epoch", "SECONDS",                                   \
		"as SOURCE_DATE_EPOCH in the environment", OPT_STRING,         \
		&(f).epoch },                                                  \
	{ 0, "rewrite-timestamp", NULL,                                        \
		"no file in a layer is newer than the epoch", OPT_FLAG,        \
		&(f).rewrite },                                                \
	{ 0, "reproducible", NULL,                                             \
		"no file is newer than SOURCE_DATE_EPOCH, or 1970", OPT_FLAG,  \
		&(f).reproducible },                                           \
	{ 0, "omit-history", NULL, "leave out the image's history",            \
		OPT_FLAG, &(f).omit_history },                                 \
	{ 0, "squash", "WHAT",                                                 \
		"one layer of the new ones (new, alone) or of all", OPT_OPTIONAL, \
		&(f).squash, NULL, "new|all" },                                \
	{ 0, "squash-all", NULL, "as --squash=all", OPT_FLAG,                  \
		&(f).squash_all }

/* Filled in; texts stay borrowed. The epoch becomes a build argument, too: a
 * stage that declares it hands it on to its programs. -EINVAL,
 * ERROR_REQUEST. */
int image_flags_read(struct image_flags *f, struct strv *build_args,
	struct build_options *ret, struct error *err);
void image_flags_release(struct image_flags *f);

#endif
