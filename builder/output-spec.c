/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/output-spec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/cli.h"
#include "util/csv.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/num.h"

#define LEVEL_MAX 22

/* What is being read. */
struct reading {
	struct output_spec *spec;
	struct annotations *annotations;
	const char *name, *value;
};

static const struct {
	const char *name;
	enum output_kind kind;
	bool push;
} kinds[] = {
	{ "image", OUTPUT_IMAGE, false },
	{ "registry", OUTPUT_IMAGE, true },
	{ "oci", OUTPUT_OCI, false },
	{ "docker", OUTPUT_DOCKER, false },
	{ "tar", OUTPUT_TAR, false },
	{ "local", OUTPUT_LOCAL, false },
	{ "cacheonly", OUTPUT_IMAGE, false },
};

void
output_spec_release(struct output_spec *o)
{
	free(o->dest);
	free(o->epoch);
	strv_release(&o->names);
	*o = (struct output_spec){ 0 };
}

static int
refuse(struct error *err, const char *format, const char *text)
{
	(void)error_set(err, EINVAL, format, text);
	return error_kind(err, ERROR_REQUEST);
}

static int
read_bool(const struct reading *r, bool *ret, struct error *err)
{
	if (strcmp(r->value, "true") == 0 || strcmp(r->value, "1") == 0 ||
		*r->value == '\0')
		*ret = true;
	else if (strcmp(r->value, "false") == 0 || strcmp(r->value, "0") == 0)
		*ret = false;
	else
		return refuse(err, "'%s' is neither true nor false", r->value);
	return 0;
}

static int
read_type(struct reading *r, struct error *err)
{
	const char *names[ARRAY_SIZE(kinds)];
	const char *near;

	for (size_t n = 0; n < ARRAY_SIZE(kinds); n++) {
		names[n] = kinds[n].name;
		if (strcmp(r->value, kinds[n].name) != 0)
			continue;
		r->spec->kind = kinds[n].kind;
		r->spec->push |= kinds[n].push;
		return 0;
	}
	(void)refuse(err, "output type '%s' is not known", r->value);
	near = cli_nearest(r->value, names, ARRAY_SIZE(names));
	if (near)
		return error_hint(err, "did you mean '%s'?", near);
	return error_hint(
		err, "types are image, registry, oci, docker, tar and local");
}

static int
read_dest(struct reading *r, struct error *err)
{
	(void)err;
	free(r->spec->dest);
	r->spec->dest = mem_strdup(r->value);
	return 0;
}

static int
read_names(struct reading *r, struct error *err)
{
	(void)err;
	if (*r->value)
		strv_split(&r->spec->names, r->value, ',');
	return 0;
}

static int
read_compression(struct reading *r, struct error *err)
{
	if (strcmp(r->value, "estargz") == 0) {
		(void)refuse(
			err, "'%s' layers cannot be written yet", r->value);
		return error_hint(err, "gzip and zstd can");
	}
	if (codec_parse(r->value, &r->spec->packing.codec, err) < 0)
		return error_kind(err, ERROR_REQUEST);
	r->spec->has_codec = true;
	return 0;
}

static int
read_level(struct reading *r, struct error *err)
{
	uint64_t level;

	if (num_parse(r->value, LEVEL_MAX, &level, NULL) < 0)
		return refuse(err, "'%s' is not a number up to 22", r->value);
	r->spec->packing.level = (int)level;
	return 0;
}

static int
read_force(struct reading *r, struct error *err)
{
	return read_bool(r, &r->spec->packing.force, err);
}

static int
read_push(struct reading *r, struct error *err)
{
	return read_bool(r, &r->spec->push, err);
}

static int
read_by_digest(struct reading *r, struct error *err)
{
	return read_bool(r, &r->spec->by_digest, err);
}

static int
read_insecure(struct reading *r, struct error *err)
{
	return read_bool(r, &r->spec->plain_http, err);
}

