/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/manifest.h"

#include <errno.h>
#include <string.h>

#include "util/mem.h"

/* distribution-spec asks registries to take 4 MiB, ours stores no more. */
#define MANIFEST_MAX MiB(4)
#define LAYERS_MAX 10000
#define INDEX_MAX 10000

static const struct {
	const char *media_type;
	enum manifest_kind kind;
} kinds[] = {
	{ MEDIA_OCI_MANIFEST, MANIFEST_IMAGE },
	{ MEDIA_OCI_INDEX, MANIFEST_INDEX },
	{ MEDIA_DOCKER_MANIFEST, MANIFEST_IMAGE },
	{ MEDIA_DOCKER_LIST, MANIFEST_INDEX },
};

static bool
find_kind(const char *media_type, enum manifest_kind *ret)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(media_type, kinds[i].media_type) == 0) {
			*ret = kinds[i].kind;
			return true;
		}
	return false;
}

static int
parse_document(const char *text, size_t len, struct json **ret,
	struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	int64_t schema;
	int r;

	r = json_parse(text, len, MANIFEST_MAX, "manifest", &j, err);
	if (r < 0)
		return r;
	schema = json_get_number(j, "schemaVersion", 0);
	if (schema == 1)
		return error_set(err, EBADMSG,
			"manifest is of Docker's schema 1, which nobody writes since 2017");
	if (schema != 2)
		return error_set(err, EBADMSG,
			"manifest has no schemaVersion of 2");
	*ret = take_ptr(&j);
	return 0;
}

/* What its members say. One that could be read as both is an attack: two
 * readers would see two images (CVE-2021-41190). */
static int
kind_by_members(const struct json *j, enum manifest_kind *ret,
	struct error *err)
{
	bool index = json_get(j, "manifests");
	bool image = json_get(j, "layers") || json_get(j, "config");

	if (index && image)
		return error_set(err, EBADMSG,
			"manifest is both an image and an index");
	if (!index && !json_get(j, "config"))
		return error_set(err, EBADMSG,
			"manifest is neither an image nor an index");
	*ret = index ? MANIFEST_INDEX : MANIFEST_IMAGE;
	return 0;
}

static int
check_kind(const char *media_type, enum manifest_kind by_members,
	struct error *err)
{
	enum manifest_kind kind;

	if (!find_kind(media_type, &kind))
		return error_set(err, EBADMSG,
			"'%.100s' is not a media type of images", media_type);
	if (kind != by_members)
		return error_set(err, EBADMSG,
			"manifest of type '%s' has the members of another",
			media_type);
	return 0;
}

/* Content-Type without parameters; yours. */
static char *
bare_type(const char *content_type)
{
	return mem_strndup(content_type, strcspn(content_type, "; \t"));
}

static int
detect(const struct json *j, const char *content_type,
	enum manifest_kind *ret, struct error *err)
{
	const char *media_type = json_get_text(j, "mediaType");
	autofree char *type = content_type ? bare_type(content_type) : NULL;
	enum manifest_kind kind = MANIFEST_IMAGE;
	int r;

	r = kind_by_members(j, &kind, err);
	if (r == 0 && media_type)
		r = check_kind(media_type, kind, err);
	if (r == 0 && type)
		r = check_kind(type, kind, err);
	if (r < 0)
		return r;
	if (media_type && type && strcmp(media_type, type) != 0)
		return error_set(err, EBADMSG,
			"manifest came as '%s' but says it is '%s'", type,
			media_type);
	*ret = kind;
	return 0;
}

int
manifest_detect(const char *text, size_t len, const char *content_type,
	enum manifest_kind *ret, struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	int r;

	r = parse_document(text, len, &j, err);
	return r < 0 ? r : detect(j, content_type, ret, err);
}

/* The document, if it is of this kind. */
static int
parse_kind(const char *text, size_t len, enum manifest_kind want,
	struct json **ret, struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	enum manifest_kind kind;
	int r;

	r = parse_document(text, len, &j, err);
	if (r == 0)
		r = detect(j, NULL, &kind, err);
	if (r < 0)
		return r;
	if (kind != want)
		return error_set(err, EBADMSG, "manifest is %s",
			want == MANIFEST_INDEX ? "no index" : "an index");
	*ret = take_ptr(&j);
	return 0;
}

