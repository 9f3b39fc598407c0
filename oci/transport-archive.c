/* SPDX-License-Identifier: Apache-2.0 */
/* Images out of archives, and into them. */
#include "oci/transport.h"

#include <errno.h>
#include <fcntl.h>

#include "oci/archive-index.h"
#include "oci/archive.h"
#include "util/outfile.h"

static int
read_archive(struct store *s, const struct transport *from,
	struct archive_content *ret, struct error *err)
{
	cleanup(source_free) struct source *bytes = NULL;
	autoclose int fd = -1;
	int r;

	if (from->kind == TRANSPORT_OCI_DIR) {
		r = archive_read_dir(s, from->path, ret, err);
	} else {
		fd = open(from->path, O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			(void)error_errno(err, "cannot open '%s'", from->path);
			return error_kind(err, ERROR_LOCAL);
		}
		bytes = source_from_fd(fd);
		r = archive_read_tar(s, bytes, ret, err);
	}
	if (r == 0)
		return 0;
	(void)error_wrap(err, "'%s'", from->path);
	return error_kind(err, ERROR_LOCAL);
}

static bool
is_called(const struct archive_image *i, const char *name)
{
	autofree char *whole = NULL;
	autoref ref = { 0 };

	if (strv_has(&i->tags, name))
		return true;
	if (ref_parse(name, &ref, NULL) < 0)
		return false;
	whole = ref_format(&ref);
	return strv_has(&i->names, whole);
}

static int
find_in_archive(const struct archive_content *content,
	const struct transport *from, struct digest *ret, struct error *err)
{
	for (size_t n = 0; n < content->count; n++) {
		const struct archive_image *i = &content->images[n];

		if (from->name ? is_called(i, from->name)
			       : content->count == 1) {
			*ret = i->what;
			return 0;
		}
	}
	if (from->name)
		(void)error_set(err, ENOENT, "'%s' has no image '%s'",
			from->path, from->name);
	else
		(void)error_set(err, ENOTUNIQ,
			"'%s' has %zu images: say which, with PATH:NAME",
			from->path, content->count);
	return error_kind(err, ERROR_LOCAL);
}

int
transport_read(struct store *s, const struct transport *from,
	struct digest *ret, struct error *err)
{
	cleanup_value(
		archive_content_release) struct archive_content content = { 0 };
	int r;

	r = read_archive(s, from, &content, err);
	return r < 0 ? r : find_in_archive(&content, from, ret, err);
}

/* The name as it is written, for OCI's; docker's are references. */
static int
name_image(
	const struct transport *to, struct archive_image *i, struct error *err)
{
	autoref ref = { 0 };
	int r;

	if (!to->name)
		return 0;
	if (to->kind != TRANSPORT_DOCKER_ARCHIVE) {
		i->annotations = json_new_object();
		json_set_text(i->annotations, ARCHIVE_REF_NAME, to->name);
		return 0;
	}
	r = ref_parse(to->name, &ref, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	strv_take(&i->names, ref_format(&ref));
	return 0;
}

static int
write_archive(struct store *s, const struct transport *to,
	const struct archive_image *i, struct error *err)
{
	cleanup(outfile_free) struct outfile *out = NULL;
	enum archive_form form = to->kind == TRANSPORT_DOCKER_ARCHIVE
		? ARCHIVE_DOCKER
		: ARCHIVE_OCI;
	int r;

	if (to->kind == TRANSPORT_OCI_DIR)
		return archive_write_dir(s, form, i, 1, to->path, err);
	r = outfile_begin(to->path, &out, err);
	if (r == 0)
		r = archive_write_tar(s, form, i, 1, outfile_sink(out), err);
	return r < 0 ? r : outfile_commit(out, err);
}

int
transport_write(struct store *s, const struct transport *to,
	const struct digest *what, struct error *err)
{
	cleanup_value(archive_image_release) struct archive_image i = {
		.what = *what
	};
	int r;

	r = name_image(to, &i, err);
	return r < 0 ? r : write_archive(s, to, &i, err);
}
