/* SPDX-License-Identifier: Apache-2.0 */
/* blame: an error gets its place in the Dockerfile and keeps its advice. */
#ifndef BUILDER_BLAME_H
#define BUILDER_BLAME_H

#include "builder/dockerfile.h"
#include "util/error.h"

/* dockerfile_error_at(), with the hint that was there, if any, below the line
 * of the file. Returns -err->code. */
int blame_instr(const struct dockerfile *d, const struct instr *i,
	struct error *err);

#endif