static char *
media_type_of(const struct json *j, const char *otherwise)
{
	const char *media_type = json_get_text(j, "mediaType");

	return mem_strdup(media_type ? media_type : otherwise);
}

static int
copy_annotations(const struct json *j, struct json **ret, struct error *err)
{
	const struct json *member = json_get(j, "annotations");

	if (member && json_kind(member) != JSON_OBJECT_)
		return error_set(err, EBADMSG,
			"manifest's 'annotations' is not an object");
	*ret = json_copy(member);
	return 0;
}

/* The array `name`; what was parsed is counted in `ret_count` also on failure,
 * so that the holder can release it. */
static int
parse_list(const struct json *j, const char *name, size_t max,
	struct descriptor **ret, size_t *ret_count, struct error *err)
{
	const struct json *list = json_get(j, name);
	size_t i, count = json_count(list);
	int r;

	if (list && json_kind(list) != JSON_ARRAY)
		return error_set(err, EBADMSG, "manifest's '%s' is no array",
			name);
	if (count > max)
		return error_set(err, EBADMSG, "manifest has %zu '%s'", count,
			name);
	*ret = mem_array(count ? count : 1, sizeof(**ret));
	for (i = 0; i < count; i++) {
		r = descriptor_parse(json_at(list, i), &(*ret)[i], err);
		if (r < 0)
			return error_wrap(err, "%s %zu", name, i + 1);
		*ret_count = i + 1;
	}
	return 0;
}

static int
parse_manifest(const struct json *j, struct manifest *m, struct error *err)
{
	int r;

	m->media_type = media_type_of(j, MEDIA_OCI_MANIFEST);
	r = descriptor_parse(json_get(j, "config"), &m->config, err);
	if (r < 0)
		return error_wrap(err, "config");
	r = parse_list(j, "layers", LAYERS_MAX, &m->layers, &m->layer_count,
		err);
	return r < 0 ? r : copy_annotations(j, &m->annotations, err);
}

int
manifest_parse(const char *text, size_t len, struct manifest *ret,
	struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	cleanup_value(manifest_release) struct manifest m = { 0 };
	int r;

	r = parse_kind(text, len, MANIFEST_IMAGE, &j, err);
	if (r == 0)
		r = parse_manifest(j, &m, err);
	if (r < 0)
		return r;
	*ret = m;
	m = (struct manifest){ 0 };
	return 0;
}

static void
release_list(struct descriptor *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		descriptor_release(&list[i]);
	free(list);
}

void
manifest_release(struct manifest *m)
{
	free(m->media_type);
	descriptor_release(&m->config);
	release_list(m->layers, m->layer_count);
	json_free(m->annotations);
	*m = (struct manifest){ 0 };
}

bool
manifest_is_image(const struct manifest *m)
{
	const char *type = m->config.media_type;

	return strcmp(type, MEDIA_OCI_CONFIG) == 0 ||
		strcmp(type, MEDIA_DOCKER_CONFIG) == 0;
}

int
image_index_parse(const char *text, size_t len, struct image_index *ret,
	struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	cleanup_value(image_index_release) struct image_index i = { 0 };
	int r;

	r = parse_kind(text, len, MANIFEST_INDEX, &j, err);
	if (r < 0)
		return r;
	i.media_type = media_type_of(j, MEDIA_OCI_INDEX);
	r = parse_list(j, "manifests", INDEX_MAX, &i.manifests, &i.count, err);
	if (r == 0)
		r = copy_annotations(j, &i.annotations, err);
	if (r < 0)
		return r;
	*ret = i;
	i = (struct image_index){ 0 };
	return 0;
}

void
image_index_release(struct image_index *i)
{
	free(i->media_type);
	release_list(i->manifests, i->count);
	json_free(i->annotations);
	*i = (struct image_index){ 0 };
}
