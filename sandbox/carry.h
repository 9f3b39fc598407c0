/* SPDX-License-Identifier: Apache-2.0 */
/* carry: move an upper directory to another file system, as it is. */
#ifndef SANDBOX_CARRY_H
#define SANDBOX_CARRY_H

#include "util/error.h"

/*
 * Copy from_fd/from to to_fd/to, which must not exist: contents, modes,
 * owners, times, attributes, hard links among each other, whiteouts. Nobody
 * may change the source meanwhile. Sockets are left out.
 */
int carry_tree(int from_fd, const char *from, int to_fd, const char *to,
	struct error *err);
/* Give to_fd/to, which is there, the owner, mode, times and attributes of
 * from_fd/from. */
int carry_attributes(int from_fd, const char *from, int to_fd, const char *to,
	struct error *err);

#endif
