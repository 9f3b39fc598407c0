/* SPDX-License-Identifier: Apache-2.0 */
/* run-mount-field: the names a RUN --mount may have; for run-mount*.c only. */
#ifndef BUILDER_RUN_MOUNT_FIELD_H
#define BUILDER_RUN_MOUNT_FIELD_H

#include <stddef.h>

#include "builder/run-mount.h"
#include "util/error.h"

#define RUN_MOUNT_BIT(type) (1U << (type))
/* Mounts of what the command line gave: secrets and agents. */
#define RUN_MOUNT_GIVEN                                                        \
	(RUN_MOUNT_BIT(RUN_MOUNT_SECRET) | RUN_MOUNT_BIT(RUN_MOUNT_SSH))

/* One value on its way into a mount; NULL for a bare name. */
struct run_mount_reading {
	struct run_mount *mount;
	const char *name, *value;
	struct error *err;
};

/* A name, and how its value is read. */
struct run_mount_field {
	const char *name;
	int (*read)(struct run_mount_reading *r,
		const struct run_mount_field *f);
	size_t offset;		/* of the member it fills */
	unsigned types;		/* that have it, RUN_MOUNT_BIT each */
	bool may_be_bare;
	bool is_verbatim;	/* its value is not expanded */
	const char *same_as;	/* another spelling of this one */
};

/* The row of "name=value" or a bare "name", in any case; NULL, with the
 * nearest in the hint, when there is none. */
const struct run_mount_field *run_mount_find_field(const char *item,
	struct error *err);
/* A bit for the name, the same for all its spellings. */
unsigned run_mount_name_bit(const char *name);
/* The first of the names in `seen`, such bits, that `type` does not have, or
 * NULL. */
const char *run_mount_foreign_name(unsigned seen, enum run_mount_type type);
/* "bind". */
const char *run_mount_type_name(enum run_mount_type type);

#endif
