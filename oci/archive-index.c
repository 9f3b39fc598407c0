/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/archive-index.h"

#include <errno.h>
#include <string.h>

#include "oci/manifest.h"
#include "util/map.h"
#include "util/mem.h"

#define DEPTH_MAX 4

static int add_document(struct store *s, const struct digest *d, unsigned depth,
	struct map *ret, struct error *err);

/* False when it was there before. */
static bool
add(struct map *m, const struct digest *d)
{
	char hex[DIGEST_HEX_SIZE];

	if (map_has(m, digest_format_hex(d, hex)))
		return false;
	map_set(m, hex, m);
	return true;
}

static int
add_manifest(const struct buf *text, struct map *ret, struct error *err)
{
	cleanup_value(manifest_release) struct manifest m = { 0 };
	int r;

	r = manifest_parse(buf_text(text), text->len, &m, err);
	if (r < 0)
		return r;
	(void)add(ret, &m.config.digest);
	for (size_t n = 0; n < m.layer_count; n++)
		(void)add(ret, &m.layers[n].digest);
	return 0;
}

static int
add_index(struct store *s, const struct buf *text, unsigned depth,
	struct map *ret, struct error *err)
{
	cleanup_value(image_index_release) struct image_index i = { 0 };
	int r;

	r = image_index_parse(buf_text(text), text->len, &i, err);
	for (size_t n = 0; r == 0 && n < i.count; n++)
		r = add_document(
			s, &i.manifests[n].digest, depth + 1, ret, err);
	return r;
}

static int
add_document(struct store *s, const struct digest *d, unsigned depth,
	struct map *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	enum manifest_kind kind;
	int r;

	if (depth > DEPTH_MAX)
		return error_set(err, ELOOP, "indexes are nested too deep");
	if (!add(ret, d))
		return 0;
	r = store_read_blob(s, d, &text, err);
	if (r == 0)
		r = manifest_detect(
			buf_text(&text), text.len, NULL, &kind, err);
	if (r < 0)
		return r;
	return kind == MANIFEST_INDEX ? add_index(s, &text, depth, ret, err)
				      : add_manifest(&text, ret, err);
}

int
archive_list_blobs(struct store *s, const struct archive_image *images,
	size_t count, struct strv *ret, struct error *err)
{
	cleanup(map_free) struct map *all = map_new(NULL);
	autofree const char **names = NULL;
	int r = 0;

	for (size_t n = 0; r == 0 && n < count; n++)
		r = add_document(s, &images[n].what, 0, all, err);
	if (r < 0)
		return r;
	names = map_names(all);
	for (size_t n = 0; n < map_count(all); n++)
		strv_add(ret, names[n]);
	return 0;
}

/* The tag alone, as everybody looks for it, unless two images have it. */
static const char *
ref_name(const struct archive_image *images, size_t count, const char *name)
{
	const char *tag = strrchr(name, ':');
	size_t same = 0;

	for (size_t n = 0; tag && n < count; n++) {
		for (size_t i = 0; i < images[n].names.count; i++) {
			const char *other =
				strrchr(images[n].names.items[i], ':');

			same += other && strcmp(other, tag) == 0;
		}
	}
	return tag && same == 1 && !strchr(tag, '/') ? tag + 1 : name;
}

static bool
is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

/* Is an entry of the same name among those that are written? What is there
 * may be anything. */
static bool
is_replaced(const struct json *entry, const struct json *written)
{
	const char *name =
		json_get_text(json_get(entry, "annotations"), ARCHIVE_REF_NAME);

	for (size_t n = 0; n < json_count(written); n++) {
		const struct json *other = json_at(written, n);
		const char *theirs = json_get_text(
			json_get(other, "annotations"), ARCHIVE_REF_NAME);

		if (is_same(name, theirs) &&
			(name || is_same(json_get_text(entry, "digest"),
					 json_get_text(other, "digest"))))
			return true;
	}
	return false;
}

static void
add_entry(struct json *to, const struct descriptor *d,
	const struct archive_image *i, const char *name, const char *short_name)
{
	struct json *entry = descriptor_format(d);
	struct json *annotations =
		i->annotations ? json_copy(i->annotations) : json_new_object();

	/* An image without a name may have one of the user's. */
	if (name) {
		json_set_text(annotations, ARCHIVE_NAME, name);
		json_set_text(annotations, ARCHIVE_REF_NAME, short_name);
	}
	if (json_count(annotations))
		json_set(entry, "annotations", annotations);
	else
		json_free(annotations);
	json_append(to, entry);
}

