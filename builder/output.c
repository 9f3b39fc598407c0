/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "builder/output-part.h"
#include "oci/travel.h"
#include "util/mem.h"

int
output_parse_tags(const struct strv *texts, struct ref **ret, struct error *err)
{
	struct ref *refs = mem_array(texts->count, sizeof(*refs));
	int r = 0;

	for (size_t n = 0; r == 0 && n < texts->count; n++) {
		r = ref_parse(texts->items[n], &refs[n], err);
		if (r == 0 && ref_has_digest(&refs[n]))
			r = error_set(err, EINVAL,
				"a tag cannot hold a digest: '%s'",
				texts->items[n]);
	}
	if (r == 0) {
		*ret = refs;
		return 0;
	}
	for (size_t n = 0; n < texts->count; n++)
		ref_release(&refs[n]);
	free(refs);
	return error_kind(err, ERROR_REQUEST);
}

static void
free_refs(struct ref *refs, size_t count)
{
	for (size_t n = 0; refs && n < count; n++)
		ref_release(&refs[n]);
	free(refs);
}

/* In a layout a name may be anything. */
static int
check_names(const struct output_spec *spec, struct error *err)
{
	struct ref *refs = NULL;
	int r;

	if (spec->kind == OUTPUT_OCI && spec->is_dir)
		return 0;
	r = output_parse_tags(&spec->names, &refs, err);
	free_refs(refs, spec->names.count);
	return r < 0 ? error_wrap(err, "--output") : 0;
}

static int
check_spec(const struct output_options *o, const struct output_spec *spec,
	bool has_index, struct error *err)
{
	if (spec->kind == OUTPUT_DOCKER && spec->dest && has_index) {
		(void)error_set(err, ENOTSUP,
			"docker's archives cannot hold an image of several platforms, nor what is said of it");
		(void)error_hint(err, "type=oci can");
		return error_kind(err, ERROR_REQUEST);
	}
	if (spec->push && o->tag_count == 0 && spec->names.count == 0) {
		(void)error_set(err, EINVAL, "--push needs a tag to push to");
		(void)error_hint(err, "name it with -t REGISTRY/NAME:TAG");
		return error_kind(err, ERROR_REQUEST);
	}
	if (output_attests(o) && spec->docker_types) {
		(void)error_set(err, ENOTSUP,
			"docker's media types cannot hold attestations");
		return error_kind(err, ERROR_REQUEST);
	}
	return check_names(spec, err);
}

int
output_check(const struct output_options *options, size_t platforms,
	struct error *err)
{
	bool has_index = platforms > 1 || options->wants_index;
	size_t on_stdout = 0;
	int r;

	r = annotations_check(options->annotations, has_index, err);
	for (size_t n = 0; r == 0 && n < options->spec_count; n++) {
		on_stdout += output_spec_takes_stdout(&options->specs[n]);
		r = check_spec(options, &options->specs[n], has_index, err);
	}
	if (r == 0 && on_stdout > 1) {
		(void)error_set(err, EINVAL,
			"two outputs cannot both be standard output");
		return error_kind(err, ERROR_REQUEST);
	}
	return r;
}

static int
set_tag(struct output *o, const struct ref *tag, struct error *err)
{
	struct digest there;

	/* A tag that says so already is not written again. */
	if (store_ref_get(o->store, tag, &there, NULL) == 0 &&
		digest_equal(&there, &o->what))
		return 0;
	return store_ref_set(o->store, tag, &o->what, err);
}

/* Where `spec` sends it: its own names, else the tags. */
static int
destinations(const struct output *o, const struct output_spec *spec,
	struct ref **ret, size_t *ret_count, struct error *err)
{
	size_t count = spec->names.count;
	struct ref *refs;

	*ret_count = count ? count : o->options->tag_count;
	if (count)
		return output_parse_tags(&spec->names, ret, err);
	refs = mem_array(*ret_count, sizeof(*refs));
	for (size_t n = 0; n < *ret_count; n++)
		ref_copy(&o->options->tags[n], &refs[n]);
	*ret = refs;
	return 0;
}

/* Registries of old want docker's types; those are made first. */
static int
prepare(struct output *o, const struct output_spec *spec,
	const struct packer_options *packing, struct digest *ret,
	struct error *err)
{
	const struct travel_options travel = {
		.packing = *packing,
		.family = MEDIA_DOCKER,
		.progress = o->options->transfer->progress,
	};

	*ret = o->what;
	return spec->docker_types
		? travel_make(o->store, &o->what, &travel, ret, err)
		: 0;
}

static int
push_to(struct output *o, const struct output_spec *spec,
	const struct ref *refs, size_t count, struct digest *ret,
	struct error *err)
{
	const struct packer_options packing = output_packing(spec);
	struct transfer_settings settings = *o->options->transfer;
	cleanup(transfer_free) struct transfer *t = NULL;
	struct digest what;
	int r;

