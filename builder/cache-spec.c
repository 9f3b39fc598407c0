/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/cache-spec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "oci/compress.h"
#include "util/csv.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/scope.h"
#include "util/strv.h"

#define LEVEL_MAX 22

void
cache_spec_release(struct cache_spec *c)
{
	free(c->place);
	free(c->tag);
	*c = (struct cache_spec){ 0 };
}

static int
refuse(struct error *err, const char *format, const char *text)
{
	(void)error_set(err, EINVAL, format, text);
	return error_kind(err, ERROR_REQUEST);
}

static int
read_bool(const char *value, bool *ret, struct error *err)
{
	if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
		return refuse(err, "'%s' is neither true nor false", value);
	*ret = *value == 't';
	return 0;
}

static int
read_type(struct cache_spec *c, const char *value, struct error *err)
{
	static const char *const kinds[] = {
		[CACHE_REGISTRY] = "registry",
		[CACHE_LOCAL] = "local",
		[CACHE_INLINE] = "inline",
	};

	for (size_t n = 0; n < ARRAY_SIZE(kinds); n++) {
		if (strcmp(value, kinds[n]) == 0) {
			c->kind = (enum cache_kind)n;
			return 0;
		}
	}
	(void)refuse(err, "cache type '%s' is not supported", value);
	return error_hint(err, "types are registry, local and inline");
}

static int
read_place(struct cache_spec *c, const char *value, struct error *err)
{
	(void)err;
	free(c->place);
	c->place = mem_strdup(value);
	return 0;
}

static int
read_tag(struct cache_spec *c, const char *value, struct error *err)
{
	(void)err;
	free(c->tag);
	c->tag = mem_strdup(value);
	return 0;
}

static int
read_mode(struct cache_spec *c, const char *value, struct error *err)
{
	if (strcmp(value, "min") != 0 && strcmp(value, "max") != 0)
		return refuse(err, "'%s' is neither min nor max", value);
	c->all_stages = value[1] == 'a';
	return 0;
}

static int
read_compression(struct cache_spec *c, const char *value, struct error *err)
{
	c->has_codec = true;
	return codec_parse(value, &c->packing.codec, err);
}

static int
read_level(struct cache_spec *c, const char *value, struct error *err)
{
	uint64_t level;

	if (num_parse(value, LEVEL_MAX, &level, NULL) < 0)
		return refuse(err, "'%s' is not a number up to 22", value);
	c->packing.level = (int)level;
	return 0;
}

static int
read_force(struct cache_spec *c, const char *value, struct error *err)
{
	return read_bool(value, &c->packing.force, err);
}

static int
read_ignore(struct cache_spec *c, const char *value, struct error *err)
{
	return read_bool(value, &c->ignores_errors, err);
}

/* A cache of ours is an image with OCI types, always. */
static int
pass_over(struct cache_spec *c, const char *value, struct error *err)
{
	(void)c;
	(void)value;
	(void)err;
	return 0;
}

static const struct {
	const char *name;
	int (*read)(struct cache_spec *c, const char *value, struct error *err);
} attributes[] = {
	{ "type", read_type },
	{ "ref", read_place },
	{ "src", read_place },
	{ "dest", read_place },
	{ "tag", read_tag },
	{ "mode", read_mode },
	{ "compression", read_compression },
	{ "compression-level", read_level },
	{ "force-compression", read_force },
	{ "ignore-error", read_ignore },
	{ "image-manifest", pass_over },
	{ "oci-mediatypes", pass_over },
	{ "digest", pass_over },
	{ "reset", pass_over },
};

static int
read_field(struct cache_spec *c, const char *item, struct error *err)
{
	size_t len = strcspn(item, "=");

	if (!item[len])
		return refuse(err, "'%s' is not NAME=VALUE", item);
	for (size_t n = 0; n < ARRAY_SIZE(attributes); n++) {
		if (strncmp(item, attributes[n].name, len) == 0 &&
			!attributes[n].name[len])
			return attributes[n].read(c, item + len + 1, err);
	}
	return refuse(err, "attribute '%s' is not known", item);
}

static int
read_fields(struct cache_spec *c, const char *text, struct error *err)
{
	cleanup_value(strv_release) struct strv fields = { 0 };
	int r;

	if (!strchr(text, '='))
		return read_place(c, text, err);
	r = csv_split(text, &fields, err);
	for (size_t n = 0; r == 0 && n < fields.count; n++)
		r = read_field(c, fields.items[n], err);
	return r;
}

static int
check(const struct cache_spec *c, bool is_export, struct error *err)
{
	if (c->kind == CACHE_INLINE)
		return is_export
			? 0
			: refuse(err,
				  "%s is what --cache-from type=registry reads",
				  "type=inline");
	if (!c->place || !*c->place)
		return refuse(err, "it does not say %s",
			c->kind == CACHE_REGISTRY ? "ref=REFERENCE"
				: is_export	  ? "dest=DIR"
						  : "src=DIR");
	return 0;
}

int
cache_spec_parse(const char *text, bool is_export, struct cache_spec *ret,
	struct error *err)
{
	cleanup_value(cache_spec_release) struct cache_spec c = { 0 };
	int r;

	r = read_fields(&c, text, err);
	if (r == 0)
		r = check(&c, is_export, err);
	if (r < 0) {
		(void)error_wrap(err, "--cache-%s '%s'",
			is_export ? "to" : "from", text);
		return error_kind(err, ERROR_REQUEST);
	}
	if (!c.has_codec)
		c.packing.codec = CODEC_GZIP;
	*ret = c;
	c = (struct cache_spec){ 0 };
	return 0;
}
