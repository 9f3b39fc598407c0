/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <errno.h>
#include <string.h>

#include "oci/archive.h"
#include "oci/image.h"
#include "oci/travel.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/outfile.h"

#define LEVEL_MAX 22

static struct {
	const char *output, *format, *platform, *codec, *level;
	bool force, compress, quiet;
} opt;

static const struct option_spec options[] = {
	{ 'o', "output", "PATH", "where to, instead of standard output",
		OPT_STRING, &opt.output, NULL, "@file" },
	{ 0, "format", "FORM",
		"docker-archive, oci-archive, docker-dir or oci-dir",
		OPT_STRING, &opt.format, NULL,
		"docker-archive|oci-archive|docker-dir|oci-dir" },
	{ 0, "platform", "OS/ARCH[/VARIANT]", "only this one, of several",
		OPT_STRING, &opt.platform },
	{ 0, "compression", "KIND", "of layers: none, gzip or zstd", OPT_STRING,
		&opt.codec, NULL, "gzip|zstd|none" },
	{ 0, "compression-level", "N", "how hard to try", OPT_STRING,
		&opt.level },
	{ 0, "compress", NULL, "as --compression=gzip", OPT_FLAG,
		&opt.compress },
	{ 0, "force-compression", NULL,
		"compress anew what is compressed otherwise", OPT_FLAG,
		&opt.force },
	{ 'm', "multi-image-archive", NULL,
		"accepted for podman's users: several are always possible",
		OPT_IGNORED },
	{ 'q', "quiet", NULL, "accepted for podman's users: nothing is said",
		OPT_FLAG, &opt.quiet },
	{ 0 },
};

static const struct {
	const char *name;
	enum archive_form form;
	bool is_dir;
	enum codec codec; /* unless another is asked for */
} forms[] = {
	/* Who loads it here and now unpacks it at once. */
	{ "docker-archive", ARCHIVE_DOCKER, false, CODEC_NONE },
	{ "docker", ARCHIVE_DOCKER, false, CODEC_NONE },
	{ "oci-archive", ARCHIVE_OCI, false, CODEC_GZIP },
	{ "oci", ARCHIVE_OCI, false, CODEC_GZIP },
	{ "docker-dir", ARCHIVE_DOCKER, true, CODEC_NONE },
	{ "oci-dir", ARCHIVE_OCI, true, CODEC_GZIP },
};

struct save {
	enum archive_form form;
	bool is_dir;
	struct travel_options travel;
	struct platform platform;
	struct archive_image *images;
	size_t count;
};

static void
save_release(struct save *s)
{
	for (size_t n = 0; n < s->count; n++)
		archive_image_release(&s->images[n]);
	free(s->images);
}

static int
refuse(struct error *err, const char *format, const char *text)
{
	(void)error_set(err, EINVAL, format, text);
	return error_kind(err, ERROR_REQUEST);
}

static int
read_form(struct save *s, struct error *err)
{
	for (size_t n = 0; n < ARRAY_SIZE(forms); n++) {
		if (opt.format && strcmp(opt.format, forms[n].name) != 0)
			continue;
		s->form = forms[n].form;
		s->is_dir = forms[n].is_dir;
		s->travel.packing.codec = forms[n].codec;
		if (s->is_dir && !opt.output)
			return refuse(err, "--format %s needs --output DIR",
				opt.format);
		return 0;
	}
	return refuse(err,
		"--format: '%s' is none of docker-archive, oci-archive, docker-dir and oci-dir",
		opt.format);
}

static int
read_packing(struct packer_options *ret, struct error *err)
{
	uint64_t level = 0;
	int r = 0;

	if (opt.compress)
		ret->codec = CODEC_GZIP;
	if (opt.codec)
		r = codec_parse(opt.codec, &ret->codec, err);
	if (r == 0 && opt.level)
		r = num_parse(opt.level, LEVEL_MAX, &level, err);
	ret->level = (int)level;
	ret->force = opt.force;
	return r < 0 ? error_kind(err, ERROR_REQUEST) : 0;
}

static int
read_options(struct save *s, struct error *err)
{
	int r;

	r = read_form(s, err);
	if (r == 0)
		r = read_packing(&s->travel.packing, err);
	return r < 0 ? r : command_platform(opt.platform, &s->platform, err);
}

/* Of an image for several platforms: one, when it is asked for, or when
 * docker's form can hold no more, or no more are here. */
static int
choose(struct save *s, struct store *store, struct digest *what,
	struct error *err)
{
	cleanup(image_free) struct image *image = NULL;
	struct digest whole;
	int r;

	if (!opt.platform && s->form == ARCHIVE_OCI &&
		travel_make(store, what, &s->travel, &whole, NULL) == 0)
		return 0;
	r = image_load(store, what, &s->platform, &image, err);
	if (r == 0)
		*what = *image_digest(image);
	return r;
}

static struct archive_image *
image_of(struct save *s, const struct digest *what)
{
	for (size_t n = 0; n < s->count; n++) {
		if (digest_equal(&s->images[n].what, what))
			return &s->images[n];
	}
	s->images[s->count].what = *what;
	return &s->images[s->count++];
}

static int
add(struct save *s, struct store *store, const char *text, struct error *err)
{
	struct archive_image *image;
	autoref ref = { 0 };
	struct digest what;
	int r;

	r = store_find(store, text, &what, &ref, err);
	if (r == 0)
		r = choose(s, store, &what, err);
	if (r == 0)
		r = travel_make(store, &what, &s->travel, &what, err);
	if (r < 0)
		return r;
	image = image_of(s, &what);
	/* A digest is what the image has, not what it is called. */
	if (ref.tag && !ref_has_digest(&ref))
		strv_take(&image->names, ref_format(&ref));
	return 0;
}

static int
write_archive(const struct save *s, struct store *store, struct error *err)
{
	cleanup(outfile_free) struct outfile *out = NULL;
	int r;

	if (s->is_dir)
		return archive_write_dir(
			store, s->form, s->images, s->count, opt.output, err);
	r = outfile_begin(opt.output ? opt.output : "-", &out, err);
	if (r == 0)
		r = archive_write_tar(store, s->form, s->images, s->count,
			outfile_sink(out), err);
	return r < 0 ? r : outfile_commit(out, err);
}

/* Trees are read as those who own their files. */
static int
reach_trees(struct command_context *c, struct store *s, struct error *err)
{
	const char *kind;
	int r = 0;

	for (size_t n = 0; r == 0 && n < c->operands.count; n++) {
		struct digest what;

		r = store_find(s, c->operands.items[n], &what, NULL, err);
		if (r == 0)
			r = travel_needs_trees(s, &what, err);
	}
	if (r <= 0)
		return r;
	r = c->enter_namespace(c, &kind, err);
	if (r == 0)
		store_set_tree_kind(s, kind);
	return r;
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup(store_free) struct store *store = NULL;
	cleanup_value(save_release) struct save s = { 0 };
	int r;

	r = read_options(&s, err);
	if (r == 0)
		r = command_open_store(c, &store, err);
	if (r == 0)
		r = reach_trees(c, store, err);
	s.images = mem_array(c->operands.count, sizeof(*s.images));
	for (size_t n = 0; r == 0 && n < c->operands.count; n++)
		r = add(&s, store, c->operands.items[n], err);
	return r < 0 ? r : write_archive(&s, store, err);
}

const struct command cmd_save = {
	.name = "save",
	.operands = "[OPTIONS] IMAGE...",
	.summary = "write images into an archive",
	.group = "Images",
	.options = options,
	.min_operands = 1,
	.max_operands = -1,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = run,
};
