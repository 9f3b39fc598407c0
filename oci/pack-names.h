/* SPDX-License-Identifier: Apache-2.0 */
/* pack-names: what is in one directory of a layer, in the order of the tar;
 * private to oci/pack*.c. */
#ifndef OCI_PACK_NAMES_H
#define OCI_PACK_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

struct pack_name {
	char *text;
	unsigned char type;	/* DT_* of readdir(3), maybe DT_UNKNOWN */
	bool whiteout;
};

struct pack_names {
	struct pack_name *items;
	size_t count, room;
};

void pack_names_release(struct pack_names *n);
/* All of the directory: whiteouts first, then by bytes. `mixed` says that
 * files in it may be whiteouts by attribute. */
int pack_names_read(int dir_fd, bool mixed, struct pack_names *ret,
	struct error *err);

#endif
