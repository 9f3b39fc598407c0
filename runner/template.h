/* SPDX-License-Identifier: Apache-2.0 */
/* template: the part of Go's text/template that task files use. */
#ifndef RUNNER_TEMPLATE_H
#define RUNNER_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/value.h"
#include "util/buf.h"
#include "util/error.h"

#define TEMPLATE_TEXT_MAX (1u << 20)
#define TEMPLATE_STEPS_MAX 100000

/* What a template works on. Borrowed. */
struct template_data {
	const struct value *root; /* a map, the first dot */
	bool lenient; /* a field that is not there is empty, not an error */
	struct late *late; /* keeps actions for later; NULL: none */
};

/*
 * Copy `text` to `ret` with its {{actions}} done: pipelines, functions,
 * variables, if, range, with, define, template, block, comments;
 * slipway-task(5) has the list. Lines whose first character is "#" are
 * comments of YAML (or of a script inside it) and stay as they are.
 *
 * With `late`, an action that reads what only it will know (late_waits_for())
 * leaves a mark, and nothing else of slipway's may look like one.
 *
 * Errors are "name:line:column: ...", -EINVAL, ERROR_REQUEST; -EFBIG when text
 * or result pass TEMPLATE_TEXT_MAX. More than TEMPLATE_STEPS_MAX actions are
 * an error.
 */
int template_render(const char *text, size_t len, const char *name,
	const struct template_data *data, struct buf *ret, struct error *err);

#endif
