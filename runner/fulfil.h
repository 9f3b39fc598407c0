/* SPDX-License-Identifier: Apache-2.0 */
/* fulfil: actions that were put off are done. */
#ifndef RUNNER_FULFIL_H
#define RUNNER_FULFIL_H

#include "runner/late.h"
#include "runner/value.h"
#include "util/error.h"

/* The text with those actions done that wait for nothing but `known`; yours.
 * `root` has .Run and all that is known. Errors as template_render(). */
int fulfil_text(const struct late *l, const char *text, const char *name,
	unsigned known, const struct value *root, char **ret,
	struct error *err);

#endif
