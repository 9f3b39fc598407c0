/* SPDX-License-Identifier: Apache-2.0 */
/* outline: what a Dockerfile can be asked for: its stages, and the arguments,
 * secrets, agents and caches of one. */
#ifndef BUILDER_OUTLINE_H
#define BUILDER_OUTLINE_H

#include "builder/plan.h"
#include "util/buf.h"
#include "util/json.h"

/* The stages, as `docker buildx build --call=targets,format=json`; yours. */
struct json *outline_targets(const struct plan *p);
/* The target's arguments and so on, as --call=outline,format=json; yours. */
struct json *outline_target(const struct plan *p);
/* The same two for people, from what they return. */
void outline_show_targets(const struct json *j, struct buf *ret);
void outline_show_target(const struct json *j, struct buf *ret);

#endif
