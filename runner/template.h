/* SPDX-License-Identifier: Apache-2.0 */
/* template: the part of Go's text/template that task files use. */
#ifndef RUNNER_TEMPLATE_H
#define RUNNER_TEMPLATE_H

#include <stddef.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/map.h"

#define TEMPLATE_TEXT_MAX (1u << 20)

/*
 * Copy `text` to `ret` with each {{action}} replaced. An action is a field
 * (".Run.ID"), a string ("..." or `...`), a number, or a comment; "{{-" and
 * "-}}" take the white space beside them. `values` maps the path of a field
 * without its first dot ("Run.ID") to its text (const char *); a field that is
 * not there is empty, as ACR has it. Lines whose first character is "#" are
 * comments of YAML (or of a script inside it) and stay as they are.
 *
 * Errors are "name:line:column: ...", -EINVAL, ERROR_REQUEST; -EFBIG when text
 * or result pass TEMPLATE_TEXT_MAX. Functions, variables and control words of
 * text/template are refused by name.
 */
int template_render(const char *text, size_t len, const char *name,
	const struct map *values, struct buf *ret, struct error *err);

#endif
