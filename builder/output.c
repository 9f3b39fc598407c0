/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "oci/manifest.h"
#include "util/fs.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/path.h"

#define METADATA_MAX MiB(1)

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

static int
set_tags(struct store *s, const struct digest *manifest,
	const struct output_options *o, struct error *err)
{
	for (size_t n = 0; n < o->tag_count; n++) {
		struct digest there;
		int r;

		/* A tag that says so already is not written again. */
		if (store_ref_get(s, &o->tags[n], &there, NULL) == 0 &&
			digest_equal(&there, manifest))
			continue;
		r = store_ref_set(s, &o->tags[n], manifest, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
push(struct store *s, const struct digest *manifest,
	const struct output_options *o, struct digest *ret, struct error *err)
{
	cleanup(transfer_free) struct transfer *t = NULL;
	int r;

	if (o->tag_count == 0) {
		(void)error_set(err, EINVAL, "--push needs a tag to push to");
		(void)error_hint(err, "name it with -t REGISTRY/NAME:TAG");
		return error_kind(err, ERROR_REQUEST);
	}
	r = transfer_open(s, o->transfer, &t, err);
	if (r < 0)
		return r;
	return transfer_push(
		t, manifest, o->tags, o->tag_count, o->codec, 0, ret, err);
}

/* What the manifest says of itself and its config. */
static int
describe(struct store *s, struct output_result *result, struct descriptor *ret,
	struct error *err)
{
	cleanup_value(manifest_release) struct manifest m = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	r = store_read_blob(s, &result->manifest, &text, err);
	if (r < 0)
		return r;
	r = manifest_parse(text.data, text.len, &m, err);
	if (r < 0)
		return r;
	result->config = m.config.digest;
	result->size = text.len;
	descriptor_init(ret, m.media_type, &result->manifest, text.len);
	return 0;
}

static int
write_iidfile(const struct output_options *o, const struct output_result *r,
	struct error *err)
{
	char text[DIGEST_TEXT_SIZE];

	if (!o->iidfile)
		return 0;
	(void)digest_format(&r->config, text);
	return fs_publish_path(o->iidfile, text, strlen(text), err);
}

static struct json *
names_of(const struct output_options *o)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	autofree char *joined = NULL;

	for (size_t n = 0; n < o->tag_count; n++)
		strv_take(&names, ref_format(&o->tags[n]));
	joined = strv_join(&names, ",");
	return json_new_text(joined);
}

/* The members that users of buildx parse. */
static int
write_metadata(const struct output_options *o, const struct output_result *r,
	const struct descriptor *d, struct error *err)
{
	cleanup(json_free) struct json *j = json_new_object();
	cleanup_value(buf_release) struct buf text = { 0 };
	char digest[DIGEST_TEXT_SIZE];

	if (!o->metadata_file)
		return 0;
	json_set_text(j, "containerimage.config.digest",
		digest_format(&r->config, digest));
	json_set(j, "containerimage.descriptor", descriptor_format(d));
	json_set_text(j, "containerimage.digest",
		digest_format(&r->manifest, digest));
	if (o->tag_count)
		json_set(j, "image.name", names_of(o));
	buf_init(&text, METADATA_MAX);
	json_format_pretty(j, &text);
	buf_addc(&text, '\n');
	return fs_publish_path(
		o->metadata_file, buf_text(&text), text.len, err);
}

int
output_write(struct store *s, const struct digest *manifest,
	const struct output_options *o, struct output_result *ret,
	struct error *err)
{
	cleanup_value(descriptor_release) struct descriptor d = { 0 };
	struct output_result result = { .manifest = *manifest };
	int r;

	r = set_tags(s, manifest, o, err);
	if (r < 0)
		return r;
	r = o->push ? push(s, manifest, o, &result.manifest, err) : 0;
	if (r < 0)
		return r;
	r = describe(s, &result, &d, err);
	if (r < 0)
		return r;
	r = write_iidfile(o, &result, err);
	if (r < 0)
		return r;
	r = write_metadata(o, &result, &d, err);
	if (r < 0)
		return r;
	*ret = result;
	return 0;
}
