/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <errno.h>
#include <string.h>

#include "oci/age.h"
#include "oci/image.h"
#include "util/clock.h"
#include "util/listing.h"
#include "util/mem.h"
#include "util/num.h"

#define SHORT_ID 12
#define SHORT_TEXT 45

static struct {
	const char *format;
	const char *platform;
	bool no_trunc;
	bool quiet;
} opt;

static const struct option_spec options[] = {
	{ 0, "no-trunc", NULL, "show whole commands and ids", OPT_FLAG,
		&opt.no_trunc },
	{ 'q', "quiet", NULL, "print image ids only", OPT_FLAG, &opt.quiet },
	{ 0, "platform", "PLATFORM", "of this platform, if there are several",
		OPT_STRING, &opt.platform },
	CLI_FORMAT(opt.format),
	{ 0 },
};

static const char *const headings[] = {
	"IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT",
};

/* One entry, as shown; `id` is NULL but for the newest. */
struct row {
	const struct json *entry;
	const char *id;
	uint64_t size;
	bool empty;
};

static const char *
text_or_empty(const struct json *entry, const char *name)
{
	const char *text = json_get_text(entry, name);

	return text ? text : "";
}

/* At most SHORT_TEXT bytes on one line, cut between characters. */
static char *
shortened(const char *text)
{
	autofree char *line = mem_strdup(text);
	size_t len = SHORT_TEXT - 3;
	char *c;

	for (c = line; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	if (opt.no_trunc || strlen(line) <= SHORT_TEXT)
		return take_ptr(&line);
	while (len && ((unsigned char)line[len] & 0xc0) == 0x80)
		len--;
	return mem_printf("%.*s...", (int)len, line);
}

static char *
shown_id(const char *id)
{
	if (!id)
		return mem_strdup("<missing>");
	if (opt.no_trunc)
		return mem_strdup(id);
	return mem_strndup(strchr(id, ':') + 1, SHORT_ID);
}

static struct json *
json_of(const struct row *row)
{
	struct json *j = json_new_object();

	json_set(j, "ID", row->id ? json_new_text(row->id) : json_new_null());
	json_set_text(j, "Created", text_or_empty(row->entry, "created"));
	json_set_text(j, "CreatedBy", text_or_empty(row->entry, "created_by"));
	json_set_number(j, "Size", (int64_t)row->size);
	json_set_text(j, "Comment", text_or_empty(row->entry, "comment"));
	json_set_bool(j, "EmptyLayer", row->empty);
	return j;
}

static void
list(struct listing *l, const struct row *row)
{
	autofree char *id = shown_id(row->id);
	autofree char *by = shortened(text_or_empty(row->entry, "created_by"));
	autofree char *age = age_format(json_get_text(row->entry, "created"),
		clock_wall_seconds(NULL));
	char size[24];
	const char *cells[] = {
		id, age, by, size, text_or_empty(row->entry, "comment"),
	};

	num_format_size(row->size, size);
	listing_add(l, cells, json_of(row));
}

static size_t
count_layers(const struct json *history)
{
	size_t i, layers = 0;

	for (i = 0; i < json_count(history); i++)
		layers += !json_get_bool(json_at(history, i), "empty_layer",
			false);
	return layers;
}

/* Newest first. Sizes are told only where history and layers agree. */
static void
list_image(struct listing *l, const struct image *i)
{
	const struct json *history = config_history(image_config(i));
	size_t layer = image_layer_count(i), n = json_count(history);
	bool agree = count_layers(history) == layer;
	char id[DIGEST_TEXT_SIZE];
	struct row row = { 0 };

	row.id = digest_format(image_config_digest(i), id);
	while (n-- > 0) {
		row.entry = json_at(history, n);
		row.empty = json_get_bool(row.entry, "empty_layer", false);
		row.size = agree && !row.empty ?
			image_layer(i, --layer)->blob.size :
			0;
		list(l, &row);
		row.id = NULL;
	}
}

static int
load(struct store *s, const char *text, struct image **ret, struct error *err)
{
	struct platform want;
	struct digest d;
	int r;

	r = command_platform(opt.platform, &want, err);
	if (r == 0)
		r = store_find(s, text, &d, NULL, err);
	return r < 0 ? r : image_load(s, &d, &want, ret, err);
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	cleanup(image_free) struct image *i = NULL;
	cleanup(listing_free) struct listing *l =
		listing_new(headings, ARRAY_SIZE(headings));
	char id[DIGEST_TEXT_SIZE];
	int r;

	r = command_open_store(c, &s, err);
	if (r == 0)
		r = load(s, c->operands.items[0], &i, err);
	if (r < 0)
		return r;
	if (opt.quiet) {
		(void)puts(digest_format(image_config_digest(i), id));
		return 0;
	}
	list_image(l, i);
	listing_print(stdout, l, c->format);
	return 0;
}

const struct command cmd_history = {
	.name = "history",
	.operands = "[OPTIONS] IMAGE",
	.summary = "show how an image came about",
	.group = "Images",
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = run,
};
