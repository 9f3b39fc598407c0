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
	const char *file, *ignore_file, *target, *call;
	bool ignore_remote, ignore_syntax, check, locked;
	struct strv build_args, contexts, arg_files, platform_texts;
	const char *os, *arch, *variant, *from;

	struct platform *platforms;	/* what was made of them */
	size_t platform_count;
};

/* Rows for the command's table; `f` is its struct source_flags. */
#define SOURCE_FLAG_ROWS(f)                                                    \
	{ 'f', "file", "PATH",                                                 \
		"read PATH instead of CONTEXT/Dockerfile, - is standard input", \
		OPT_STRING, &(f).file, NULL, "@file" },                        \
	{ 0, "build-arg", "NAME[=VALUE]",                                      \
		"set an ARG, from the environment without VALUE", OPT_LIST,    \
		&(f).build_args },                                             \
	{ 0, "build-arg-file", "PATH",                                         \
		"read build arguments, a NAME=VALUE a line", OPT_LIST,         \
		&(f).arg_files, NULL, "@file" },                               \
	{ 0, "from", "IMAGE", "build on IMAGE, not on what the first FROM has", \
		OPT_STRING, &(f).from, NULL, "@image" },                       \
	{ 0, "os", "OS", "of the platform", OPT_STRING, &(f).os },             \
	{ 0, "arch", "ARCH", "of the platform", OPT_STRING, &(f).arch },       \
	{ 0, "variant", "VARIANT", "of the platform", OPT_STRING,              \
		&(f).variant },                                                \
	{ 0, "target", "STAGE", "build this stage, not the last", OPT_STRING,  \
		&(f).target },                                                 \
	{ 0, "platform", "OS/ARCH[/VARIANT]", "build for these platforms",     \
		OPT_LIST, &(f).platform_texts },                               \
	{ 0, "ignorefile", "PATH", "read PATH instead of .dockerignore",       \
		OPT_STRING, &(f).ignore_file, NULL, "@file" },                 \
	{ 0, "build-context", "NAME=VALUE",                                    \
		"what a name of the file means: files, image or stage",        \
		OPT_LIST, &(f).contexts },                                     \
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
 * environment; unset, it is left out. Those of files come first. Adds to
 * `ret`. ERROR_LOCAL for a file. */
int source_flags_arguments(const struct source_flags *f, struct strv *ret,
	struct error *err);
/* Checked and filled in; `ret` borrows from `f`. -EINVAL, ERROR_REQUEST. */
int source_flags_read(struct source_flags *f, struct build_options *ret,
	struct error *err);
/* What is asked: CALL_BUILD unless told otherwise. -EINVAL,
 * ERROR_REQUEST. */
int source_flags_call(const struct source_flags *f, struct call *ret,
	struct error *err);
void source_flags_release(struct source_flags *f);

#endif