	settings.force_compression |= packing.force;
	if (spec->plain_http && settings.tls_verify < 0)
		settings.tls_verify = 0;
	r = prepare(o, spec, &packing, &what, err);
	if (r == 0)
		r = transfer_open(o->store, &settings, &t, err);
	return r < 0 ? r
		     : transfer_push(t, &what, refs, count, packing.codec,
			       packing.level, ret, err);
}

static int
push(struct output *o, const struct output_spec *spec, struct digest *ret,
	struct error *err)
{
	struct ref *refs = NULL;
	size_t count = 0;
	int r;

	r = destinations(o, spec, &refs, &count, err);
	if (r < 0)
		return r;
	for (size_t n = 0; spec->by_digest && n < count; n++)
		free(take_ptr(&refs[n].tag));
	r = push_to(o, spec, refs, count, ret, err);
	free_refs(refs, count);
	return r;
}

/* Names in the store; what is only pushed by digest has none. */
static int
name(struct output *o, struct error *err)
{
	int r = 0;

	for (size_t n = 0; r == 0 && n < o->options->tag_count; n++)
		r = set_tag(o, &o->options->tags[n], err);
	for (size_t n = 0; r == 0 && n < o->options->spec_count; n++) {
		const struct output_spec *spec = &o->options->specs[n];
		struct ref *refs = NULL;
		size_t count = spec->names.count;

		if (spec->kind != OUTPUT_IMAGE || spec->by_digest || !count)
			continue;
		r = output_parse_tags(&spec->names, &refs, err);
		for (size_t i = 0; r == 0 && i < count; i++)
			r = set_tag(o, &refs[i], err);
		free_refs(refs, refs ? count : 0);
	}
	return r;
}

/* Trees are read as those who own their files. */
static int
reach_trees(struct output *o, struct error *err)
{
	bool travels = false, exports = false;
	struct userns userns;
	int r;

	for (size_t n = 0; n < o->options->spec_count; n++) {
		const struct output_spec *spec = &o->options->specs[n];

		exports |=
			spec->kind == OUTPUT_TAR || spec->kind == OUTPUT_LOCAL;
		travels |= spec->push || spec->dest;
	}
	travels |= output_attests(o->options);
	if (!exports && !travels)
		return 0;
	r = exports;
	for (size_t n = 0; r == 0 && n < o->count; n++)
		r = travel_needs_trees(o->store, &o->images[n].manifest, err);
	if (r <= 0)
		return r;
	r = userns_enter(o->options->identity, &userns, err);
	if (r < 0)
		return r;
	store_set_tree_kind(
		o->store, userns.identity == IDENTITY_SINGLE ? "single" : "");
	return 0;
}

/* What is said names digests: those of images as this output has them. */
static int
suit(struct output *o, const struct output_spec *spec, struct error *err)
{
	const struct packer_options packing = output_packing(spec);

	return output_attests(o->options) && (spec->push || spec->dest)
		? output_make_index(o, &packing, &o->what, err)
		: 0;
}

static int
write_spec(struct output *o, const struct output_spec *spec, struct digest *ret,
	struct error *err)
{
	int r = suit(o, spec, err);

	if (r < 0)
		return r;
	switch (spec->kind) {
	case OUTPUT_IMAGE:
		return spec->push ? push(o, spec, ret, err) : 0;
	case OUTPUT_OCI:
	case OUTPUT_DOCKER:
		return spec->dest ? output_write_archive(o, spec, ret, err) : 0;
	case OUTPUT_TAR:
	case OUTPUT_LOCAL:
		return output_export(o, spec, err);
	}
	return 0;
}

static int
write_all(struct output *o, struct output_result *result, struct error *err)
{
	bool pushed = false;
	int r;

	r = output_attests(o->options) ? 0 : reach_trees(o, err);
	for (size_t n = 0; r == 0 && n < o->options->spec_count; n++) {
		const struct output_spec *spec = &o->options->specs[n];
		struct digest travels = result->manifest;

		r = write_spec(o, spec, &travels, err);
		/* What a registry has is what others ask for. */
		if (r == 0 && (spec->push || !pushed))
			result->manifest = travels;
		pushed |= spec->push;
	}
	return r;
}

int
output_write(struct store *s, const struct output_image *images, size_t count,
	const struct output_options *options, struct output_result *ret,
	struct error *err)
{
	struct output o = {
		.store = s,
		.options = options,
		.images = images,
		.count = count,
		.what = images[0].manifest,
	};
	struct output_result result = { 0 };
	const struct packer_options packing = { .codec = CODEC_GZIP };
	int r = 0;

	/* Before the index, which has them packed. */
	if (output_attests(options))
		r = reach_trees(&o, err);
	if (r == 0 && (count > 1 || options->wants_index))
		r = output_make_index(&o, &packing, &o.what, err);
	if (r == 0)
		r = name(&o, err);
	result.manifest = o.what;
	if (r == 0)
		r = write_all(&o, &result, err);
	if (r == 0)
		r = output_report(&o, &result, err);
	if (r == 0)
		*ret = result;
	return r;
}
