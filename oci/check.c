/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/check.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "oci/blob.h"
#include "oci/check-image.h"
#include "oci/pack.h"
#include "util/fs.h"
#include "util/mem.h"

#define NAMES_MAX 10000000
#define STEP_MAX MiB(32)
#define LINE_MAX_BYTES 4096

struct check {
	struct store *store;
	const struct check_options *options;
	struct check_result result;
	struct map *tree_only;
};

static void
check_release(struct check *c)
{
	map_free(c->tree_only);
	check_result_release(&c->result);
}

void
check_result_release(struct check_result *r)
{
	strv_release(&r->problems);
	*r = (struct check_result){ 0 };
}

static void
problem(struct check *c, enum store_part part, const char *name,
	const struct error *why)
{
	strv_addf(&c->result.problems, "%s/%s: %s", store_part_path(part),
		name, why->text);
}

/* The digest of what `from` gives, borrowed. */
static int
hash_source(struct source *from, struct digest *ret, struct error *err)
{
	cleanup(sink_free) struct sink *to = digest_sink(NULL, ret, NULL);
	uint64_t copied;
	int r;

	r = stream_copy(from, to, UINT64_MAX, &copied, err);
	return r < 0 ? r : sink_finish(to, err);
}

static int
compare(const struct digest *name, const struct digest *found,
	struct error *err)
{
	char text[DIGEST_TEXT_SIZE];

	if (digest_equal(name, found))
		return 0;
	return error_set(err, EBADMSG, "has digest '%s'",
		digest_format(found, text));
}

static int
check_blob(struct check *c, const char *name, struct error *err)
{
	cleanup(source_free) struct source *from = NULL;
	autoclose int fd = -1;
	struct digest d, found;
	int r;

	c->result.blobs++;
	r = digest_parse_hex(name, &d, err);
	if (r == 0)
		r = blob_open(c->store, &d, &fd, NULL, err);
	if (r < 0)
		return r;
	from = source_from_fd(fd);
	r = hash_source(from, &found, err);
	return r < 0 ? r : compare(&d, &found, err);
}

static int
hash_tree(int fd, struct digest *ret, struct error *err)
{
	static const struct pack_options options = { .clamp_mtime = INT64_MAX };
	cleanup(sink_free) struct sink *to = digest_sink(NULL, ret, NULL);
	int r;

	r = pack_tree(fd, &options, to, err);
	return r < 0 ? r : sink_finish(to, err);
}

/* A tree made from somebody else's tar packs to other bytes than those; its
 * blob is what vouches for it, and it can be made again. */
static bool
can_compare(struct check *c, const char *name, const struct digest *d)
{
	char ours[128], hex[DIGEST_HEX_SIZE];

	store_tree_name(c->store, d, ours);
	return c->options->trees && strcmp(name, ours) == 0 &&
		map_has(c->tree_only, digest_format_hex(d, hex));
}

static int
check_tree(struct check *c, const char *name, struct error *err)
{
	autofree char *hex = mem_strndup(name, strcspn(name, "."));
	autoclose int fd = -1;
	struct digest d, found;
	int dir_fd, r;

	/* No layer but an aid of those who mount them. */
	if (*name == '.')
		return 0;
	r = digest_parse_hex(hex, &d, err);
	if (r < 0)
		return r;
	if (!can_compare(c, name, &d)) {
		c->result.trees_skipped++;
		return 0;
	}
	c->result.trees++;
	dir_fd = store_dir_fd(c->store, STORE_TREES, err);
	fd = openat(dir_fd, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open it");
	r = hash_tree(fd, &found, err);
	return r < 0 ? r : compare(&d, &found, err);
}

static int
check_step(struct check *c, const char *name, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup(json_free) struct json *j = NULL;
	const char *diff_id;
	char hex[DIGEST_HEX_SIZE];
	struct digest d;
	int fd, r;

	c->result.steps++;
	fd = store_dir_fd(c->store, STORE_STEPS, err);
	r = fs_read_file(fd, name, STEP_MAX, &text, err);
	if (r == 0)
		r = json_parse(buf_text(&text), text.len, STEP_MAX, "step", &j,
			err);
	if (r < 0 || !json_get(j, "layer"))
		return r;
	diff_id = json_get_text(json_get(j, "layer"), "diff_id");
	r = digest_parse(diff_id ? diff_id : "", &d, err);
	if (r == 0 && store_has_blob(c->store, &d, NULL) == 0)
		map_set(c->tree_only, digest_format_hex(&d, hex), c);
	return r;
}

/* packed/<diff id>.<codec> names a blob that must be here; others in there
 * are notes about registries. */
static int
check_packed(struct check *c, const char *name, struct error *err)
{
	cleanup_value(buf_release) struct buf line = { 0 };
	struct digest d;
	int fd, r;

	if (strlen(name) < 5 || strcmp(name + strlen(name) - 5, ".seen") == 0)
		return 0;
	fd = store_dir_fd(c->store, STORE_PACKED, err);
	r = fs_read_file(fd, name, LINE_MAX_BYTES, &line, err);
	if (r < 0)
		return r;
	if (line.data)
		line.data[strcspn(line.data, " \n")] = '\0';
	r = digest_parse(line.data ? line.data : "", &d, err);
	if (r < 0)
		return r;
	r = store_has_blob(c->store, &d, err);
	if (r == 0)
		return error_set(err, ENOENT, "its blob '%s' is not here",
			line.data);
	return r < 0 ? r : 0;
}

/* Steps tell of trees, so they come before them. */
static const struct {
	enum store_part part;
	int (*check)(struct check *c, const char *name, struct error *err);
} parts[] = {
	{ STORE_BLOBS, check_blob },
	{ STORE_STEPS, check_step },
	{ STORE_TREES, check_tree },
	{ STORE_PACKED, check_packed },
};

static int
check_part(struct check *c, size_t part, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	size_t i;
	int fd, r;

	fd = store_dir_fd(c->store, parts[part].part, err);
	if (fd < 0)
		return fd;
	r = fs_list(fd, NAMES_MAX, &names, err);
	for (i = 0; r == 0 && i < names.count; i++) {
		autoerror why = { 0 };

		if (parts[part].check(c, names.items[i], &why) < 0)
			problem(c, parts[part].part, names.items[i], &why);
	}
	return r;
}

int
check_run(struct store *s, const struct check_options *options,
	struct check_result *ret, struct error *err)
{
	cleanup_value(check_release) struct check c = { 0 };
	size_t i;
	int r;

	c.store = s;
	c.options = options;
	c.tree_only = map_new(NULL);
	r = check_images(s, &c.result, c.tree_only, err);
	for (i = 0; r == 0 && i < ARRAY_SIZE(parts); i++)
		r = check_part(&c, i, err);
	if (r < 0)
		return r;
	*ret = c.result;
	c.result = (struct check_result){ 0 };
	return 0;
}
