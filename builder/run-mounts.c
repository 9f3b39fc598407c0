/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/run-mounts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "builder/content.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/scope.h"

static void
item_release(struct run_mounts_item *i)
{
	run_mount_release(&i->option);
	selection_release(&i->selection);
	free(i->from.image);
}

void
run_mounts_release(struct run_mounts *m)
{
	for (size_t n = 0; n < m->count; n++)
		item_release(&m->items[n]);
	free(m->items);
	*m = (struct run_mounts){ 0 };
}

/* A source is a name, not a pattern. */
static char *
quote_wildcards(const char *path)
{
	cleanup_value(buf_release) struct buf text = { 0 };

	buf_init(&text, SIZE_MAX);
	for (; *path; path++) {
		if (strchr("*?[\\", *path))
			buf_addc(&text, '\\');
		buf_addc(&text, *path);
	}
	return buf_steal(&text);
}

static int
select_context(const struct mount_user *s, const struct context *c,
	struct run_mounts_item *i, struct error *err)
{
	autofree char *source = NULL;
	struct digest content;
	int r;

	source = quote_wildcards(i->option.source ? i->option.source : ".");
	i->is_context = true;
	context_root(c, &i->root);
	r = selection_add(&i->selection, &i->root, source, err);
	if (r < 0)
		return r;
	r = content_digest(&i->root, &i->selection, NULL, &content, err);
	if (r < 0)
		return r;
	key_add_digest(s->key, "mount-content", &content);
	return 0;
}

static int
image_chain(const struct mount_user *s, const char *name, struct digest *ret,
	struct error *err)
{
	struct digest chain = { 0 };
	const struct image *image;
	int r;

	r = images_get(s->site->images, name, &s->stage->platform, &image,
		err);
	if (r < 0)
		return r;
	for (size_t n = 0; n < image_layer_count(image); n++) {
		const struct digest below = chain;

		layer_chain_id(&below, &image_layer(image, n)->diff_id, &chain);
	}
	*ret = chain;
	return 0;
}

static int
find_from(const struct mount_user *s, struct run_mounts_item *i,
	struct error *err)
{
	int r;

	r = plan_find_named_source(s->site->plan, s->stage->number, s->instr,
		i->option.from, &i->from, err);
	if (r < 0)
		return r;
	if (i->from.files)
		return select_context(s, i->from.files->context, i, err);
	i->has_from = true;
	if (!i->from.is_stage)
		r = image_chain(s, i->from.image, &i->from_chain, err);
	else
		i->from_chain = *draft_chain_id(
			s->site->results[i->from.stage].draft);
	if (r < 0)
		return r;
	key_add_digest(s->key, "mount-from", &i->from_chain);
	key_add(s->key, "mount-source", i->option.source);
	return 0;
}

static int
prepare_one(const struct mount_user *s, const char *text,
	struct run_mounts_item *i,
	struct error *err)
{
	int r;

	r = run_mount_parse(text, s->state, state_cwd(s->state), &i->option,
		err);
	if (r < 0)
		return error_wrap(err, "--mount=%s", text);
	run_mount_add_key(&i->option, s->key);
	if (i->option.from)
		return find_from(s, i, err);
	r = i->option.type == RUN_MOUNT_BIND ?
		select_context(s, s->site->context, i, err) : 0;
	return r < 0 ? error_wrap(err, "--mount=%s", text) : 0;
}

int
run_mounts_prepare(const struct mount_user *s, struct run_mounts *ret,
	struct error *err)
{
	cleanup_value(strv_release) struct strv texts = { 0 };

	instr_flag_list(s->instr, "mount", &texts);
	if (texts.count)
		ret->items = mem_array(texts.count, sizeof(*ret->items));
	for (size_t n = 0; n < texts.count; n++) {
		int r;

		ret->count++;
		r = prepare_one(s, texts.items[n], &ret->items[n], err);
		if (r < 0)
			return r;
	}
	return 0;
}
