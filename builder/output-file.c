/* SPDX-License-Identifier: Apache-2.0 */
/* The image in a file or directory, whole or its files only. */
#include "builder/output-part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "builder/export.h"
#include "oci/archive.h"
#include "oci/travel.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/outfile.h"
#include "util/path.h"

#define NAMES_MAX 10000000
#define PROVENANCE_FILE "provenance.json"

struct packer_options
output_packing(const struct output_spec *spec)
{
	struct packer_options packing = spec->packing;

	/* Who loads it here and now unpacks it at once. */
	if (!spec->has_codec)
		packing.codec =
			spec->kind == OUTPUT_DOCKER ? CODEC_NONE : CODEC_GZIP;
	return packing;
}

/* The spec's own names, else the tags. In a layout a name may be anything. */
static int
names_of(const struct output *o, const struct output_spec *spec,
	struct strv *ret, struct error *err)
{
	struct ref *refs = NULL;
	int r;

	for (size_t n = 0; !spec->names.count && n < o->options->tag_count; n++)
		strv_take(ret, ref_format(&o->options->tags[n]));
	if (spec->kind == OUTPUT_OCI && spec->is_dir) {
		strv_add_all(ret, &spec->names);
		return 0;
	}
	r = output_parse_tags(&spec->names, &refs, err);
	for (size_t n = 0; r == 0 && n < spec->names.count; n++) {
		strv_take(ret, ref_format(&refs[n]));
		ref_release(&refs[n]);
	}
	free(refs);
	return r;
}

static int
write_archive(struct output *o, const struct output_spec *spec,
	const struct archive_image *image, struct error *err)
{
	enum archive_form form =
		spec->kind == OUTPUT_DOCKER ? ARCHIVE_DOCKER : ARCHIVE_OCI;
	cleanup(outfile_free) struct outfile *out = NULL;
	int r;

	if (spec->is_dir)
		return archive_write_dir(
			o->store, form, image, 1, spec->dest, err);
	r = outfile_begin(spec->dest, &out, err);
	if (r == 0)
		r = archive_write_tar(
			o->store, form, image, 1, outfile_sink(out), err);
	return r < 0 ? r : outfile_commit(out, err);
}

/* Said of the image from outside it. */
static struct json *
outer_annotations(const struct output *o)
{
	bool is_index = o->count > 1 || o->options->wants_index;

	return annotations_at(o->options->annotations,
		is_index ? ANNOTATION_INDEX_DESCRIPTOR
			 : ANNOTATION_MANIFEST_DESCRIPTOR,
		is_index ? NULL : &o->images[0].platform);
}

int
output_write_archive(struct output *o, const struct output_spec *spec,
	struct digest *ret_travels, struct error *err)
{
	cleanup_value(archive_image_release) struct archive_image image = { 0 };
	const struct travel_options travel = {
		.packing = output_packing(spec),
		.family = spec->docker_types ? MEDIA_DOCKER : MEDIA_OCI,
		.progress = o->options->transfer->progress,
	};
	int r;

	r = names_of(o, spec, &image.names, err);
	if (r == 0)
		r = travel_make(o->store, &o->what, &travel, &image.what, err);
	if (r < 0)
		return r;
	image.annotations = outer_annotations(o);
	r = write_archive(o, spec, &image, err);
	if (r == 0)
		*ret_travels = image.what;
	return r;
}

/* The files. */

/* "linux_arm_v7" */
static char *
split_name(const struct platform *p)
{
	char *name = platform_format(p);

	for (char *c = name; *c; c++) {
		if (*c == '/')
			*c = '_';
	}
	return name;
}

static bool
splits(const struct output *o, const struct output_spec *spec)
{
	return spec->splits < 0 ? o->count > 1 : spec->splits > 0;
}

/* Of the files: the output's own epoch, else the build's. */
static int
epoch_of(const struct output *o, const struct output_spec *spec, int64_t *ret,
	struct error *err)
{
	uint64_t epoch;

	*ret = o->options->epoch;
	if (!spec->epoch || !*spec->epoch)
		return 0;
	if (num_parse(spec->epoch, INT64_MAX, &epoch, err) < 0)
		return error_kind(err, ERROR_REQUEST);
	*ret = (int64_t)epoch;
	return 0;
}

static int
add_dir(struct tar_writer *w, char *name, const struct export_options *e,
	struct error *err)
{
	const struct tar_entry entry = {
		.kind = TAR_DIR,
		.path = name,
		.mode = 0755,
		.mtime = e->epoch == INT64_MAX ? 0 : e->epoch,
	};

