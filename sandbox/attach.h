/* SPDX-License-Identifier: Apache-2.0 */
/* attach: one mount of a spec, put to its place in a root. */
#ifndef SANDBOX_ATTACH_H
#define SANDBOX_ATTACH_H

#include "sandbox/spec.h"
#include "util/error.h"

/*
 * In the mount namespace that has both the source and the root. Nothing of the
 * source or of the root leads outside of them: places are found by openat2(2)
 * and used by descriptor. Errors name source and target.
 */
int attach_mount(int root_fd, const struct sandbox_mount *m,
	struct error *err);

#endif
