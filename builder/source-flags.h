/* SPDX-License-Identifier: Apache-2.0 */
/* source-flags: the options of a build that say what is built, from what. */
#ifndef BUILDER_SOURCE_FLAGS_H
#define BUILDER_SOURCE_FLAGS_H

#include <stdbool.h>

#include "builder/build.h"
#include "util/cli.h"
#include "util/strv.h"

/* As given; all-zero is nothing given. */
struct source_flags {
	const char *file, *ignore_file, *target, *platform, *call;
	struct strv build_args;
	bool ignore_remote, ignore_syntax, check, locked;
};

/* Rows for the command's table; `f` is its struct source_flags. */
#define SOURCE_FLAG_ROWS(f)                                                    \
	{ 'f', "file", "PATH",                                                 \
		"read PATH instead of CONTEXT/Dockerfile, - is standard input", \
		OPT_STRING, &(f).file, NULL, "@file" },                        \
	{ 0, "build-arg", "NAME[=VALUE]",                                      \
		"set an ARG, from the environment without VALUE", OPT_LIST,    \
		&(f).build_args },                                             \
	{ 0, "target", "STAGE", "build this stage, not the last", OPT_STRING,  \
		&(f).target },                                                 \
	{ 0, "platform", "OS/ARCH[/VARIANT]", "build for this platform",       \
		OPT_STRING, &(f).platform },                                   \
	{ 0, "ignorefile", "PATH", "read PATH instead of .dockerignore",       \
		OPT_STRING, &(f).ignore_file, NULL, "@file" },                 \
	{ 0, "ignore-remote", NULL,                                            \
		"obey .dockerignore in a context that is no directory",        \
		OPT_FLAG, &(f).ignore_remote },                                \
	{ 0, "ignore-syntax", NULL,                                            \
		"read the file whatever its syntax directive names", OPT_FLAG, \
		&(f).ignore_syntax }

/* The same, for a command that builds, or answers instead. */
#define CALL_FLAG_ROWS(f)                                                      \
	{ 0, "locked", NULL, "use only what the lock file has, by digest", \
		OPT_FLAG, &(f).locked },                                       \
	{ 0, "check", NULL, "lint only, as --call=check", OPT_FLAG,            \
		&(f).check },                                                  \
	{ 0, "call", "METHOD[,format=json]",                                   \
		"answer instead: check, outline or targets", OPT_STRING,       \
		&(f).call, NULL, "build|check|outline|targets" }

/* Build arguments as "NAME=VALUE": "NAME" alone takes the value of our
 * environment; unset, it is left out. Adds to `ret`. */
void source_flags_arguments(const struct source_flags *f, struct strv *ret);
/* What is asked: CALL_BUILD unless told otherwise. -EINVAL,
 * ERROR_REQUEST. */
int source_flags_call(const struct source_flags *f, struct call *ret,
	struct error *err);
/* Checked and filled in; texts stay borrowed. -EINVAL, ERROR_REQUEST. */
int source_flags_read(const struct source_flags *f, struct build_options *ret,
	struct error *err);

#endif
