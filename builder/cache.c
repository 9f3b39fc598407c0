/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/cache.h"

#include <errno.h>

#include "util/fs.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"

/* The words of a RUN hold its command and environment. */
#define CACHE_ENTRY_MAX MiB(32)

void
cache_entry_release(struct cache_entry *e)
{
	layer_release(&e->layer);
	free(e->created);
	*e = (struct cache_entry){ 0 };
}

static int
parse_layer(const struct json *j, struct layer *ret, struct error *err)
{
	const struct json *layer = json_get(j, "layer");
	const char *diff_id = json_get_text(layer, "diff_id");
	int64_t size = json_get_number(layer, "size", -1);
	struct digest digest;
	int r;

	if (!diff_id || size < 0)
		return error_set(err, EBADMSG, "no layer in it");
	r = digest_parse(diff_id, &digest, err);
	if (r < 0)
		return r;
	layer_init(ret, &digest, (uint64_t)size);
	return 0;
}

static int
parse_entry(const struct buf *text, struct cache_entry *ret,
	char **ret_created_by, struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	const char *created;
	int r;

	r = json_parse(
		text->data, text->len, CACHE_ENTRY_MAX, "cache entry", &j, err);
	if (r < 0)
		return r;
	created = json_get_text(j, "created");
	if (!created)
		return error_set(err, EBADMSG, "no time in it");
	r = parse_layer(j, &ret->layer, err);
	if (r < 0)
		return r;
	ret->created = mem_strdup(created);
	if (ret_created_by)
		*ret_created_by = mem_strdup(json_get_text(j, "created_by"));
	return 0;
}

/* What is wrong with an entry costs a step, not the build. */
static int
not_usable(const char *name, struct error *err)
{
	if (err->code != ENOENT)
		log_warning("step cache entry '%s' is ignored: %s", name,
			err->text);
	error_release(err);
	return 0;
}

int
cache_read(struct store *s, const char *key, struct cache_entry *ret,
	char **ret_created_by, struct error *err)
{
	cleanup_value(cache_entry_release) struct cache_entry e = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *created_by = NULL;
	autoerror why = { 0 };
	int dir_fd, r;

	dir_fd = store_dir_fd(s, STORE_STEPS, err);
	if (dir_fd < 0)
		return dir_fd;
	buf_init(&text, CACHE_ENTRY_MAX);
	if (fs_read_file(dir_fd, key, CACHE_ENTRY_MAX, &text, &why) < 0 ||
		parse_entry(&text, &e, &created_by, &why) < 0)
		return not_usable(key, &why);
	r = layer_is_here(s, &e.layer, err);
	if (r <= 0)
		return r;
	*ret = e;
	e = (struct cache_entry){ 0 };
	if (ret_created_by)
		*ret_created_by = take_ptr(&created_by);
	return 1;
}

int
cache_get(struct store *s, const struct key *k, struct cache_entry *ret,
	struct error *err)
{
	char name[DIGEST_HEX_SIZE];
	struct digest digest;

	key_digest(k, &digest);
	return cache_read(s, digest_format_hex(&digest, name), ret, NULL, err);
}

static struct json *
format_entry(const struct strv *words, const struct cache_entry *e,
	const char *created_by)
{
	struct json *j = json_new_object(), *layer = json_new_object();
	char diff_id[DIGEST_TEXT_SIZE];

	json_set_text(
		layer, "diff_id", digest_format(&e->layer.diff_id, diff_id));
	json_set_number(layer, "size", (int64_t)e->layer.blob.size);
	json_set(j, "layer", layer);
	json_set_text(j, "created", e->created);
	json_set_text(j, "created_by", created_by);
	json_set(j, "why", json_new_list(words));
	return j;
}

static int
publish(struct store *s, const char *key, const struct json *j,
	struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	int tmp_fd, dir_fd, r;

	tmp_fd = store_dir_fd(s, STORE_TMP, err);
	if (tmp_fd < 0)
		return tmp_fd;
	dir_fd = store_dir_fd(s, STORE_STEPS, err);
	if (dir_fd < 0)
		return dir_fd;
	buf_init(&text, CACHE_ENTRY_MAX);
	json_format(j, &text);
	r = buf_check(&text, "step cache entry", err);
	return r < 0 ? r
		     : fs_publish(tmp_fd, dir_fd, key, text.data, text.len,
			       0600, err);
}

int
cache_put(struct store *s, const struct key *k, const struct cache_entry *e,
	const char *created_by, struct error *err)
{
	cleanup(json_free) struct json *j =
		format_entry(&k->words, e, created_by);
	char name[DIGEST_HEX_SIZE];
	struct digest digest;

	key_digest(k, &digest);
	return publish(s, digest_format_hex(&digest, name), j, err);
}

int
cache_write(struct store *s, const char *key, const struct cache_entry *e,
	const char *created_by, struct error *err)
{
	cleanup_value(cache_entry_release) struct cache_entry there = { 0 };
	const struct strv no_words = { 0 };
	cleanup(json_free) struct json *j =
		format_entry(&no_words, e, created_by);
	int r;

	r = cache_read(s, key, &there, NULL, err);
	if (r != 0)
		return r < 0 ? r : 0;
	return publish(s, key, j, err);
}