static int
describe(struct store *s, const struct digest *what, struct descriptor *ret,
	enum manifest_kind *ret_kind, struct buf *text, struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	const char *type;
	int r;

	r = store_read_blob(s, what, text, err);
	if (r == 0)
		r = manifest_detect(
			buf_text(text), text->len, NULL, ret_kind, err);
	if (r == 0)
		r = json_parse(
			buf_text(text), text->len, MiB(8), "manifest", &j, err);
	if (r < 0)
		return r;
	type = json_get_text(j, "mediaType");
	if (!type)
		type = *ret_kind == MANIFEST_INDEX ? MEDIA_OCI_INDEX
						   : MEDIA_OCI_MANIFEST;
	descriptor_init(ret, type, what, text->len);
	return 0;
}

static int
add_image(struct store *s, const struct archive_image *images, size_t count,
	size_t at, struct json *to, struct error *err)
{
	cleanup_value(descriptor_release) struct descriptor d = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	const struct archive_image *i = &images[at];
	enum manifest_kind kind;
	int r;

	r = describe(s, &i->what, &d, &kind, &text, err);
	if (r < 0)
		return r;
	if (i->names.count == 0)
		add_entry(to, &d, i, NULL, NULL);
	for (size_t n = 0; n < i->names.count; n++) {
		const char *name = i->names.items[n];

		add_entry(to, &d, i, name, ref_name(images, count, name));
	}
	return 0;
}

int
archive_format_index(struct store *s, const struct archive_image *images,
	size_t count, const struct json *there, struct buf *ret,
	struct error *err)
{
	cleanup(json_free) struct json *written = json_new_array();
	cleanup(json_free) struct json *index = json_new_object();
	struct json *all = json_new_array();
	int r = 0;

	json_set_number(index, "schemaVersion", 2);
	json_set_text(index, "mediaType", MEDIA_OCI_INDEX);
	json_set(index, "manifests", all);
	for (size_t n = 0; r == 0 && n < count; n++)
		r = add_image(s, images, count, n, written, err);
	if (r < 0)
		return r;
	for (size_t n = 0; n < json_count(there); n++) {
		if (!is_replaced(json_at(there, n), written))
			json_append(all, json_copy(json_at(there, n)));
	}
	for (size_t n = 0; n < json_count(written); n++)
		json_append(all, json_copy(json_at(written, n)));
	json_format(index, ret);
	return buf_check(ret, "index.json", err);
}

static char *
blob_path(const struct digest *d)
{
	char hex[DIGEST_HEX_SIZE];

	return mem_printf("blobs/sha256/%s", digest_format_hex(d, hex));
}

static struct json *
list_layers(const struct manifest *m)
{
	cleanup_value(strv_release) struct strv paths = { 0 };

	for (size_t n = 0; n < m->layer_count; n++)
		strv_take(&paths, blob_path(&m->layers[n].digest));
	return json_new_list(&paths);
}

static int
format_image(struct store *s, const struct archive_image *i, struct json *to,
	struct error *err)
{
	cleanup_value(descriptor_release) struct descriptor d = { 0 };
	cleanup_value(manifest_release) struct manifest m = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *config = NULL;
	enum manifest_kind kind;
	struct json *entry;
	int r;

	r = describe(s, &i->what, &d, &kind, &text, err);
	if (r == 0 && kind == MANIFEST_INDEX) {
		(void)error_set(err, ENOTSUP,
			"docker's archives cannot hold an image of several platforms");
		(void)error_hint(err,
			"choose one with --platform, or write an oci archive");
		r = error_kind(err, ERROR_REQUEST);
	}
	if (r == 0)
		r = manifest_parse(buf_text(&text), text.len, &m, err);
	if (r < 0)
		return r;
	entry = json_new_object();
	config = blob_path(&m.config.digest);
	json_set_text(entry, "Config", config);
	json_set(entry, "RepoTags", json_new_list(&i->names));
	json_set(entry, "Layers", list_layers(&m));
	json_append(to, entry);
	return 0;
}

int
archive_format_manifests(struct store *s, const struct archive_image *images,
	size_t count, struct buf *ret, struct error *err)
{
	cleanup(json_free) struct json *all = json_new_array();
	int r = 0;

	for (size_t n = 0; r == 0 && n < count; n++)
		r = format_image(s, &images[n], all, err);
	if (r < 0)
		return r;
	json_format(all, ret);
	return buf_check(ret, "manifest.json", err);
}
