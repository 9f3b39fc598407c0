/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "builder/cache.h"
#include "builder/content.h"
#include "builder/copy.h"
#include "builder/history.h"
#include "builder/stack.h"
#include "builder/step.h"
#include "sandbox/account.h"
#include "util/fs.h"
#include "util/mem.h"

/* Up to this, what a layer takes to unpack is nothing beside a mount; making a
 * file costs as much as so many bytes of it. */
#define SMALL_MAX KiB(256)
#define FILE_COST KiB(16)

/* Where the files of a COPY come from, and which they are. */
struct detail {
	struct copy copy;
	struct plan_source source;
	const struct context *context;	/* or NULL: a stage's or image's */
	struct copy_root root;
	struct rootfs *mounted; /* of a stage or image */
	struct selection selection;
};

static void
release(void *value)
{
	struct detail *d = value;

	copy_release(&d->copy);
	selection_release(&d->selection);
	rootfs_close(d->mounted);
	free(d->source.image);
	free(d);
}

static int
source_image(const struct step *s, const struct detail *d,
	const struct image **ret, struct error *err)
{
	return images_get(s->site->images, d->source.image, &s->stage->platform,
		ret, err);
}

static void
add_image_key(struct step *s, const struct image *image)
{
	struct digest chain = { 0 };

	for (size_t n = 0; n < image_layer_count(image); n++) {
		const struct digest below = chain;

		layer_chain_id(&below, &image_layer(image, n)->diff_id, &chain);
	}
	key_add_digest(&s->key, "from", &chain);
}

/* What the files are, as far as it can be told without a mount: a context's by
 * content, a stage's or image's by its layers and the words. */
static int
add_source_key(struct step *s, struct detail *d, struct error *err)
{
	const struct image *image;
	struct digest content;
	int r;

	if (d->context) {
		context_root(d->context, &d->root);
		r = copy_select(&d->copy, &d->root, &d->selection, err);
		if (r < 0)
			return r;
		r = content_digest(&d->root, &d->selection, d->copy.exclude,
			&content, err);
		if (r < 0)
			return r;
		key_add_digest(&s->key, "content", &content);
		return 0;
	}
	if (d->source.is_stage) {
		const struct state *from = &s->site->results[d->source.stage];

		key_add_digest(&s->key, "from", draft_chain_id(from->draft));
	} else {
		r = source_image(s, d, &image, err);
		if (r < 0)
			return r;
		add_image_key(s, image);
	}
	copy_add_words(&d->copy, &s->key);
	return 0;
}

/* The words that every key of this step has. */
static void
begin_key(const struct step *s, const struct detail *d, struct key *k)
{
	key_add(k, "step", "COPY");
	if (d->copy.link)
		key_add(k, "link", "true");
	else
		key_add_digest(k, "below", draft_chain_id(s->state->draft));
	copy_add_key(&d->copy, k);
	if (s->site->clamp_mtime != INT64_MAX)
		key_add_number(k, "clamp", s->site->clamp_mtime);
}

/* Without a checksum of its own it must be what the lock file says. */
static int
fetch_url(struct step *s, const struct copy *c, struct fetched *url,
	struct error *err)
{
	const struct digest *expected = c->has_checksum ? &c->checksum : NULL;
	struct digest locked;
	int r;

	if (!expected && s->site->lock) {
		r = lock_get_digest(s->site->lock, LOCK_FILE, url->url, &locked,
			err);
		if (r < 0)
			return r;
		expected = &locked;
	}
	return fetched_get(url, s->site->store, s->site->transfer,
		s->site->secrets, expected, err);
}

/* Where what comes is known beforehand, only when the step is carried out. */
static int
fetch_urls(struct step *s, struct detail *d, struct error *err)
{
	const struct copy *c = &d->copy;

	for (size_t n = 0; n < c->url_count; n++) {
		int r = fetch_url(s, c, &c->urls[n], err);

		if (r < 0)
			return r;
	}
	return 0;
}

/* A Dockerfile may use the agent that was given for it, and no key. */
static struct git_settings
git_settings(const struct step *s)
{
	return (struct git_settings){
		.secrets = s->site->secrets,
		.agent = s->site->agents ?
			strv_env_get(s->site->agents, "default") : NULL,
		.progress = s->site->progress,
	};
}

/* Only which commits they are is known beforehand. */
static int
resolve_repositories(struct step *s, struct detail *d, struct error *err)
{
	const struct git_settings settings = git_settings(s);
	int r = 0;

	for (size_t n = 0; r == 0 && n < d->copy.repository_count; n++) {
		struct cloned *c = &d->copy.repositories[n];

		r = cloned_pin(c, s->site->lock, err);
		if (r == 0)
			r = cloned_resolve(c, s->site->store, &settings, err);
	}
	return r;
}

static int
get_repositories(struct step *s, struct detail *d, struct error *err)
{
	const struct git_settings settings = git_settings(s);
	int r = 0;

	for (size_t n = 0; r == 0 && n < d->copy.repository_count; n++)
		r = cloned_get(&d->copy.repositories[n], s->site->store,
			&settings, err);
	return r;
}

static int
prepare(struct step *s, struct error *err)
{
	struct detail *d = mem_zalloc(sizeof(*d));
	struct buf text = { 0 };
	int r;

	s->detail = d;
	r = copy_parse(s->state, s->instr, &d->copy, err);
	if (r < 0)
		return r;
	r = plan_find_source(
		s->site->plan, s->stage->number, s->instr, &d->source, err);
	if (r < 0)
		return r;
	if (r == 0)
		d->context = s->site->context;
	else if (d->source.files)
		d->context = d->source.files->context;
	r = d->copy.has_checksum ? 0 : fetch_urls(s, d, err);
	if (r == 0)
		r = resolve_repositories(s, d, err);
	if (r < 0)
		return r;
	begin_key(s, d, &s->key);
	r = add_source_key(s, d, err);
	if (r < 0)
		return r;
	buf_init(&text, HISTORY_MAX);
	copy_add_history(&d->copy, &text);
	s->created_by = buf_steal(&text);
	return 0;
}

