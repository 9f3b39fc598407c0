/* SPDX-License-Identifier: Apache-2.0 */
/* dockerfile-read: the lines of a Dockerfile and of what it includes become
 * instructions; for dockerfile*.c only. */
#ifndef BUILDER_DOCKERFILE_READ_H
#define BUILDER_DOCKERFILE_READ_H

#include "builder/dockerfile.h"

/* Fill an empty `d`; errors of dockerfile_parse(). */
int dockerfile_read(struct dockerfile *d, const char *file, const char *text,
	size_t len, const struct include_reader *reader, struct error *err);

/* Put an instruction where it belongs; it is taken over. -EINVAL, -E2BIG. */
int dockerfile_add(struct dockerfile *d, struct instr *i, struct error *err);

#endif
