/* SPDX-License-Identifier: Apache-2.0 */
/* The files that tell of what was built. */
#include "builder/output-part.h"

#include <stdlib.h>
#include <string.h>

#include "oci/manifest.h"
#include "util/fs.h"
#include "util/json.h"
#include "util/mem.h"

#define METADATA_MAX MiB(1)

static int
describe_manifest(const struct buf *text, struct output_result *result,
	char **ret_type, struct error *err)
{
	cleanup_value(manifest_release) struct manifest m = { 0 };
	int r;

	r = manifest_parse(buf_text(text), text->len, &m, err);
	if (r < 0)
		return r;
	result->config = m.config.digest;
	*ret_type = take_ptr(&m.media_type);
	return 0;
}

static int
describe_index(const struct buf *text, char **ret_type, struct error *err)
{
	cleanup_value(image_index_release) struct image_index i = { 0 };
	int r;

	r = image_index_parse(buf_text(text), text->len, &i, err);
	if (r == 0)
		*ret_type = take_ptr(&i.media_type);
	return r;
}

/* What the document says of itself and its config. */
static int
describe(struct store *s, struct output_result *result, struct descriptor *ret,
	struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *type = NULL;
	enum manifest_kind kind;
	int r;

	r = store_read_blob(s, &result->manifest, &text, err);
	if (r == 0)
		r = manifest_detect(
			buf_text(&text), text.len, NULL, &kind, err);
	if (r == 0)
		r = kind == MANIFEST_INDEX
			? describe_index(&text, &type, err)
			: describe_manifest(&text, result, &type, err);
	if (r < 0)
		return r;
	result->size = text.len;
	descriptor_init(ret, type, &result->manifest, text.len);
	return 0;
}

static int
write_text(const char *path, const char *text, struct error *err)
{
	return path ? fs_publish_path(path, text, strlen(text), err) : 0;
}

static int
write_ids(const struct output_reports *to, const struct output_result *r,
	struct error *err)
{
	bool is_index = digest_is_none(&r->config);
	char text[DIGEST_TEXT_SIZE];
	int result;

	(void)digest_format(is_index ? &r->manifest : &r->config, text);
	result = write_text(to->iidfile, text, err);
	if (result == 0)
		result =
			write_text(to->iidfile_raw, strchr(text, ':') + 1, err);
	if (result == 0)
		result = write_text(
			to->digest, digest_format(&r->manifest, text), err);
	return result;
}

/* "name@digest" for each tag, each name once. */
static int
write_names(const struct output *o, const struct output_result *r,
	const char *path, bool with_tag, struct error *err)
{
	cleanup_value(strv_release) struct strv lines = { 0 };
	char digest[DIGEST_TEXT_SIZE];
	autofree char *text = NULL;

	if (!path)
		return 0;
	(void)digest_format(&r->manifest, digest);
	for (size_t n = 0; n < o->options->tag_count; n++) {
		const struct ref *tag = &o->options->tags[n];
		autofree char *name =
			with_tag ? ref_format(tag) : ref_format_name(tag);
		autofree char *line = mem_printf("%s@%s", name, digest);

		if (!strv_has(&lines, line))
			strv_add(&lines, line);
	}
	if (lines.count)
		strv_add(&lines, "");
	text = strv_join(&lines, "\n");
	return write_text(path, text, err);
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
write_metadata(const struct output *o, const struct output_result *r,
	const struct descriptor *d, struct error *err)
{
	cleanup(json_free) struct json *j = json_new_object();
	cleanup_value(buf_release) struct buf text = { 0 };
	char digest[DIGEST_TEXT_SIZE];

	if (!o->options->reports.metadata)
		return 0;
	if (!digest_is_none(&r->config))
		json_set_text(j, "containerimage.config.digest",
			digest_format(&r->config, digest));
	json_set(j, "containerimage.descriptor", descriptor_format(d));
	json_set_text(j, "containerimage.digest",
		digest_format(&r->manifest, digest));
	if (o->options->tag_count)
		json_set(j, "image.name", names_of(o->options));
	buf_init(&text, METADATA_MAX);
	json_format_pretty(j, &text);
	buf_addc(&text, '\n');
	return fs_publish_path(
		o->options->reports.metadata, buf_text(&text), text.len, err);
}

int
output_report(
	const struct output *o, struct output_result *result, struct error *err)
{
	const struct output_reports *to = &o->options->reports;
	cleanup_value(descriptor_release) struct descriptor d = { 0 };
	int r;

	r = describe(o->store, result, &d, err);
	if (r == 0)
		r = write_ids(to, result, err);
	if (r == 0)
		r = write_names(o, result, to->name_digest, false, err);
	if (r == 0)
		r = write_names(o, result, to->name_tag_digest, true, err);
	return r < 0 ? r : write_metadata(o, result, &d, err);
}
