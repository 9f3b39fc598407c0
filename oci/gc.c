/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/gc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "oci/gc-mark.h"
#include "util/clock.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"

#define NAMES_MAX 10000000
#define BLOCK_BYTES 512			/* of st_blocks, always */

struct gc {
	struct store *store;
	const struct gc_options *options;
	int64_t now;
	struct marks marks;
	struct strv doomed;		/* renamed to these names in tmp/ */
	struct gc_result result;
};

static void
gc_release(struct gc *g)
{
	marks_release(&g->marks);
	strv_release(&g->doomed);
	gc_result_release(&g->result);
}

void
gc_result_release(struct gc_result *r)
{
	strv_release(&r->removed);
	*r = (struct gc_result){ 0 };
}

/* How each part is swept. Steps come first: they mark. */
struct rule {
	enum store_part part;
	const char *what;
	bool (*is_needed)(const struct gc *g, const char *name);
	bool has_grace;
};

static bool
blob_is_needed(const struct gc *g, const char *name)
{
	return marks_has(g->marks.blobs, name);
}

/* What begins with a dot is no layer but an aid of those who mount them. */
static bool
tree_is_needed(const struct gc *g, const char *name)
{
	return *name == '.' || marks_has(g->marks.diff_ids, name);
}

/* packed/ has names of layers, and of blobs seen elsewhere. */
static bool
packed_is_needed(const struct gc *g, const char *name)
{
	return blob_is_needed(g, name) || tree_is_needed(g, name);
}

static bool
cache_is_needed(const struct gc *g, const char *name)
{
	(void)name;
	return !g->options->caches;
}

static const struct rule rules[] = {
	{ STORE_BLOBS, "blob sha256:", blob_is_needed, true },
	{ STORE_TREES, "tree ", tree_is_needed, true },
	/* No grace: a line that outlives its blob would be damage. */
	{ STORE_PACKED, "packed ", packed_is_needed, false },
	{ STORE_FILEHASH, "filehash ", cache_is_needed, false },
	{ STORE_FETCHED, "fetched ", cache_is_needed, false },
	{ STORE_MOUNTS, "mount ", cache_is_needed, false },
	{ STORE_GIT, "git ", cache_is_needed, false },
};

static uint64_t disk_bytes(int dir_fd, const char *name);

static uint64_t
disk_bytes_below(int fd)
{
	autoclosedir DIR *dir = fdopendir(fd);
	struct dirent *e;
	uint64_t sum = 0;

	if (!dir) {
		(void)close(fd);
		return 0;
	}
	while ((e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			sum += disk_bytes(fd, e->d_name);
	return sum;
}

/* For people: what cannot be looked at counts nothing, a file with several
 * names counts for each its share. */
static uint64_t
disk_bytes(int dir_fd, const char *name)
{
	struct stat st;
	uint64_t sum;
	int fd;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	sum = (uint64_t)st.st_blocks * BLOCK_BYTES;
	if (!S_ISDIR(st.st_mode))
		return sum / (st.st_nlink ? st.st_nlink : 1);
	fd = openat(dir_fd, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? sum : sum + disk_bytes_below(fd);
}

/* The change time: a tree's own time is whatever its image says. */
static int64_t
age_of(const struct gc *g, int dir_fd, const char *name)
{
	struct stat st;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	return g->now - (int64_t)st.st_ctime;
}

/* Directories only change their name: half a tree must never look whole. */
static int
take_away(struct gc *g, int dir_fd, const char *name, struct error *err)
{
	autofree char *place = NULL;
	autoclose int place_fd = -1;
	int tmp_fd, r;

	if (unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return error_errno(err, "cannot remove '%s'", name);
	tmp_fd = store_dir_fd(g->store, STORE_TMP, err);
	if (tmp_fd < 0)
		return tmp_fd;
	r = fs_make_temp_dir(tmp_fd, &place, &place_fd, err);
	if (r < 0)
		return r;
	strv_add(&g->doomed, place);
	if (renameat(dir_fd, name, place_fd, name) < 0)
		return error_errno(err, "cannot move '%s' away", name);
	return 0;
}

static int
remove_entry(struct gc *g, const struct rule *rule, int dir_fd,
	const char *name, struct error *err)
{
	uint64_t bytes = disk_bytes(dir_fd, name);
	int r = 0;

	if (!g->options->dry_run)
		r = take_away(g, dir_fd, name, err);
	if (r < 0)
		return r;
	g->result.bytes += bytes;
	strv_addf(&g->result.removed, "%s%s", rule->what, name);
	return 0;
}

static int
sweep(struct gc *g, const struct rule *rule, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	size_t i;
	int fd, r;

	fd = store_dir_fd(g->store, rule->part, err);
	if (fd < 0)
		return fd;
	r = fs_list(fd, NAMES_MAX, &names, err);
	for (i = 0; r == 0 && i < names.count; i++) {
		const char *name = names.items[i];

		if (rule->is_needed(g, name))
			continue;
		if (rule->has_grace &&
			age_of(g, fd, name) < g->options->grace_seconds)
			continue;
		r = remove_entry(g, rule, fd, name, err);
	}
	return r;
}

/* A step that stays marks its layer, so this is before the other parts. */
static int
sweep_steps(struct gc *g, struct error *err)
{
	static const struct rule rule = { STORE_STEPS, "step ", NULL, false };
	cleanup_value(strv_release) struct strv names = { 0 };
	size_t i;
	int fd, r;

	fd = store_dir_fd(g->store, STORE_STEPS, err);
	if (fd < 0)
		return fd;
	r = fs_list(fd, NAMES_MAX, &names, err);
	for (i = 0; r == 0 && i < names.count; i++) {
		const char *name = names.items[i];

		if (g->options->caches ||
			age_of(g, fd, name) > g->options->keep_steps_seconds)
			r = remove_entry(g, &rule, fd, name, err);
		else
			r = marks_add_step(&g->marks, g->store, name, err);
	}
	return r;
}

static int
collect(struct gc *g, struct error *err)
{
	size_t i;
	int r;

	r = marks_add_refs(&g->marks, g->store, err);
	if (r == 0)
		r = sweep_steps(g, err);
	if (r == 0)
		r = marks_add_packed(&g->marks, g->store, err);
	for (i = 0; r == 0 && i < ARRAY_SIZE(rules); i++)
		r = sweep(g, &rules[i], err);
	return r;
}

static void
remove_doomed(struct gc *g)
{
	int fd = store_dir_fd(g->store, STORE_TMP, NULL);
	size_t i;

	for (i = 0; fd >= 0 && i < g->doomed.count; i++) {
		autoerror why = { 0 };

		if (fs_remove_tree(fd, g->doomed.items[i], &why) < 0)
			log_warning("a later run must remove it: %s",
				why.text);
	}
}

int
gc_run(struct store *s, const struct gc_options *options,
	struct gc_result *ret, struct error *err)
{
	cleanup_value(gc_release) struct gc g = { 0 };
	int r;

	r = store_lock_exclusive(s, err);
	if (r < 0)
		return r;
	g.store = s;
	g.options = options;
	g.now = clock_wall_seconds(NULL);
	marks_init(&g.marks);
	r = collect(&g, err);
	if (r == 0)
		r = store_lock_shared(s, err);
	else
		(void)store_lock_shared(s, NULL);
	remove_doomed(&g);
	if (r < 0)
		return r;
	*ret = g.result;
	g.result = (struct gc_result){ 0 };
	return 0;
}