static int
read_oci_types(struct reading *r, struct error *err)
{
	bool oci = true;
	int result = read_bool(r, &oci, err);

	r->spec->docker_types = !oci;
	return result;
}

static int
read_tar(struct reading *r, struct error *err)
{
	bool is_tar = true;
	int result = read_bool(r, &is_tar, err);

	r->spec->is_dir = !is_tar;
	return result;
}

static int
read_split(struct reading *r, struct error *err)
{
	bool splits = true;
	int result = read_bool(r, &splits, err);

	r->spec->splits = splits;
	return result;
}

static int
read_mode(struct reading *r, struct error *err)
{
	if (strcmp(r->value, "copy") != 0 && strcmp(r->value, "delete") != 0)
		return refuse(err, "'%s' is neither copy nor delete", r->value);
	r->spec->deletes = *r->value == 'd';
	return 0;
}

static int
read_rewrite(struct reading *r, struct error *err)
{
	return read_bool(r, &r->spec->clamps_times, err);
}

static int
read_epoch(struct reading *r, struct error *err)
{
	(void)err;
	free(r->spec->epoch);
	r->spec->epoch = mem_strdup(r->value);
	return 0;
}

/* What is for another builder's store, or for what we do not write. */
static int
pass_over(struct reading *r, struct error *err)
{
	(void)err;
	log_warning("output attribute '%s' is ignored", r->name);
	return 0;
}

static const struct {
	const char *name;
	int (*read)(struct reading *r, struct error *err);
} attributes[] = {
	{ "type", read_type },
	{ "dest", read_dest },
	{ "name", read_names },
	{ "push", read_push },
	{ "push-by-digest", read_by_digest },
	{ "registry.insecure", read_insecure },
	{ "compression", read_compression },
	{ "compression-level", read_level },
	{ "force-compression", read_force },
	{ "oci-mediatypes", read_oci_types },
	{ "tar", read_tar },
	{ "platform-split", read_split },
	{ "mode", read_mode },
	{ "rewrite-timestamp", read_rewrite },
	{ "source-date-epoch", read_epoch },
	{ "store", pass_over },
	{ "unpack", pass_over },
	{ "dangling-name-prefix", pass_over },
	{ "name-canonical", pass_over },
	{ "prefer-nondist-layers", pass_over },
	{ "attestation-inline", pass_over },
	{ "attestation-prefix", pass_over },
	{ "oci-artifact", pass_over },
	{ "context", pass_over },
};

static int
read_attribute(struct reading *r, struct error *err)
{
	const char *names[ARRAY_SIZE(attributes)];
	const char *near;

	for (size_t n = 0; n < ARRAY_SIZE(attributes); n++) {
		names[n] = attributes[n].name;
		if (strcmp(r->name, attributes[n].name) != 0)
			continue;
		if (attributes[n].read(r, err) < 0)
			return error_wrap(err, "'%s'", r->name);
		return 0;
	}
	if (strncmp(r->name, "annotation", 10) == 0)
		return annotations_add_attribute(
			r->annotations, r->name, r->value, err);
	(void)refuse(err, "attribute '%s' is not known", r->name);
	near = cli_nearest(r->name, names, ARRAY_SIZE(names));
	return near ? error_hint(err, "did you mean '%s'?", near) : -err->code;
}

/* A type that makes a file must be told which. */
static int
check(const struct output_spec *o, struct error *err)
{
	bool is_archive = o->kind == OUTPUT_OCI || o->kind == OUTPUT_DOCKER;
	bool is_dir = o->kind == OUTPUT_LOCAL || (is_archive && o->is_dir);

	if (o->kind == OUTPUT_IMAGE && o->dest)
		return refuse(err, "an image has no dest '%s'", o->dest);
	if (is_dir && (!o->dest || strcmp(o->dest, "-") == 0))
		return refuse(err, "%s needs dest=DIR",
			o->kind == OUTPUT_LOCAL ? "type=local" : "tar=false");
	if (!o->dest && o->kind == OUTPUT_OCI)
		return refuse(err, "%s needs dest=FILE", "type=oci");
	if (o->docker_types && o->kind == OUTPUT_OCI)
		return refuse(err, "%s has OCI media types", "type=oci");
	return 0;
}

