/* SPDX-License-Identifier: Apache-2.0 */
/* context-open: what the word CONTEXT of a build means: a directory, a tar
 * archive, or standard input (slipway-build(1)). */
#ifndef BUILDER_CONTEXT_OPEN_H
#define BUILDER_CONTEXT_OPEN_H

#include "builder/context.h"
#include "oci/store.h"
#include "sandbox/userns.h"
#include "util/error.h"

/*
 * `text` is a directory; a tar, plain, gzip or zstd; or "-", standard input,
 * which is such a tar or else the Dockerfile, with nothing to copy from. An
 * archive is unpacked in the store's tmp/, which needs `identity`'s ids: the
 * process has entered the namespaces then (userns_enter). -ENOENT, -ENOTDIR for
 * a file that is no archive, ERROR_LOCAL; -ENOTSUP, ERROR_REQUEST for a URL or
 * a compression that this version does not have.
 */
int context_open(struct store *s, const char *text, enum identity identity,
	struct context **ret, struct error *err);

#endif
