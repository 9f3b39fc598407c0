/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/images.h"

#include <errno.h>
#include <string.h>

#include "util/log.h"
#include "util/map.h"
#include "util/mem.h"

struct images {
	struct store *store;
	enum pull_policy policy;
	const struct transfer_settings *settings;
	struct transfer *transfer;
	const struct lock *lock;
	struct map *loaded; /* "platform name" -> struct image */
	bool unpack;
	enum identity identity; /* to unpack as */
};

int
pull_policy_parse(const char *text, enum pull_policy *ret, struct error *err)
{
	static const struct {
		const char *word;
		enum pull_policy policy;
	} words[] = {
		{ "missing", PULL_MISSING },
		{ "always", PULL_ALWAYS },
		{ "true", PULL_ALWAYS },
		{ "", PULL_ALWAYS },
		{ "newer", PULL_NEWER },
		{ "ifnewer", PULL_NEWER },
		{ "never", PULL_NEVER },
		{ "false", PULL_MISSING },
	};

	if (!text)
		text = "missing";
	for (size_t n = 0; n < ARRAY_SIZE(words); n++) {
		if (strcmp(text, words[n].word) == 0) {
			*ret = words[n].policy;
			return 0;
		}
	}
	(void)error_set(err, EINVAL, "'%s' is not a pull policy", text);
	(void)error_kind(err, ERROR_REQUEST);
	return error_hint(err, "it is one of missing, always, newer and never");
}

static void
release_image(void *value)
{
	image_free(value);
}

struct images *
images_new(struct store *s, enum pull_policy policy,
	const struct transfer_settings *settings)
{
	struct images *i = mem_zalloc(sizeof(*i));

	i->store = s;
	i->policy = policy;
	i->settings = settings;
	i->loaded = map_new(release_image);
	return i;
}

struct images *
images_free(struct images *i)
{
	if (!i)
		return NULL;
	transfer_free(i->transfer);
	map_free(i->loaded);
	free(i);
	return NULL;
}

void
images_unpack(struct images *i, enum identity identity)
{
	i->unpack = true;
	i->identity = identity;
}

static int
open_transfer(struct images *i, struct error *err)
{
	if (i->transfer)
		return 0;
	return transfer_open(i->store, i->settings, &i->transfer, err);
}

/* 1 when every layer is here in some form. */
static int
is_whole(struct store *s, const struct image *image, struct error *err)
{
	for (size_t n = 0; n < image_layer_count(image); n++) {
		int here = layer_is_here(s, image_layer(image, n), err);

		if (here <= 0)
			return here;
	}
	return 1;
}

/* What the store has: 1 and the image, 0 when it (or a part of it, or this
 * platform) is missing. */
static int
load_local(struct images *i, const char *name, const struct platform *p,
	struct image **ret, struct digest *ret_target, struct error *err)
{
	cleanup(image_free) struct image *image = NULL;
	autoerror why = { 0 };
	int r;

	if (store_find(i->store, name, ret_target, NULL, &why) < 0 ||
		image_load(i->store, ret_target, p, &image, &why) < 0) {
		if (why.code == ENOENT)
			return 0;
		return error_move(err, &why);
	}
	r = is_whole(i->store, image, err);
	if (r > 0)
		*ret = take_ptr(&image);
	return r;
}

/* Does the registry have the tag point elsewhere? A registry that cannot be
 * asked is no reason to fail when the image is here. */
static bool
is_outdated(struct images *i, const struct ref *ref, const struct digest *here)
{
	autoerror why = { 0 };
	struct digest there;

	if (open_transfer(i, &why) < 0 ||
		transfer_resolve(i->transfer, ref, &there, &why) < 0) {
		log_warning("using the local '%s:%s': %s", ref->path,
			ref->tag ? ref->tag : "", why.text);
		return false;
	}
	return !digest_equal(&there, here);
}

static bool
may_stay(struct images *i, const struct ref *ref, const struct digest *here)
{
	switch (i->policy) {
	case PULL_ALWAYS:
		return false;
	case PULL_NEWER:
		return !is_outdated(i, ref, here);
	case PULL_MISSING:
	case PULL_NEVER:
		return true;
	}
	return true;
}

/* Whoever cannot enter hears of it from the step that has to. */
static bool
enter_to_unpack(struct images *i)
{
	autoerror why = { 0 };
	struct userns userns;

	if (!i->unpack)
		return false;
	if (userns_enter(i->identity, &userns, &why) < 0) {
		log_debug("not unpacking yet: %s", why.text);
		return false;
	}
	store_set_tree_kind(i->store,
		userns.identity == IDENTITY_SINGLE ? "single" : "");
	return true;
}

