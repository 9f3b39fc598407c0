/* SPDX-License-Identifier: Apache-2.0 */
/* outfile: files and directories that a user named for a result. */
#ifndef UTIL_OUTFILE_H
#define UTIL_OUTFILE_H

#include "util/error.h"
#include "util/scope.h"
#include "util/stream.h"

/* A file being written; vanishes unless committed. */
struct outfile;

/*
 * "-" is standard output, which a terminal may not be (-EINVAL,
 * ERROR_REQUEST). A file is written beside `path` and renamed to it in the end;
 * what is no regular file (a pipe, a device) is written as it comes.
 * ERROR_LOCAL.
 */
int outfile_begin(const char *path, struct outfile **ret, struct error *err);
/* Borrowed; needs no finish. */
struct sink *outfile_sink(struct outfile *f);
int outfile_commit(struct outfile *f, struct error *err);
struct outfile *outfile_free(struct outfile *f);

/* The directory `path`, made with its parents (mode 0755) if it is not there.
 * ERROR_LOCAL. */
int outfile_open_dir(const char *path, int *ret_fd, struct error *err);

DEFINE_CLEANUP(struct outfile *, outfile_free);

#endif
