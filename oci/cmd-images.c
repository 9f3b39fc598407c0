/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <string.h>

#include "oci/age.h"
#include "oci/image.h"
#include "util/clock.h"
#include "util/glob.h"
#include "util/listing.h"
#include "util/mem.h"
#include "util/num.h"

#define SHORT_ID 12

static struct {
	const char *format;
	bool quiet;
	bool digests;
	bool no_trunc;
} opt;

static const struct option_spec options[] = {
	{ 'q', "quiet", NULL, "print image ids only", OPT_FLAG, &opt.quiet },
	{ 0, "digests", NULL, "show digests of manifests", OPT_FLAG,
		&opt.digests },
	{ 0, "no-trunc", NULL, "show whole ids", OPT_FLAG, &opt.no_trunc },
	{ 'a', "all", NULL, "accepted for docker's users: all are shown",
		OPT_IGNORED },
	CLI_FORMAT(opt.format),
	{ 0 },
};

static const char *const headings[] = {
	"REPOSITORY", "TAG", "DIGEST", "IMAGE ID", "CREATED", "SIZE",
};
#define DIGEST_COLUMN 2

/* What a tag leads to. `image` is NULL where an index has nothing for this
 * machine here. */
struct found {
	struct ref ref;
	struct digest target;
	struct image *image;
};

static void
found_release(struct found *f)
{
	ref_release(&f->ref);
	image_free(f->image);
	*f = (struct found){ 0 };
}

static int
find(struct store *s, const char *text, struct found *ret, struct error *err)
{
	autoerror why = { 0 };
	int r;

	r = ref_parse(text, &ret->ref, err);
	if (r == 0)
		r = store_ref_get(s, &ret->ref, &ret->target, err);
	if (r < 0)
		return r;
	/* Not loadable is shown as such: store check tells why. */
	(void)image_load(s, &ret->target, NULL, &ret->image, &why);
	return 0;
}

static const char *
image_id(const struct found *f, char ret[DIGEST_TEXT_SIZE])
{
	return digest_format(f->image ? image_config_digest(f->image)
				      : &f->target, ret);
}

/* "sha256:0123..." as 12 digits, or whole with --no-trunc. */
static char *
shown_id(const struct found *f)
{
	char text[DIGEST_TEXT_SIZE];
	const char *hex = strchr(image_id(f, text), ':') + 1;

	return opt.no_trunc ? mem_strdup(text) : mem_strndup(hex, SHORT_ID);
}

/* The repository as people write it. */
static char *
short_name(const struct ref *ref)
{
	struct ref bare = { .host = ref->host, .path = ref->path };

	return ref_format_short(&bare);
}

static struct json *
row_of(const struct found *f, const char *name)
{
	struct json *j = json_new_object();
	char text[DIGEST_TEXT_SIZE];
	const char *created = f->image ?
		config_get_top(image_config(f->image), "created") :
		NULL;

	json_set_text(j, "Repository", name);
	json_set_text(j, "Tag", f->ref.tag ? f->ref.tag : "<none>");
	json_set_text(j, "Digest", digest_format(&f->target, text));
	json_set_text(j, "ID", image_id(f, text));
	json_set(j, "Created",
		created ? json_new_text(created) : json_new_null());
	json_set(j, "Size", f->image ?
		json_new_number((int64_t)image_size(f->image)) :
		json_new_null());
	return j;
}

static char *
shown_age(const struct found *f)
{
	if (!f->image)
		return mem_strdup("N/A");
	return age_format(config_get_top(image_config(f->image), "created"),
		clock_wall_seconds(NULL));
}

static void
list(struct listing *l, const struct found *f)
{
	autofree char *name = short_name(&f->ref);
	autofree char *id = shown_id(f);
	autofree char *age = shown_age(f);
	char digest[DIGEST_TEXT_SIZE], size[24] = "N/A";
	const char *cells[ARRAY_SIZE(headings)];
	size_t n = 0;

	if (f->image)
		num_format_size(image_size(f->image), size);
	cells[n++] = name;
	cells[n++] = f->ref.tag ? f->ref.tag : "<none>";
	if (opt.digests)
		cells[n++] = digest_format(&f->target, digest);
	cells[n++] = id;
	cells[n++] = age;
	cells[n++] = size;
	listing_add(l, cells, row_of(f, name));
}

/* Is it what the operand asks for: "debian", "debian:12", "team/NAME*"? */
static bool
is_wanted(const struct ref *ref, const char *pattern)
{
	autofree char *name = short_name(ref);
	autofree char *whole = ref_format_short(ref);
	autofree char *full = ref_format(ref);
	autoref same = { 0 };

	if (!pattern || glob_match(pattern, name) == 1 ||
		glob_match(pattern, whole) == 1 ||
		glob_match(pattern, full) == 1)
		return true;
	/* Written in full, or with a host that is the default. */
	if (strpbrk(pattern, ":@") || ref_parse(pattern, &same, NULL) < 0)
		return false;
	return strcmp(same.host, ref->host) == 0 &&
		strcmp(same.path, ref->path) == 0;
}

static int
for_each(struct store *s, const char *pattern, struct listing *l,
	struct strv *ids, struct error *err)
{
	cleanup_value(strv_release) struct strv refs = { 0 };
	size_t i;
	int r;

	r = store_ref_list(s, &refs, err);
	for (i = 0; r == 0 && i < refs.count; i++) {
		cleanup_value(found_release) struct found f = { 0 };
		autofree char *id = NULL;

		r = find(s, refs.items[i], &f, err);
		if (r < 0 || !is_wanted(&f.ref, pattern))
			continue;
		list(l, &f);
		id = shown_id(&f);
		if (!strv_has(ids, id))
			strv_add(ids, id);
	}
	return r;
}

static struct listing *
new_listing(void)
{
	const char *without_digest[ARRAY_SIZE(headings) - 1];
	size_t i, n = 0;

	if (opt.digests)
		return listing_new(headings, ARRAY_SIZE(headings));
	for (i = 0; i < ARRAY_SIZE(headings); i++)
		if (i != DIGEST_COLUMN)
			without_digest[n++] = headings[i];
	return listing_new(without_digest, n);
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	cleanup(listing_free) struct listing *l = new_listing();
	cleanup_value(strv_release) struct strv ids = { 0 };
	size_t i;
	int r;

	r = command_open_store(c, &s, err);
	if (r == 0)
		r = for_each(s,
			c->operands.count ? c->operands.items[0] : NULL, l,
			&ids, err);
	if (r < 0)
		return r;
	if (!opt.quiet) {
		listing_print(stdout, l, c->format);
		return 0;
	}
	for (i = 0; i < ids.count; i++)
		(void)puts(ids.items[i]);
	return 0;
}

const struct command cmd_images = {
	.name = "images",
	.operands = "[OPTIONS] [REPOSITORY[:TAG]]",
	.summary = "list the images here",
	.group = "Images",
	.options = options,
	.min_operands = 0,
	.max_operands = 1,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = run,
};