static int
read_fields(const struct strv *fields, struct reading *r, struct error *err)
{
	for (size_t n = 0; n < fields->count; n++) {
		const char *item = fields->items[n];
		size_t len = strcspn(item, "=");
		autofree char *name = mem_strndup(item, len);

		if (!item[len] && strcmp(name, "push") != 0)
			return refuse(err, "'%s' is not NAME=VALUE", item);
		r->name = name;
		r->value = item[len] ? item + len + 1 : "";
		if (read_attribute(r, err) < 0)
			return -err->code;
	}
	return 0;
}

/* A path, as every option takes one. */
static bool
parse_short(const char *text, struct output_spec *ret)
{
	if (strchr(text, '=') || strchr(text, ','))
		return false;
	ret->kind = strcmp(text, "-") == 0 ? OUTPUT_TAR : OUTPUT_LOCAL;
	ret->dest = mem_strdup(text);
	return true;
}

int
output_spec_parse(const char *text, struct output_spec *ret,
	struct annotations *annotations, struct error *err)
{
	cleanup_value(output_spec_release) struct output_spec spec = {
		.splits = -1,
	};
	cleanup_value(strv_release) struct strv fields = { 0 };
	struct reading reading = { .spec = &spec, .annotations = annotations };
	int r = 0;

	if (!parse_short(text, &spec)) {
		r = csv_split(text, &fields, err);
		if (r == 0)
			r = read_fields(&fields, &reading, err);
	}
	/* type=tar goes to standard output, as docker's does. */
	if (r == 0 && spec.kind == OUTPUT_TAR && !spec.dest)
		spec.dest = mem_strdup("-");
	if (r == 0)
		r = check(&spec, err);
	if (r < 0) {
		(void)error_wrap(err, "--output");
		return error_kind(err, ERROR_REQUEST);
	}
	*ret = spec;
	spec = (struct output_spec){ 0 };
	return 0;
}

/* As buildah names where an image goes to. */
static const struct {
	const char *prefix;
	enum output_kind kind;
	bool is_dir, push;
} transports[] = {
	{ "oci-archive:", OUTPUT_OCI, false, false },
	{ "docker-archive:", OUTPUT_DOCKER, false, false },
	{ "oci:", OUTPUT_OCI, true, false },
	{ "docker://", OUTPUT_IMAGE, false, true },
};

/* "PATH[:NAME]" */
static void
split_path(const char *text, struct output_spec *ret)
{
	size_t len = strcspn(text, ":");

	ret->dest = mem_strndup(text, len);
	if (text[len] && text[len + 1])
		strv_add(&ret->names, text + len + 1);
}

int
output_spec_of_tag(const char *text, struct output_spec *ret, struct error *err)
{
	struct output_spec spec = { .splits = -1 };

	for (size_t n = 0; n < ARRAY_SIZE(transports); n++) {
		size_t len = strlen(transports[n].prefix);
		const char *rest = text + len;

		if (strncmp(text, transports[n].prefix, len) != 0)
			continue;
		/* "oci:latest" is somebody's image. */
		if (len == strlen("oci:") && !strpbrk(rest, ":/"))
			return 0;
		if (!*rest)
			return refuse(err, "--tag: '%s' names nothing", text);
		spec.kind = transports[n].kind;
		spec.is_dir = transports[n].is_dir;
		spec.push = transports[n].push;
		if (spec.push)
			strv_add(&spec.names, rest);
		else
			split_path(rest, &spec);
		*ret = spec;
		return 1;
	}
	return 0;
}

bool
output_spec_takes_stdout(const struct output_spec *o)
{
	return o->dest && strcmp(o->dest, "-") == 0;
}
