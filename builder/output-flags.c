/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/output-flags.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/num.h"

#define LEVEL_MAX 22

/* For all outputs that say nothing themselves. */
struct preference {
	bool has_codec;
	struct packer_options packing;
	bool docker_types;
};

static int
refuse(struct error *err, const char *format, const char *text)
{
	(void)error_set(err, EINVAL, format, text);
	return error_kind(err, ERROR_REQUEST);
}

static int
read_preference(
	const struct output_flags *f, struct preference *ret, struct error *err)
{
	const char *codec = f->uncompressed ? "none" : f->compression;
	uint64_t level = 0;

	ret->has_codec = codec != NULL;
	if (codec && codec_parse(codec, &ret->packing.codec, err) < 0)
		return error_kind(err, ERROR_REQUEST);
	if (f->level && num_parse(f->level, LEVEL_MAX, &level, NULL) < 0)
		return refuse(err,
			"--compression-level: '%s' is not a number up to 22",
			f->level);
	ret->packing.level = (int)level;
	ret->packing.force = f->force;
	ret->docker_types = f->format && strcmp(f->format, "docker") == 0;
	if (f->format && !ret->docker_types && strcmp(f->format, "oci") != 0)
		return refuse(err, "--format: '%s' is neither oci nor docker",
			f->format);
	return 0;
}

static void
prefer(struct output_spec *spec, const struct preference *p)
{
	if (p->has_codec && !spec->has_codec) {
		spec->has_codec = true;
		spec->packing.codec = p->packing.codec;
	}
	if (!spec->packing.level)
		spec->packing.level = p->packing.level;
	spec->packing.force |= p->packing.force;
	spec->docker_types |= p->docker_types && spec->kind != OUTPUT_OCI;
}

static struct output_spec *
add_spec(struct output_flags *f)
{
	f->specs = mem_resize(f->specs, f->spec_count + 1, sizeof(*f->specs));
	f->specs[f->spec_count] = (struct output_spec){ .splits = -1 };
	return &f->specs[f->spec_count++];
}

static int
read_tags(struct output_flags *f, struct error *err)
{
	for (size_t n = 0; n < f->tag_texts.count; n++) {
		const char *text = f->tag_texts.items[n];
		struct output_spec spec = { 0 };
		int r = output_spec_of_tag(text, &spec, err);

		if (r < 0)
			return r;
		if (r > 0)
			*add_spec(f) = spec;
		else
			strv_add(&f->tag_names, text);
	}
	return output_parse_tags(&f->tag_names, &f->tags, err);
}

static int
read_outputs(struct output_flags *f, struct error *err)
{
	for (size_t n = 0; n < f->output_texts.count; n++) {
		struct output_spec spec;
		int r;

		r = output_spec_parse(
			f->output_texts.items[n], &spec, &f->annotations, err);
		if (r < 0)
			return r;
		*add_spec(f) = spec;
	}
	return 0;
}

/* --push is what an image output does, if there is one. */
static void
read_push(struct output_flags *f)
{
	if (!f->push)
		return;
	for (size_t n = 0; n < f->spec_count; n++) {
		if (f->specs[n].kind == OUTPUT_IMAGE) {
			f->specs[n].push = true;
			return;
		}
	}
	add_spec(f)->push = true;
}

static int
read_annotations(struct output_flags *f, struct error *err)
{
	int r = 0;

	for (size_t n = 0; r == 0 && n < f->annotation_texts.count; n++)
		r = annotations_add(
			&f->annotations, f->annotation_texts.items[n], err);
	return r;
}

static int
read_attests(struct output_flags *f, struct error *err)
{
	int r;

	r = attest_read_provenance(&f->attest, f->provenance, err);
	for (size_t n = 0; r == 0 && n < f->attest_texts.count; n++)
		r = attest_read(&f->attest, f->attest_texts.items[n], err);
	return r;
}

int
output_flags_read(
	struct output_flags *f, struct output_options *ret, struct error *err)
{
	struct preference preference = { 0 };
	int r;

	r = read_preference(f, &preference, err);
	if (r == 0)
		r = read_tags(f, err);
	if (r == 0)
		r = read_annotations(f, err);
	if (r == 0)
		r = read_outputs(f, err);
	if (r == 0)
		r = read_attests(f, err);
	if (r < 0)
		return r;
	read_push(f);
	for (size_t n = 0; n < f->spec_count; n++)
		prefer(&f->specs[n], &preference);
	ret->tags = f->tags;
	ret->tag_count = f->tag_names.count;
	ret->specs = f->specs;
	ret->spec_count = f->spec_count;
	ret->annotations = &f->annotations;
	ret->attest = &f->attest;
	ret->wants_index |= f->attest.provenance;
	ret->reports = f->reports;
	return 0;
}

void
output_flags_release(struct output_flags *f)
{
	for (size_t n = 0; f->tags && n < f->tag_names.count; n++)
		ref_release(&f->tags[n]);
	for (size_t n = 0; n < f->spec_count; n++)
		output_spec_release(&f->specs[n]);
	free(f->tags);
	free(f->specs);
	annotations_release(&f->annotations);
	attest_release(&f->attest);
	strv_release(&f->attest_texts);
	strv_release(&f->tag_names);
	strv_release(&f->tag_texts);
	strv_release(&f->output_texts);
	strv_release(&f->annotation_texts);
	*f = (struct output_flags){ 0 };
}
