/* SPDX-License-Identifier: Apache-2.0 */
/* context-open: what the word CONTEXT of a build means: a directory, a tar
 * archive, or standard input (slipway-build(1)). */
#ifndef BUILDER_CONTEXT_OPEN_H
#define BUILDER_CONTEXT_OPEN_H

#include "builder/context.h"
#include "oci/store.h"
#include "oci/transfer.h"
#include "sandbox/userns.h"
#include "util/error.h"

/*
 * `text` is a directory; a tar, plain, gzip or zstd; "-", standard input, or an
 * http or https URL, fetched with `settings`: such a tar or else the
 * Dockerfile, with nothing to copy from. An archive is unpacked in the store's
 * tmp/, which needs `identity`'s ids: the process has entered the namespaces
 * then (userns_enter). -ENOENT, -ENOTDIR for a file that is no archive,
 * ERROR_LOCAL; -ENOTSUP, ERROR_REQUEST for a git repository or a compression
 * that this version does not have; errors of transfer_download().
 */
int context_open(struct store *s, const char *text, enum identity identity,
	const struct transfer_settings *settings, struct context **ret,
	struct error *err);

#endif