static int
pull(struct images *i, const struct ref *ref, const struct platform *p,
	struct image **ret, struct error *err)
{
	struct digest digest;
	int r;

	r = open_transfer(i, err);
	if (r < 0)
		return r;
	r = transfer_pull(
		i->transfer, ref, p, enter_to_unpack(i), &digest, err);
	if (r < 0)
		return r;
	return image_load(i->store, &digest, p, ret, err);
}

static int
not_here(const char *name, struct error *err)
{
	(void)error_set(err, ENOENT, "image '%s' is not in the store", name);
	(void)error_kind(err, ERROR_LOCAL);
	return error_hint(err, "--pull=never forbids to fetch it");
}

static int
load(struct images *i, const char *name, const struct platform *p,
	struct image **ret, struct error *err)
{
	cleanup(image_free) struct image *image = NULL;
	struct digest here;
	autoerror why = { 0 };
	autoref ref = { 0 };
	int found;

	found = load_local(i, name, p, &image, &here, err);
	if (found < 0)
		return found;
	/* An id of an image here is no reference: nothing to pull. */
	if (ref_parse(name, &ref, &why) < 0 && !found)
		return error_move(err, &why);
	if (found && (!ref.path || may_stay(i, &ref, &here))) {
		*ret = take_ptr(&image);
		return 0;
	}
	if (i->policy == PULL_NEVER)
		return not_here(name, err);
	return pull(i, &ref, p, ret, err);
}

/* The name with the digest that is locked; yours. What is a digest itself stays
 * as it is. */
static int
pin(const struct images *i, const char *name, char **ret, struct error *err)
{
	autofree char *full = NULL;
	autoref ref = { 0 };
	const char *digest;
	int r;

	if (!i->lock || ref_parse(name, &ref, NULL) < 0 ||
		ref_has_digest(&ref)) {
		*ret = mem_strdup(name);
		return 0;
	}
	full = ref_format(&ref);
	r = lock_get(i->lock, LOCK_IMAGE, full, &digest, err);
	if (r == 0)
		*ret = mem_printf("%s@%s", full, digest);
	return r;
}

int
images_get(struct images *i, const char *name, const struct platform *p,
	const struct image **ret, struct error *err)
{
	autofree char *platform = platform_format(p);
	autofree char *id = mem_printf("%s %s", platform, name);
	struct image *image = map_get(i->loaded, id);
	int r;

	if (!image) {
		autofree char *pinned = NULL;

		r = pin(i, name, &pinned, err);
		if (r < 0)
			return r;
		r = load(i, pinned, p, &image, err);
		if (r < 0)
			return r;
		map_set(i->loaded, id, image);
	}
	*ret = image;
	return 0;
}

const struct image *
images_peek(struct images *i, const char *name, const struct platform *p)
{
	autofree char *platform = platform_format(p);
	autofree char *id = mem_printf("%s %s", platform, name);
	struct image *image = map_get(i->loaded, id);
	struct digest digest;

	if (image)
		return image;
	if (i->lock || load_local(i, name, p, &image, &digest, NULL) <= 0)
		return NULL;
	map_set(i->loaded, id, image);
	return image;
}

void
images_set_lock(struct images *i, const struct lock *l)
{
	i->lock = l;
}

/* "localhost/x" is what was built here, "localhost:5000/x" a registry. */
static bool
is_local(const struct ref *ref)
{
	return ref_host_is_loopback(ref->host) && !strchr(ref->host, ':');
}

static int
resolve(struct images *i, const struct ref *ref, const char *name,
	struct digest *ret, struct error *err)
{
	autoerror why = { 0 };
	int r;

	if (is_local(ref) && store_find(i->store, name, ret, NULL, NULL) == 0)
		return 0;
	r = open_transfer(i, &why);
	if (r == 0)
		r = transfer_resolve(i->transfer, ref, ret, &why);
	if (r == 0)
		return 0;
	if (store_find(i->store, name, ret, NULL, NULL) < 0)
		return error_move(err, &why);
	log_warning("using the local '%s': %s", name, why.text);
	return 0;
}

int
images_resolve(struct images *i, const char *name, char **ret_name,
	struct digest *ret, struct error *err)
{
	autoref ref = { 0 };
	int r;

	*ret_name = NULL;
	if (ref_parse(name, &ref, NULL) < 0 || ref_has_digest(&ref))
		return 0;
	r = resolve(i, &ref, name, ret, err);
	if (r == 0)
		*ret_name = ref_format(&ref);
	return r;
}
