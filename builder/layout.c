/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "oci/archive.h"
#include "util/mem.h"
#include "util/scope.h"

/* DIR[:TAG][@DIGEST]; a directory may have a colon in its name. */
struct layout {
	char *dir, *tag, *digest;
};

static void
layout_release(struct layout *l)
{
	free(l->dir);
	free(l->tag);
	free(l->digest);
}

static void
layout_parse(const char *text, struct layout *ret)
{
	const char *at = strrchr(text, '@'), *slash, *colon;
	struct stat st;

	if (at && strncmp(at + 1, "sha256:", 7) != 0)
		at = NULL;
	ret->digest = mem_strdup(at ? at + 1 : NULL);
	ret->dir = mem_strndup(text, at ? (size_t)(at - text) : strlen(text));
	slash = strrchr(ret->dir, '/');
	colon = strrchr(ret->dir, ':');
	if (!colon || (slash && slash > colon) || stat(ret->dir, &st) == 0)
		return;
	ret->tag = mem_strdup(colon + 1);
	ret->dir[colon - ret->dir] = '\0';
}

/* A name in a layout may be but a tag. */
static bool
has_tag(const struct archive_image *image, const char *tag)
{
	for (size_t n = 0; n < image->tags.count; n++) {
		const char *name = image->tags.items[n];
		const char *colon = strrchr(name, ':');

		if (strcmp(name, tag) == 0 ||
			(colon && strcmp(colon + 1, tag) == 0))
			return true;
	}
	return false;
}

static bool
fits(const struct archive_image *image, const struct layout *l)
{
	char digest[DIGEST_TEXT_SIZE];

	if (l->digest)
		return strcmp(digest_format(&image->what, digest),
			l->digest) == 0;
	return l->tag ? has_tag(image, l->tag) : true;
}

/* By digest, by tag, else the one that is called "latest", else the only. */
static const struct archive_image *
choose(const struct archive_content *c, const struct layout *l)
{
	const struct archive_image *found = NULL;
	size_t count = 0;

	for (size_t n = 0; n < c->count; n++) {
		if (!fits(&c->images[n], l))
			continue;
		if (!l->tag && !l->digest && has_tag(&c->images[n], "latest"))
			return &c->images[n];
		found = &c->images[n];
		count++;
	}
	return count == 1 || l->tag || l->digest ? found : NULL;
}

int
layout_read(struct store *s, const char *text, struct digest *ret,
	struct error *err)
{
	cleanup_value(layout_release) struct layout l = { 0 };
	cleanup_value(archive_content_release) struct archive_content all = {
		0 };
	const struct archive_image *image;
	int r;

	layout_parse(text, &l);
	r = archive_read_dir(s, l.dir, &all, err);
	if (r < 0)
		return error_kind(err, ERROR_LOCAL);
	image = choose(&all, &l);
	if (!image) {
		(void)error_set(err, ENOENT, "'%s' does not say which image",
			text);
		if (l.tag || l.digest)
			(void)error_set(err, ENOENT, "'%s' has no image '%s'",
				l.dir, l.digest ? l.digest : l.tag);
		return error_kind(err, ERROR_LOCAL);
	}
	*ret = image->what;
	return 0;
}
