/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/config.h"

#include <errno.h>
#include <string.h>

#include "util/mem.h"

#define CONFIG_MAX MiB(8)
#define LAYERS_MAX 10000

struct config {
	struct json *document;
};

static struct config *
config_wrap(struct json *document)
{
	struct config *c = mem_zalloc(sizeof(*c));

	c->document = document;
	return c;
}

static struct json *
rootfs_new(void)
{
	struct json *rootfs = json_new_object();

	json_set_text(rootfs, "type", "layers");
	json_set(rootfs, "diff_ids", json_new_array());
	return rootfs;
}

struct config *
config_new(const struct platform *p)
{
	struct config *c = config_wrap(json_new_object());

	json_set_text(c->document, "architecture", p->arch);
	json_set_text(c->document, "os", p->os);
	if (*p->variant)
		json_set_text(c->document, "variant", p->variant);
	json_set(c->document, "config", json_new_object());
	json_set(c->document, "rootfs", rootfs_new());
	return c;
}

struct config *
config_copy(const struct config *c)
{
	return config_wrap(json_copy(c->document));
}

struct config *
config_free(struct config *c)
{
	if (!c)
		return NULL;
	json_free(c->document);
	free(c);
	return NULL;
}

/* What must be of one kind if it is there. */
static const struct {
	const char *name;
	enum json_kind kind;
	const char *what;
} members[] = {
	{ "architecture", JSON_TEXT, "a text" },
	{ "os", JSON_TEXT, "a text" },
	{ "variant", JSON_TEXT, "a text" },
	{ "created", JSON_TEXT, "a text" },
	{ "author", JSON_TEXT, "a text" },
	{ "config", JSON_OBJECT_, "an object" },
	{ "rootfs", JSON_OBJECT_, "an object" },
	{ "history", JSON_ARRAY, "an array" },
};

static int
check_members(const struct json *document, struct error *err)
{
	const struct json *value;
	size_t i;

	if (json_kind(document) != JSON_OBJECT_)
		return error_set(err, EBADMSG, "image config is no object");
	for (i = 0; i < ARRAY_SIZE(members); i++) {
		value = json_get(document, members[i].name);
		if (value && json_kind(value) != members[i].kind)
			return error_set(err, EBADMSG,
				"image config's '%s' is not %s",
				members[i].name, members[i].what);
	}
	return 0;
}

int
config_parse(const char *text, size_t len, struct config **ret,
	struct error *err)
{
	cleanup(config_free) struct config *c = NULL;
	struct json *document = NULL;
	autofree struct digest *ids = NULL;
	struct platform platform;
	size_t count;
	int r;

	r = json_parse(text, len, CONFIG_MAX, "image config", &document, err);
	if (r < 0)
		return r;
	c = config_wrap(document);
	r = check_members(document, err);
	if (r == 0)
		r = config_diff_ids(c, &ids, &count, err);
	if (r == 0)
		r = config_platform(c, &platform, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&c);
	return 0;
}

int
config_platform(const struct config *c, struct platform *ret,
	struct error *err)
{
	const char *os = config_get_top(c, "os");
	const char *arch = config_get_top(c, "architecture");

	if (!os || !arch)
		return error_set(err, EBADMSG,
			"image config has no 'os' or no 'architecture'");
	if (platform_from_words(os, arch, config_get_top(c, "variant"), ret,
			NULL) < 0)
		return error_set(err, EBADMSG,
			"image config's platform '%.40s/%.40s' is no platform",
			os, arch);
	return 0;
}

static struct json *
diff_ids_of(const struct config *c)
{
	return json_get(json_get(c->document, "rootfs"), "diff_ids");
}

int
config_diff_ids(const struct config *c, struct digest **ret,
	size_t *ret_count, struct error *err)
{
	const struct json *list = diff_ids_of(c);
	autofree struct digest *ids = NULL;
	size_t i, count = json_count(list);

	if (list && json_kind(list) != JSON_ARRAY)
		return error_set(err, EBADMSG,
			"image config's 'diff_ids' is not an array");
	if (count > LAYERS_MAX)
		return error_set(err, EBADMSG, "image config has %zu layers",
			count);
	ids = mem_array(count ? count : 1, sizeof(*ids));
	for (i = 0; i < count; i++) {
		const char *text = json_text(json_at(list, i));

		if (!text || digest_parse(text, &ids[i], NULL) < 0)
			return error_set(err, EBADMSG,
				"image config's diff id '%.100s' is no digest of SHA-256",
				text ? text : "");
	}
	*ret = take_ptr(&ids);
	*ret_count = count;
	return 0;
}

void
config_add_diff_id(struct config *c, const struct digest *diff_id)
{
	char text[DIGEST_TEXT_SIZE];

	if (!json_get(c->document, "rootfs"))
		json_set(c->document, "rootfs", rootfs_new());
	if (!diff_ids_of(c))
		json_set(json_get(c->document, "rootfs"), "diff_ids",
			json_new_array());
	json_append(diff_ids_of(c),
		json_new_text(digest_format(diff_id, text)));
}

static void
set_text_if(struct json *object, const char *name, const char *text)
{
	if (text)
		json_set_text(object, name, text);
}

void
config_add_history(struct config *c, const struct history *h)
{
	struct json *entry = json_new_object();

	set_text_if(entry, "created", h->created);
	set_text_if(entry, "created_by", h->created_by);
	set_text_if(entry, "comment", h->comment);
	if (h->empty_layer)
		json_set_bool(entry, "empty_layer", true);
	if (!json_get(c->document, "history"))
		json_set(c->document, "history", json_new_array());
	json_append(json_get(c->document, "history"), entry);
}

const struct json *
config_history(const struct config *c)
{
	return json_get(c->document, "history");
}

void
config_set_top(struct config *c, const char *name, const char *value)
{
	json_set(c->document, name, value ? json_new_text(value) : NULL);
}

const char *
config_get_top(const struct config *c, const char *name)
{
	return json_get_text(c->document, name);
}

struct json *
config_json(struct config *c)
{
	return c->document;
}
