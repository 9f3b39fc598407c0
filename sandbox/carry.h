/* SPDX-License-Identifier: Apache-2.0 */
/* carry: copy trees with all that belongs to them. */
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
/*
 * What a merged tree shows of an entry of one of its layers: the marks of
 * overlays (user.overlay.*) are left out. to_fd/to must not exist; it is no
 * directory; it has one name, as after a copy-up.
 */
int carry_entry(int from_fd, const char *from, int to_fd, const char *to,
	struct error *err);
/* As carry_attributes(), without those marks, and without the attributes
 * to_fd/to had. */
int carry_look(int from_fd, const char *from, int to_fd, const char *to,
	struct error *err);

#endif
