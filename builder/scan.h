/* SPDX-License-Identifier: Apache-2.0 */
/* scan: the images a Dockerfile depends on, as the registry service's tasks
 * report them. */
#ifndef BUILDER_SCAN_H
#define BUILDER_SCAN_H

#include "builder/plan.h"
#include "oci/store.h"
#include "util/error.h"
#include "util/json.h"
#include "util/strv.h"

/*
 * An array with an object for each of `tags` (one with a null image when there
 * are none):
 *
 *   image, runtime-dependency   {registry, repository, tag, digest, reference}
 *   buildtime-dependency        an array of those, or null
 *   git                         {"git-head-revision": `commit` or ""}
 *   platform, stages, kinds     what that service does not have: of stages
 *                               name, base and whether it is built; of each
 *                               dependency "reference" and "kind": from,
 *                               copy-from, mount or syntax
 *
 * Only stages that are built count. Digests are those of the reference, or of
 * the image here; without one it is left out. -EINVAL, ERROR_REQUEST, for a
 * name that is no reference.
 */
int scan_plan(struct store *s, const struct plan *p, const struct strv *tags,
	const char *commit, struct json **ret, struct error *err);

#endif
