/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "oci/archive-index.h"
#include "oci/blob.h"
#include "oci/tar.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/outfile.h"
#include "util/path.h"

#define DOCUMENT_MAX MiB(8)
#define BLOBS "blobs/sha256"

/* What an archive consists of, apart from where it is written. */
struct contents {
	struct store *store;
	struct strv blobs; /* hex */
	struct buf index;
	struct buf manifests; /* empty: there is none */
};

void
archive_image_release(struct archive_image *i)
{
	strv_release(&i->names);
	strv_release(&i->tags);
	json_free(i->annotations);
	*i = (struct archive_image){ 0 };
}

static void
contents_release(struct contents *c)
{
	strv_release(&c->blobs);
	buf_release(&c->index);
	buf_release(&c->manifests);
}

static int
contents_make(struct contents *c, struct store *s, enum archive_form form,
	const struct archive_image *images, size_t count,
	const struct json *there, struct error *err)
{
	int r;

	c->store = s;
	buf_init(&c->index, DOCUMENT_MAX);
	buf_init(&c->manifests, DOCUMENT_MAX);
	r = form == ARCHIVE_DOCKER
		? archive_format_manifests(s, images, count, &c->manifests, err)
		: 0;
	if (r == 0)
		r = archive_list_blobs(s, images, count, &c->blobs, err);
	return r < 0
		? r
		: archive_format_index(s, images, count, there, &c->index, err);
}

static int
open_blob(const struct contents *c, const char *hex, int *ret_fd,
	uint64_t *ret_size, struct error *err)
{
	struct digest d;
	int r;

	r = digest_parse_hex(hex, &d, err);
	if (r == 0)
		r = blob_open(c->store, &d, ret_fd, ret_size, err);
	return r < 0 ? error_wrap(err, "blob 'sha256:%s'", hex) : 0;
}

/* As a tar. */

static int
add_dir(struct tar_writer *w, const char *path, struct error *err)
{
	struct tar_entry e = {
		.kind = TAR_DIR,
		.path = (char *)path, /* only looked at */
		.mode = 0755,
	};

	return tar_writer_add(w, &e, err);
}

static int
begin_file(struct tar_writer *w, const char *path, uint64_t size,
	struct error *err)
{
	struct tar_entry e = {
		.kind = TAR_FILE,
		.path = (char *)path, /* only looked at */
		.mode = 0644,
		.size = size,
	};

	return tar_writer_add(w, &e, err);
}

static int
add_text(struct tar_writer *w, const char *path, const char *text, size_t len,
	struct error *err)
{
	int r;

	r = begin_file(w, path, len, err);
	return r < 0 ? r : tar_writer_data(w, text, len, err);
}

static int
add_blob(struct tar_writer *w, const struct contents *c, const char *hex,
	struct error *err)
{
	autofree char *path = path_join(BLOBS, hex);
	autoclose int fd = -1;
	uint64_t size;
	int r;

	r = open_blob(c, hex, &fd, &size, err);
	if (r == 0)
		r = begin_file(w, path, size, err);
	return r < 0 ? r : tar_writer_data_from(w, fd, err);
}

static int
add_all(struct tar_writer *w, const struct contents *c, struct error *err)
{
	int r;

	r = add_dir(w, "blobs", err);
	if (r == 0)
		r = add_dir(w, BLOBS, err);
	for (size_t n = 0; r == 0 && n < c->blobs.count; n++)
		r = add_blob(w, c, c->blobs.items[n], err);
	if (r == 0)
		r = add_text(w, "index.json", buf_text(&c->index), c->index.len,
			err);
	if (r == 0 && c->manifests.len)
		r = add_text(w, "manifest.json", buf_text(&c->manifests),
			c->manifests.len, err);
	if (r == 0)
		r = add_text(w, "oci-layout", ARCHIVE_LAYOUT,
			strlen(ARCHIVE_LAYOUT), err);
	return r < 0 ? r : tar_writer_end(w, err);
}

int
archive_write_tar(struct store *s, enum archive_form form,
	const struct archive_image *images, size_t count, struct sink *to,
	struct error *err)
{
	cleanup(tar_writer_free) struct tar_writer *w = tar_writer_new(to);
	cleanup_value(contents_release) struct contents c = { 0 };
	int r;

	r = contents_make(&c, s, form, images, count, NULL, err);
	return r < 0 ? r : add_all(w, &c, err);
}

/* As a directory. */

/* The entries of the layout that is there; NULL when there is none. */
static int
read_index(int dir_fd, struct json **ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup(json_free) struct json *j = NULL;
	int r;

	r = fs_read_file(dir_fd, "index.json", DOCUMENT_MAX, &text, err);
	if (r == -ENOENT) {
		error_release(err);
		return 0;
	}
	if (r == 0)
		r = json_parse(buf_text(&text), text.len, DOCUMENT_MAX,
			"index.json", &j, err);
	if (r == 0)
		*ret = json_copy(json_get(j, "manifests"));
	return r;
}

/* It appears whole, and only when it is not there. */
static int
copy_blob(const struct contents *c, int blobs_fd, const char *hex,
	struct error *err)
{
	autoclose int from = -1, to = -1;
	autofree char *name = NULL;
	uint64_t size;
	int r;

	r = fs_has(blobs_fd, hex, err);
	if (r != 0)
		return r < 0 ? r : 0;
	r = open_blob(c, hex, &from, &size, err);
	if (r == 0)
		r = fs_make_temp_file(blobs_fd, &name, &to, err);
	if (r < 0)
		return r;
	r = fs_copy_data(from, to, UINT64_MAX, &size, err);
	if (r == 0 &&
		(fchmod(to, 0644) < 0 ||
			renameat(blobs_fd, name, blobs_fd, hex) < 0))
		r = error_errno(err, "cannot write blob '%s'", hex);
	if (r < 0)
		(void)unlinkat(blobs_fd, name, 0);
	return r;
}

static int
fill_dir(const struct contents *c, int dir_fd, struct error *err)
{
	autoclose int blobs_fd = -1;
	int r;

	r = fs_make_dirs(dir_fd, BLOBS, 0755, &blobs_fd, err);
	for (size_t n = 0; r == 0 && n < c->blobs.count; n++)
		r = copy_blob(c, blobs_fd, c->blobs.items[n], err);
	if (r == 0)
		r = fs_publish(dir_fd, dir_fd, "oci-layout", ARCHIVE_LAYOUT,
			strlen(ARCHIVE_LAYOUT), 0644, err);
	if (r == 0 && c->manifests.len)
		r = fs_publish(dir_fd, dir_fd, "manifest.json",
			buf_text(&c->manifests), c->manifests.len, 0644, err);
	/* Last: it names what is there. */
	return r < 0 ? r
		     : fs_publish(dir_fd, dir_fd, "index.json",
			       buf_text(&c->index), c->index.len, 0644, err);
}

int
archive_write_dir(struct store *s, enum archive_form form,
	const struct archive_image *images, size_t count, const char *path,
	struct error *err)
{
	cleanup_value(contents_release) struct contents c = { 0 };
	cleanup(json_free) struct json *there = NULL;
	autoclose int dir_fd = -1;
	int r;

	r = outfile_open_dir(path, &dir_fd, err);
	if (r == 0)
		r = read_index(dir_fd, &there, err);
	if (r == 0)
		r = contents_make(&c, s, form, images, count, there, err);
	if (r == 0)
		r = fill_dir(&c, dir_fd, err);
	if (r == 0)
		return 0;
	(void)error_wrap(err, "'%s'", path);
	return error_kind(err, ERROR_LOCAL);
}
