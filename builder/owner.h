/* SPDX-License-Identifier: Apache-2.0 */
/* owner: who is to own what a COPY or ADD makes. */
#ifndef BUILDER_OWNER_H
#define BUILDER_OWNER_H

#include <stdbool.h>
#include <stdint.h>

/* All-zero: nobody was named. */
struct copy_owner {
	bool is_forced;	/* by --chown; else the source decides, copy_root */
	uint32_t uid, gid;
};

#endif
