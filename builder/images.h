/* SPDX-License-Identifier: Apache-2.0 */
/* images: the images a build stands on or copies from, by pull policy. */
#ifndef BUILDER_IMAGES_H
#define BUILDER_IMAGES_H

#include "builder/lock.h"
#include "oci/image.h"
#include "oci/platform.h"
#include "oci/store.h"
#include "oci/transfer.h"
#include "sandbox/userns.h"
#include "util/error.h"
#include "util/scope.h"

enum pull_policy { PULL_MISSING, PULL_ALWAYS, PULL_NEWER, PULL_NEVER };

/* "missing", "always" or "true" or "", "newer", "never" or "false"; NULL is
 * missing. -EINVAL, ERROR_REQUEST. */
int pull_policy_parse(const char *text, enum pull_policy *ret,
	struct error *err);

/* What was loaded, by name and platform. */
struct images;

/* `settings` are borrowed; slipway-net is started when it is needed. */
struct images *images_new(struct store *s, enum pull_policy policy,
	const struct transfer_settings *settings);
struct images *images_free(struct images *i);
/* For builds that need the files anyway: layers are unpacked while they come,
 * for which the first pull enters the namespace of `identity`. Where that
 * cannot be entered, they are not. */
void images_unpack(struct images *i, enum identity identity);
/*
 * The image that `name` (a reference, or an id of an image here) means for
 * platform `p`, whole: what is missing is pulled as the policy allows. The
 * image belongs to `i`; a second call is a look-up. -ENOENT with what to do;
 * errors of transfer_pull().
 */
int images_get(struct images *i, const char *name, const struct platform *p,
	const struct image **ret, struct error *err);
/* From here on only what `l` has under its name is used, by digest; borrowed.
 * What is not in it is -ENOENT, ERROR_POLICY. */
void images_set_lock(struct images *i, const struct lock *l);
/* What a name means now: the digest at its registry, or in the store when
 * that cannot be asked or no registry is meant. `*ret_name` is the name in
 * full, yours; NULL for one that is a digest already. */
int images_resolve(struct images *i, const char *name, char **ret_name,
	struct digest *ret, struct error *err);
/* The same when it is loaded or in the store; NULL when not. Nothing is
 * fetched. */
const struct image *images_peek(struct images *i, const char *name,
	const struct platform *p);

DEFINE_CLEANUP(struct images *, images_free);

#endif
