/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <errno.h>
#include <string.h>

#include "oci/image.h"
#include "util/mem.h"

static struct {
	const char *platform;
	bool raw;
	bool config;
} opt;

static const struct option_spec options[] = {
	{ 0, "raw", NULL, "print the manifest or index as it is", OPT_FLAG,
		&opt.raw },
	{ 0, "config", NULL, "print the config as it is", OPT_FLAG,
		&opt.config },
	{ 0, "platform", "PLATFORM", "of this platform, if there are several",
		OPT_STRING, &opt.platform },
	{ 0 },
};

struct subject {
	struct store *store;
	struct digest target;		/* what was named: manifest or index */
	struct image *image;
};

static void
subject_release(struct subject *u)
{
	image_free(u->image);
}

/* Names of what was named, and of the image in it. */
static int
list_names(struct subject *u, struct strv *ret_tags, struct strv *ret_digests,
	struct error *err)
{
	cleanup_value(strv_release) struct strv refs = { 0 };
	size_t i;
	int r;

	r = store_ref_list(u->store, &refs, err);
	for (i = 0; r == 0 && i < refs.count; i++) {
		autoref ref = { 0 };
		struct digest d;

		r = ref_parse(refs.items[i], &ref, err);
		if (r == 0)
			r = store_ref_get(u->store, &ref, &d, err);
		if (r < 0 || (!digest_equal(&d, &u->target) &&
				!digest_equal(&d, image_digest(u->image))))
			continue;
		strv_take(ref_has_digest(&ref) ? ret_digests : ret_tags,
			ref_format_short(&ref));
	}
	return r;
}

static struct json *
rootfs_of(const struct image *i)
{
	struct json *rootfs = json_new_object(), *layers = json_new_array();
	char text[DIGEST_TEXT_SIZE];
	size_t n;

	for (n = 0; n < image_layer_count(i); n++)
		json_append(layers, json_new_text(digest_format(
			&image_layer(i, n)->diff_id, text)));
	json_set_text(rootfs, "Type", "layers");
	json_set(rootfs, "Layers", layers);
	return rootfs;
}

/* Members of the config that docker shows under other names. */
static const struct {
	const char *name, *shown;
} members[] = {
	{ "created", "Created" },
	{ "author", "Author" },
	{ "architecture", "Architecture" },
	{ "variant", "Variant" },
	{ "os", "Os" },
	{ "config", "Config" },
};

static void
copy_members(const struct image *i, struct json *j)
{
	/* Only looked at. */
	const struct json *config =
		config_json((struct config *)image_config(i));
	size_t n;

	for (n = 0; n < ARRAY_SIZE(members); n++)
		if (json_get(config, members[n].name))
			json_set(j, members[n].shown,
				json_copy(json_get(config, members[n].name)));
}

static int
add_manifest(struct subject *u, struct json *j, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	struct json *manifest;
	int r;

	r = store_read_blob(u->store, image_digest(u->image), &text, err);
	if (r == 0)
		r = json_parse(buf_text(&text), text.len, text.len, "manifest",
			&manifest, err);
	if (r == 0)
		json_set(j, "Manifest", manifest);
	return r;
}

static int
describe(struct subject *u, struct json *j, struct error *err)
{
	cleanup_value(strv_release) struct strv tags = { 0 };
	cleanup_value(strv_release) struct strv digests = { 0 };
	char text[DIGEST_TEXT_SIZE];
	int r;

	r = list_names(u, &tags, &digests, err);
	if (r < 0)
		return r;
	json_set_text(j, "Id",
		digest_format(image_config_digest(u->image), text));
	json_set(j, "RepoTags", json_new_list(&tags));
	json_set(j, "RepoDigests", json_new_list(&digests));
	copy_members(u->image, j);
	json_set_number(j, "Size", (int64_t)image_size(u->image));
	json_set(j, "RootFS", rootfs_of(u->image));
	json_set_text(j, "Digest",
		digest_format(image_digest(u->image), text));
	return add_manifest(u, j, err);
}

static int
load(struct subject *u, struct error *err)
{
	struct platform want;
	int r = command_platform(opt.platform, &want, err);

	return r < 0 ? r : image_load(u->store, &u->target, &want, &u->image,
		err);
}

/* The bytes of --raw or --config. Without --platform, --raw is what the name
 * points to, be it an index. */
static int
print_bytes(struct subject *u, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	struct digest d = u->target;
	int r = 0;

	if (opt.config || opt.platform)
		r = load(u, err);
	if (r < 0)
		return r;
	if (opt.config)
		d = *image_config_digest(u->image);
	else if (opt.platform)
		d = *image_digest(u->image);
	r = store_read_blob(u->store, &d, &text, err);
	if (r == 0)
		(void)fwrite(buf_text(&text), 1, text.len, stdout);
	return r;
}

static int
inspect(struct store *s, const char *name, struct json *list,
	struct error *err)
{
	cleanup_value(subject_release) struct subject u = { .store = s };
	struct json *j;
	int r;

	r = store_find(s, name, &u.target, NULL, err);
	if (r < 0)
		return r;
	if (opt.raw || opt.config)
		return print_bytes(&u, err);
	r = load(&u, err);
	if (r < 0)
		return r;
	j = json_new_object();
	json_append(list, j);
	return describe(&u, j, err);
}

static void
print(const struct json *list)
{
	cleanup_value(buf_release) struct buf text = { .max = SIZE_MAX };

	json_format_pretty(list, &text);
	(void)printf("%s\n", buf_text(&text));
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	cleanup(json_free) struct json *list = json_new_array();
	size_t i;
	int r;

	r = command_open_store(c, &s, err);
	for (i = 0; r == 0 && i < c->operands.count; i++)
		r = inspect(s, c->operands.items[i], list, err);
	if (r == 0 && !opt.raw && !opt.config)
		print(list);
	return r;
}

const struct command cmd_inspect = {
	.name = "inspect",
	.operands = "[OPTIONS] IMAGE...",
	.summary = "tell all about images, as JSON",
	.group = "Images",
	.options = options,
	.min_operands = 1,
	.max_operands = -1,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = run,
};
