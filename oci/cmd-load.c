/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "oci/archive.h"
#include "util/listing.h"

static struct {
	const char *input, *format;
	struct strv tags;
	bool quiet;
} opt;

static const struct option_spec options[] = {
	{ 'i', "input", "PATH", "a file or directory, not standard input",
		OPT_STRING, &opt.input, NULL, "@file" },
	{ 't', "tag", "NAME[:TAG]", "call the image so; there must be one only",
		OPT_LIST, &opt.tags, NULL, "@image" },
	{ 'q', "quiet", NULL, "accepted for docker's users: no progress",
		OPT_FLAG, &opt.quiet },
	CLI_FORMAT(opt.format),
	{ 0 },
};

static const char *const headings[] = { "NAME", "DIGEST" };

static int
open_input(const char *path, int *ret, struct error *err)
{
	if (path && strcmp(path, "-") != 0) {
		*ret = open(path, O_RDONLY | O_CLOEXEC);
	} else if (isatty(STDIN_FILENO)) {
		(void)error_set(err, EINVAL,
			"standard input is a terminal, not an archive");
		(void)error_hint(err, "name one with --input FILE");
		return error_kind(err, ERROR_REQUEST);
	} else {
		*ret = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	}
	if (*ret >= 0)
		return 0;
	(void)error_errno(err, "cannot open '%s'", path ? path : "-");
	return error_kind(err, ERROR_LOCAL);
}

static int
read_archive(struct store *s, const char *path, struct archive_content *ret,
	struct error *err)
{
	cleanup(source_free) struct source *from = NULL;
	autoclose int fd = -1;
	struct stat st;
	int r;

	r = open_input(path, &fd, err);
	if (r < 0)
		return r;
	if (path && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		r = archive_read_dir(s, path, ret, err);
	} else {
		from = source_from_fd(fd);
		r = archive_read_tar(s, from, ret, err);
	}
	if (r == 0)
		return 0;
	(void)error_wrap(err, "'%s'", path ? path : "-");
	return error_kind(err, ERROR_LOCAL);
}

/* Names of the command line instead of those in the archive. */
static int
rename_image(struct archive_content *c, struct error *err)
{
	if (opt.tags.count == 0)
		return 0;
	if (c->count != 1) {
		(void)error_set(err, EINVAL,
			"--tag names one image; there are %zu", c->count);
		return error_kind(err, ERROR_REQUEST);
	}
	strv_copy(&c->images[0].names, &opt.tags);
	return 0;
}

static int
set_tag(struct store *s, const char *name, const struct digest *what,
	struct error *err)
{
	autoref ref = { 0 };
	int r;

	r = ref_parse(name, &ref, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	return store_ref_set(s, &ref, what, err);
}

static void
list(struct listing *l, const char *name, const struct digest *what)
{
	char digest[DIGEST_TEXT_SIZE];
	const char *cells[] = { name ? name : "<none>",
		digest_format(what, digest) };
	struct json *row = json_new_object();

	json_set_text(row, "Name", name);
	json_set_text(row, "Digest", digest);
	listing_add(l, cells, row);
}

/* The words that scripts look for after docker load. */
static void
say(const char *name, const struct digest *what)
{
	char digest[DIGEST_TEXT_SIZE];

	if (name)
		(void)printf("Loaded image: %s\n", name);
	else
		(void)printf(
			"Loaded image ID: %s\n", digest_format(what, digest));
}

static int
name_image(struct store *s, const struct archive_image *i, struct listing *l,
	bool wants_listing, struct error *err)
{
	int r = 0;

	for (size_t n = 0; r == 0 && n < i->names.count; n++) {
		r = set_tag(s, i->names.items[n], &i->what, err);
		if (r < 0)
			return r;
		list(l, i->names.items[n], &i->what);
		if (!wants_listing)
			say(i->names.items[n], &i->what);
	}
	if (i->names.count == 0) {
		list(l, NULL, &i->what);
		if (!wants_listing)
			say(NULL, &i->what);
	}
	return 0;
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup_value(
		archive_content_release) struct archive_content content = { 0 };
	cleanup(listing_free) struct listing *l = listing_new(headings, 2);
	cleanup(store_free) struct store *s = NULL;
	int r;

	r = command_open_store(c, &s, err);
	if (r == 0)
		r = read_archive(s,
			c->operands.count ? c->operands.items[0] : opt.input,
			&content, err);
	if (r == 0)
		r = rename_image(&content, err);
	if (r == 0)
		r = store_sync(s, err);
	for (size_t n = 0; r == 0 && n < content.count; n++)
		r = name_image(
			s, &content.images[n], l, c->format != NULL, err);
	if (r == 0 && c->format)
		listing_print(stdout, l, c->format);
	return r;
}

const struct command cmd_load = {
	.name = "load",
	.operands = "[OPTIONS] [FILE]",
	.summary = "read images from an archive",
	.group = "Images",
	.options = options,
	.min_operands = 0,
	.max_operands = 1,
	.needs = NEEDS_STORE,
	.operand_values = "@file",
	.run = run,
};