/* Mount a stage's or image's files, to copy from them. */
static int
open_source(struct step *s, struct detail *d, struct error *err)
{
	const struct image *image;
	int r;

	if (d->context)
		return 0;
	if (d->source.is_stage) {
		r = stack_open_draft_bare(s->site->store,
			s->site->results[d->source.stage].draft, &d->mounted,
			err);
		d->root.name = s->site->plan->stages[d->source.stage].title;
	} else {
		r = source_image(s, d, &image, err);
		if (r < 0)
			return r;
		r = stack_open_image_bare(
			s->site->store, image, &d->mounted, err);
		d->root.name = d->source.image;
	}
	if (r < 0)
		return r;
	d->root.fd = rootfs_fd(d->mounted);
	d->root.keep_owners = true;
	return copy_select(&d->copy, &d->root, &d->selection, err);
}

static int
find_owner(struct step *s, const struct detail *d, int root_fd,
	struct copy_owner *ret, struct error *err)
{
	int accounts_fd, r;

	ret->is_forced = d->copy.owner != NULL;
	if (!ret->is_forced)
		return 0;
	r = step_find_accounts(s, root_fd, &accounts_fd, err);
	if (r < 0)
		return r;
	r = account_find_owner(
		accounts_fd, d->copy.owner, &ret->uid, &ret->gid, err);
	return r < 0 ? error_wrap(err, "--chown=%s", d->copy.owner) : 0;
}

static int
write_files(struct step *s, struct target *t, int root_fd, struct error *err)
{
	struct detail *d = s->detail;
	struct copy_owner owner = { 0 };
	int r;

	r = find_owner(s, d, root_fd, &owner, err);
	if (r < 0)
		return r;
	return copy_perform(
		&d->copy, &d->root, &d->selection, &owner, t, root_fd, err);
}

/* --link: onto nothing, so that the layer fits on whatever is below. */
static int
write_linked(struct step *s, enum step_size size, struct layer *ret,
	struct error *err)
{
	cleanup_value(state_release) struct state nothing = { 0 };
	cleanup(view_free) struct view *view = view_new(s->site->store);
	struct step alone = *s;
	int r;

	state_from_nothing(&s->stage->platform, s->state->escape, &nothing);
	alone.state = &nothing;
	alone.view = view;
	r = step_write_layer(&alone, size, write_files, ret, err);
	view_forget(s->view);
	return r;
}

/* A few files of a few pages. What cannot be looked at is not small, nor what
 * was fetched. */
static bool
is_small(const struct detail *d)
{
	bool is_fetched = d->copy.url_count || d->copy.repository_count;
	uint64_t bytes = is_fetched ? SMALL_MAX : 0;

	for (size_t n = 0; n < d->selection.count && bytes < SMALL_MAX; n++) {
		const struct selected *item = &d->selection.items[n];
		autoclose int fd = -1;
		struct stat st;

		if (!S_ISREG(item->kind) ||
			fs_open_in(d->root.fd, item->path, FS_NO_LINKS, O_PATH,
				0, &fd, NULL) < 0 ||
			fstat(fd, &st) < 0)
			return false;
		bytes += (uint64_t)st.st_size + FILE_COST;
	}
	return bytes < SMALL_MAX;
}

static int
copy_files(struct step *s, struct layer *ret, struct error *err)
{
	struct detail *d = s->detail;
	enum step_size size;
	int has_archive, r;

	r = fetch_urls(s, d, err);
	if (r == 0)
		r = get_repositories(s, d, err);
	if (r < 0)
		return r;
	has_archive = copy_has_archive(&d->copy, &d->root, &d->selection, err);
	if (has_archive < 0)
		return has_archive;
	size = is_small(d) ? STEP_SMALL : STEP_ANY_SIZE;
	if (has_archive || d->copy.unpacks_urls)
		size = STEP_NEEDS_TREE;
	if (d->copy.link)
		return write_linked(s, size, ret, err);
	return step_write_layer(s, size, write_files, ret, err);
}

/* The files of a stage or image may be what they were although its layers are
 * not: then the layer made of them then is the layer made of them now. */
static int
copy_from_tree(
	struct step *s, struct detail *d, struct layer *ret, struct error *err)
{
	cleanup_value(cache_entry_release) struct cache_entry e = { 0 };
	cleanup_value(key_release) struct key k = { 0 };
	struct digest content;
	int r;

	r = content_digest(
		&d->root, &d->selection, d->copy.exclude, &content, err);
	if (r < 0)
		return r;
	begin_key(s, d, &k);
	key_add_digest(&k, "content", &content);
	r = s->site->no_cache ? 0 : cache_get(s->site->store, &k, &e, err);
	if (r < 0)
		return r;
	if (r > 0) {
		layer_copy(&e.layer, ret);
		view_forget(s->view);
		return 0;
	}
	r = copy_files(s, ret, err);
	if (r < 0)
		return r;
	e.created = mem_strdup(s->state->created ? s->state->created : "");
	layer_copy(ret, &e.layer);
	return cache_put(s->site->store, &k, &e, s->created_by, err);
}

static int
perform(struct step *s, struct layer *ret, struct error *err)
{
	struct detail *d = s->detail;
	int r;

	if (d->context)
		return copy_files(s, ret, err);
	r = open_source(s, d, err);
	return r < 0 ? r : copy_from_tree(s, d, ret, err);
}

const struct step_kind step_copy = { prepare, perform, release };
