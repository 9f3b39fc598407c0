/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/gc-mark.h"

#include <errno.h>
#include <string.h>

#include "oci/config.h"
#include "oci/manifest.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"

#define STEP_MAX MiB(32)
#define LINE_MAX_BYTES 4096
#define NAMES_MAX 10000000

void
marks_init(struct marks *m)
{
	m->blobs = map_new(NULL);
	m->diff_ids = map_new(NULL);
}

void
marks_release(struct marks *m)
{
	map_free(m->blobs);
	map_free(m->diff_ids);
	*m = (struct marks){ 0 };
}

bool
marks_has(const struct map *set, const char *name)
{
	char hex[DIGEST_HEX_SIZE] = "";

	memcpy(hex, name, strnlen(name, sizeof(hex) - 1));
	return map_has(set, hex);
}

/* False when it was marked before. */
static bool
add(struct map *set, const struct digest *d)
{
	char hex[DIGEST_HEX_SIZE];

	if (map_has(set, digest_format_hex(d, hex)))
		return false;
	map_set(set, hex, set);
	return true;
}

static int
add_config(struct marks *m, const struct buf *text, struct error *err)
{
	cleanup(config_free) struct config *config = NULL;
	autofree struct digest *ids = NULL;
	size_t i, count;
	int r;

	r = config_parse(buf_text(text), text->len, &config, err);
	if (r == 0)
		r = config_diff_ids(config, &ids, &count, err);
	for (i = 0; r == 0 && i < count; i++)
		(void)add(m->diff_ids, &ids[i]);
	return r;
}

static int
add_image(struct marks *m, struct store *s, const struct buf *text,
	struct error *err)
{
	cleanup_value(manifest_release) struct manifest image = { 0 };
	cleanup_value(buf_release) struct buf config = { 0 };
	size_t i;
	int r;

	r = manifest_parse(buf_text(text), text->len, &image, err);
	if (r < 0)
		return r;
	for (i = 0; i < image.layer_count; i++)
		(void)add(m->blobs, &image.layers[i].digest);
	if (!add(m->blobs, &image.config.digest) || !manifest_is_image(&image))
		return 0;
	r = store_read_blob(s, &image.config.digest, &config, err);
	return r < 0 ? r : add_config(m, &config, err);
}

static int add_manifest(struct marks *m, struct store *s,
	const struct digest *d, struct error *err);

/* What an index names need not be here. */
static int
add_index(struct marks *m, struct store *s, const struct buf *text,
	struct error *err)
{
	cleanup_value(image_index_release) struct image_index index = { 0 };
	size_t i;
	int r;

	r = image_index_parse(buf_text(text), text->len, &index, err);
	for (i = 0; r == 0 && i < index.count; i++) {
		r = add_manifest(m, s, &index.manifests[i].digest, err);
		if (r == -ENOENT)
			r = 0;
	}
	return r;
}

/* Recursion ends: digests cannot form a cycle, and each is marked once. */
static int
add_manifest(struct marks *m, struct store *s, const struct digest *d,
	struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	enum manifest_kind kind;
	int r;

	if (!add(m->blobs, d))
		return 0;
	r = store_read_blob(s, d, &text, err);
	if (r == 0)
		r = manifest_detect(buf_text(&text), text.len, NULL, &kind,
			err);
	if (r < 0)
		return r;
	return kind == MANIFEST_INDEX ? add_index(m, s, &text, err)
				      : add_image(m, s, &text, err);
}

static int
add_ref(struct marks *m, struct store *s, const char *text, struct error *err)
{
	autoerror why = { 0 };
	autoref ref = { 0 };
	struct digest d;
	int r;

	r = ref_parse(text, &ref, &why);
	if (r == 0)
		r = store_ref_get(s, &ref, &d, &why);
	if (r == 0)
		r = add_manifest(m, s, &d, &why);
	if (r == 0)
		return 0;
	if (r != -ENOENT && r != -EBADMSG && r != -EINVAL) {
		(void)error_wrap(&why, "tag '%s'", text);
		return error_move(err, &why);
	}
	log_warning("tag '%s': %s", text, why.text);
	return 0;
}

int
marks_add_refs(struct marks *m, struct store *s, struct error *err)
{
	cleanup_value(strv_release) struct strv refs = { 0 };
	size_t i;
	int r;

	r = store_ref_list(s, &refs, err);
	for (i = 0; r == 0 && i < refs.count; i++)
		r = add_ref(m, s, refs.items[i], err);
	return r;
}

int
marks_add_step(struct marks *m, struct store *s, const char *name,
	struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	cleanup_value(buf_release) struct buf text = { 0 };
	struct digest diff_id;
	const char *layer;
	int fd, r;

	fd = store_dir_fd(s, STORE_STEPS, err);
	if (fd < 0)
		return fd;
	r = fs_read_file(fd, name, STEP_MAX, &text, err);
	if (r < 0)
		return r;
	if (json_parse(buf_text(&text), text.len, STEP_MAX, name, &j,
			NULL) < 0)
		return 0;
	layer = json_get_text(json_get(j, "layer"), "diff_id");
	if (layer && digest_parse(layer, &diff_id, NULL) == 0) {
		(void)add(m->diff_ids, &diff_id);
		/* A layer made here may exist as a tar only. */
		(void)add(m->blobs, &diff_id);
	}
	return 0;
}

/* packed/<diff id>.<codec>: one line that begins with the blob's digest. */
static void
add_packed(struct marks *m, int dir_fd, const char *name)
{
	cleanup_value(buf_release) struct buf line = { 0 };
	struct digest blob;

	if (fs_read_file(dir_fd, name, LINE_MAX_BYTES, &line, NULL) < 0 ||
		!line.data)
		return;
	line.data[strcspn(line.data, " \n")] = '\0';
	if (digest_parse(line.data, &blob, NULL) == 0)
		(void)add(m->blobs, &blob);
}

int
marks_add_packed(struct marks *m, struct store *s, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	size_t i;
	int fd, r;

	fd = store_dir_fd(s, STORE_PACKED, err);
	if (fd < 0)
		return fd;
	r = fs_list(fd, NAMES_MAX, &names, err);
	for (i = 0; r == 0 && i < names.count; i++)
		if (marks_has(m->diff_ids, names.items[i]))
			add_packed(m, fd, names.items[i]);
	return r;
}
