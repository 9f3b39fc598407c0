/* SPDX-License-Identifier: Apache-2.0 */
/* step-cache: `cache: enabled`: steps that were built elsewhere. */
#ifndef RUNNER_STEP_CACHE_H
#define RUNNER_STEP_CACHE_H

#include "runner/step.h"

/*
 * Adds --cache-from and --cache-to for REPOSITORY:cache_TASK_STEP, where
 * REPOSITORY is that of the first tag with the name of a registry. Without one,
 * or when that is no legal tag, it is said, and there is the cache of this host
 * alone. `args` is what the step says behind `build`.
 */
void step_cache_add(const struct step *s, const struct step_context *context,
	const struct strv *args, struct strv *argv);

#endif
