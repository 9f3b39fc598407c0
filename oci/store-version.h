/* SPDX-License-Identifier: Apache-2.0 */
/* store-version: the file that makes a directory a store; for store.c only. */
#ifndef OCI_STORE_VERSION_H
#define OCI_STORE_VERSION_H

#include "util/error.h"

/*
 * Open root_fd/version, the file that is locked, and see that its format is one
 * we know; make it if it is missing and the directory holds nothing but parts
 * of a store. `path` is the directory's, for messages. -ENOTSUP, -EEXIST and
 * -EBADMSG as store_open().
 */
int store_version_open(int root_fd, const char *path, int *ret_fd,
	struct error *err);

#endif