	return tar_writer_add(w, &entry, err);
}

/* Readable for who built it, as docker's. */
static int
add_provenance(struct output *o, const struct output_image *i,
	struct tar_writer *w, const struct export_options *e, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *path = NULL;
	struct tar_entry entry = { .kind = TAR_FILE, .mode = 0600 };
	int r;

	if (!output_attests(o->options))
		return 0;
	r = output_format_provenance(o, i, &text, err);
	if (r < 0)
		return r;
	entry.path = path = e->below ? path_join(e->below, PROVENANCE_FILE)
				     : mem_strdup(PROVENANCE_FILE);
	entry.mtime = e->epoch == INT64_MAX ? 0 : e->epoch;
	entry.size = text.len;
	r = tar_writer_add(w, &entry, err);
	return r < 0 ? r
		     : tar_writer_data(w, buf_text(&text), text.len, err);
}

static int
write_provenance(struct output *o, const struct output_image *i, int dir_fd,
	struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	if (!output_attests(o->options))
		return 0;
	r = output_format_provenance(o, i, &text, err);
	if (r == 0)
		r = fs_publish(dir_fd, dir_fd, PROVENANCE_FILE,
			buf_text(&text), text.len, 0600, err);
	return r < 0 ? error_kind(err, ERROR_LOCAL) : 0;
}

static int
add_files(struct output *o, const struct output_spec *spec,
	const struct output_image *i, struct tar_writer *w, struct error *err)
{
	struct export_options export = { 0 };
	autofree char *below = NULL;
	int r;

	r = epoch_of(o, spec, &export.epoch, err);
	if (r == 0 && splits(o, spec)) {
		export.below = below = split_name(&i->platform);
		r = add_dir(w, below, &export, err);
	}
	if (r == 0)
		r = export_to_tar(o->store, &i->manifest, &export, w, err);
	return r < 0 ? r : add_provenance(o, i, w, &export, err);
}

static int
export_tar(struct output *o, const struct output_spec *spec, struct error *err)
{
	cleanup(outfile_free) struct outfile *out = NULL;
	cleanup(tar_writer_free) struct tar_writer *w = NULL;
	int r;

	r = outfile_begin(spec->dest, &out, err);
	if (r < 0)
		return r;
	w = tar_writer_new(outfile_sink(out));
	for (size_t n = 0; r == 0 && n < o->count; n++)
		r = add_files(o, spec, &o->images[n], w, err);
	if (r == 0)
		r = tar_writer_end(w, err);
	return r < 0 ? r : outfile_commit(out, err);
}

static int
empty_dir(int fd, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	int r;

	r = fs_list(fd, NAMES_MAX, &names, err);
	for (size_t n = 0; r == 0 && n < names.count; n++)
		r = fs_remove_tree(fd, names.items[n], err);
	return r;
}

static int
export_files(struct output *o, const struct output_spec *spec,
	const struct output_image *i, int top_fd, struct error *err)
{
	struct export_options export = { 0 };
	autofree char *below = NULL;
	autoclose int fd = -1;
	int r;

	r = epoch_of(o, spec, &export.epoch, err);
	if (r < 0)
		return r;
	if (splits(o, spec)) {
		below = split_name(&i->platform);
		r = fs_make_dirs(top_fd, below, 0755, &fd, err);
		if (r < 0)
			return error_kind(err, ERROR_LOCAL);
		top_fd = fd;
	}
	r = export_to_dir(o->store, &i->manifest, &export, top_fd, err);
	return r < 0 ? r : write_provenance(o, i, top_fd, err);
}

static int
export_dir(struct output *o, const struct output_spec *spec, struct error *err)
{
	autoclose int fd = -1;
	int r;

	r = outfile_open_dir(spec->dest, &fd, err);
	if (r == 0 && spec->deletes)
		r = empty_dir(fd, err);
	for (size_t n = 0; r == 0 && n < o->count; n++)
		r = export_files(o, spec, &o->images[n], fd, err);
	return r;
}

int
output_export(
	struct output *o, const struct output_spec *spec, struct error *err)
{
	int r = spec->kind == OUTPUT_TAR ? export_tar(o, spec, err)
					 : export_dir(o, spec, err);

	return r < 0 ? error_wrap(err, "output '%s'", spec->dest) : 0;
}
