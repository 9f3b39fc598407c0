/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/roster.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

#define INDEX_MAX MiB(4)
#define ENTRIES_MAX 1000

void
roster_init(struct image_index *ret)
{
	*ret = (struct image_index){
		.media_type = mem_strdup(MEDIA_OCI_INDEX),
	};
}

static int
read_document(struct store *s, const struct digest *what, struct buf *text,
	enum manifest_kind *ret, struct error *err)
{
	int r = store_read_blob(s, what, text, err);

	return r < 0
		? r
		: manifest_detect(buf_text(text), text->len, NULL, ret, err);
}

int
roster_load(struct store *s, const struct ref *ref, struct image_index *ret,
	struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *name = ref_format_short(ref);
	enum manifest_kind kind;
	struct digest what;
	int r;

	r = store_ref_get(s, ref, &what, err);
	if (r == 0)
		r = read_document(s, &what, &text, &kind, err);
	if (r == 0 && kind != MANIFEST_INDEX)
		r = error_set(err, EINVAL, "'%s' is one image, no list", name);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	return image_index_parse(buf_text(&text), text.len, ret, err);
}

int
roster_save(struct store *s, const struct ref *ref, const struct image_index *i,
	struct digest *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	buf_init(&text, INDEX_MAX);
	image_index_format(i, &text);
	r = buf_check(&text, "manifest list", err);
	if (r == 0)
		r = store_write_blob(s, buf_text(&text), text.len, ret, err);
	if (r == 0)
		r = store_sync(s, err);
	return r < 0 ? r : store_ref_set(s, ref, ret, err);
}

static bool
has(const struct image_index *i, const struct digest *what)
{
	return roster_find(i, what, &(size_t){ 0 }, NULL) == 0;
}

/* `d` is taken over. */
static int
append(struct image_index *i, struct descriptor *d, struct error *err)
{
	if (has(i, &d->digest)) {
		descriptor_release(d);
		return 0;
	}
	if (i->count == ENTRIES_MAX) {
		descriptor_release(d);
		return error_set(err, E2BIG, "the list has %d images already",
			ENTRIES_MAX);
	}
	i->manifests =
		mem_resize(i->manifests, i->count + 1, sizeof(*i->manifests));
	i->manifests[i->count++] = *d;
	return 0;
}

static int
append_image(struct store *s, struct image_index *i, const struct digest *what,
	size_t size, struct error *err)
{
	cleanup(image_free) struct image *image = NULL;
	struct descriptor d;
	int r;

	r = image_load(s, what, NULL, &image, err);
	if (r < 0)
		return r;
	descriptor_init(&d, image_manifest(image)->media_type, what, size);
	d.platform = image_platform(image);
	return append(i, &d, err);
}

static int
append_all(struct image_index *i, const struct buf *text, struct error *err)
{
	cleanup_value(image_index_release) struct image_index from = { 0 };
	int r;

	r = image_index_parse(buf_text(text), text->len, &from, err);
	for (size_t n = 0; r == 0 && n < from.count; n++) {
		struct descriptor d;

		descriptor_copy(&from.manifests[n], &d);
		r = append(i, &d, err);
	}
	return r;
}

int
roster_add(struct store *s, struct image_index *i, const struct digest *what,
	struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	enum manifest_kind kind;
	int r;

	r = read_document(s, what, &text, &kind, err);
	if (r < 0)
		return r;
	return kind == MANIFEST_INDEX ? append_all(i, &text, err)
				      : append_image(s, i, what, text.len, err);
}

int
roster_find(const struct image_index *i, const struct digest *what, size_t *ret,
	struct error *err)
{
	char digest[DIGEST_TEXT_SIZE];

	for (size_t n = 0; n < i->count; n++) {
		if (!digest_equal(&i->manifests[n].digest, what))
			continue;
		*ret = n;
		return 0;
	}
	(void)error_set(err, ENOENT, "the list has no '%s'",
		digest_format(what, digest));
	return error_kind(err, ERROR_REQUEST);
}

void
roster_remove(struct image_index *i, size_t at)
{
	descriptor_release(&i->manifests[at]);
	i->count--;
	for (size_t n = at; n < i->count; n++)
		i->manifests[n] = i->manifests[n + 1];
}

static void
set_platform(struct descriptor *d, const struct roster_words *w)
{
	const struct {
		const char *name, *value;
	} members[] = {
		{ "architecture", w->architecture },
		{ "os", w->os },
		{ "os.version", w->os_version },
		{ "variant", w->variant },
	};

	if (!d->platform)
		d->platform = json_new_object();
	for (size_t n = 0; n < ARRAY_SIZE(members); n++) {
		if (members[n].value)
			json_set_text(
				d->platform, members[n].name, members[n].value);
	}
	if (w->os_features.count)
		json_set(d->platform, "os.features",
			json_new_list(&w->os_features));
}

int
roster_annotate(struct image_index *i, size_t at,
	const struct roster_words *words, struct error *err)
{
	struct descriptor *d = &i->manifests[at];

	set_platform(d, words);
	for (size_t n = 0; n < words->annotations.count; n++) {
		const char *text = words->annotations.items[n];
		size_t len = strcspn(text, "=");
		autofree char *name = mem_strndup(text, len);

		if (len == 0 || !text[len]) {
			(void)error_set(err, EINVAL,
				"an annotation is NAME=VALUE, not '%s'", text);
			return error_kind(err, ERROR_REQUEST);
		}
		if (!d->annotations)
			d->annotations = json_new_object();
		json_set_text(d->annotations, name, text + len + 1);
	}
	return 0;
}
