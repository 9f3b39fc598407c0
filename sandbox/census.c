/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/census.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"

#define NAMES_MAX 10000000
#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
/* Of a file system that counts whole seconds, or has a clock of its own. */
#define SETTLE_TRIES 1000
#define SETTLE_PAUSE_NS 2000000

/* How an entry looks: all-zero where a field says nothing. */
struct look {
	uint64_t inode, size, device;
	uint32_t mode, uid, gid;
	struct statx_timestamp born, changed, modified;
};

/* An entry, and those in it by the order of their names. */
struct census {
	char *name;
	struct look look;
	struct census *children;
	size_t count;
};

static int
look_at(int dir_fd, const char *name, struct look *ret, struct error *err)
{
	const unsigned mask = STATX_BASIC_STATS | STATX_BTIME;
	struct statx s = { 0 };

	if (statx(dir_fd, name, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, mask,
		    &s) < 0)
		return error_errno(err, "cannot look at '%s'", name);
	*ret = (struct look){
		.inode = s.stx_ino, .size = s.stx_size,
		.device = makedev(s.stx_rdev_major, s.stx_rdev_minor),
		.mode = s.stx_mode, .uid = s.stx_uid, .gid = s.stx_gid,
		.changed = s.stx_ctime, .modified = s.stx_mtime,
	};
	if (s.stx_mask & STATX_BTIME)
		ret->born = s.stx_btime;
	return 0;
}

static bool
is_same_time(const struct statx_timestamp *a, const struct statx_timestamp *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool
is_same_look(const struct look *a, const struct look *b)
{
	return a->inode == b->inode && a->size == b->size &&
		a->device == b->device && a->mode == b->mode &&
		a->uid == b->uid && a->gid == b->gid &&
		is_same_time(&a->changed, &b->changed) &&
		is_same_time(&a->modified, &b->modified);
}

/* The number of an inode is used again at once, its birthday is not. */
static bool
is_same_dir(const struct look *a, const struct look *b)
{
	return S_ISDIR(a->mode) && S_ISDIR(b->mode) && a->inode == b->inode &&
		is_same_time(&a->born, &b->born);
}

static void
release_children(struct census *c)
{
	for (size_t n = 0; n < c->count; n++) {
		free(c->children[n].name);
		release_children(&c->children[n]);
	}
	free(c->children);
}

struct census *
census_free(struct census *c)
{
	if (c)
		release_children(c);
	free(c);
	return NULL;
}

static bool
is_later(const struct statx_timestamp *a, const struct statx_timestamp *b)
{
	return a->tv_sec > b->tv_sec ||
		(a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec);
}

/* `latest` is the last change seen so far. */
static int
note_children(struct census *c, int dir_fd, struct statx_timestamp *latest,
	struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	int r;

	r = fs_list(dir_fd, NAMES_MAX, &names, err);
	if (r < 0 || names.count == 0)
		return r;
	c->children = mem_array(names.count, sizeof(*c->children));
	for (size_t n = 0; r == 0 && n < names.count; n++) {
		struct census *child = &c->children[c->count++];
		autoclose int fd = -1;

		*child = (struct census){ mem_strdup(names.items[n]) };
		r = look_at(dir_fd, child->name, &child->look, err);
		if (r == 0 && is_later(&child->look.changed, latest))
			*latest = child->look.changed;
		if (r < 0 || !S_ISDIR(child->look.mode))
			continue;
		fd = openat(dir_fd, child->name, OPEN_DIR);
		r = fd < 0 ? error_errno(err, "cannot open '%s'", child->name) :
			note_children(child, fd, latest, err);
	}
	return r;
}

/* A change from now on has another time than `latest`: the kernel takes that
 * of its tick. */
static void
settle(const struct statx_timestamp *latest)
{
	const struct timespec pause = { 0, SETTLE_PAUSE_NS };
	bool counts_seconds = latest->tv_nsec == 0;

	for (int n = 0; n < SETTLE_TRIES; n++) {
		struct timespec now;

		if (clock_gettime(CLOCK_REALTIME_COARSE, &now) < 0 ||
			now.tv_sec > latest->tv_sec ||
			(now.tv_sec == latest->tv_sec && !counts_seconds &&
				now.tv_nsec > (long)latest->tv_nsec))
			return;
		(void)nanosleep(&pause, NULL);
	}
}

int
census_take(int dir_fd, struct census **ret, struct error *err)
{
	cleanup(census_free) struct census *c = mem_zalloc(sizeof(*c));
	struct statx_timestamp latest = { 0 };
	int r;

	r = note_children(c, dir_fd, &latest, err);
	if (r < 0)
		return r;
	settle(&latest);
	*ret = take_ptr(&c);
	return 0;
}

static bool
has_same_names(const struct census *c, const struct strv *names)
{
	if (names->count != c->count)
		return false;
	for (size_t n = 0; n < c->count; n++)
		if (strcmp(names->items[n], c->children[n].name) != 0)
			return false;
	return true;
}

static int
is_same_entry(const struct census *c, int dir_fd, struct error *err)
{
	autoclose int fd = -1;
	struct look now;
	int r;

	r = look_at(dir_fd, c->name, &now, err);
	if (r < 0)
		return r;
	if (!is_same_look(&c->look, &now))
		return 0;
	if (!S_ISDIR(now.mode))
		return 1;
	fd = openat(dir_fd, c->name, OPEN_DIR);
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", c->name);
	return census_is_same(c, fd, err);
}

int
census_is_same(const struct census *c, int dir_fd, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	int r;

	r = fs_list(dir_fd, NAMES_MAX, &names, err);
	if (r < 0)
		return r;
	r = has_same_names(c, &names);
	for (size_t n = 0; r > 0 && n < c->count; n++)
		r = is_same_entry(&c->children[n], dir_fd, err);
	return r;
}

static const struct census *
find(const struct census *c, const char *name)
{
	size_t low = 0, high = c->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, c->children[middle].name);

		if (order == 0)
			return &c->children[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* A whiteout for each that is there no more. 1 when there was any. */
static int
mark_gone(const struct census *c, int dir_fd, struct error *err)
{
	int marked = 0;

	for (size_t n = 0; n < c->count; n++) {
		const char *name = c->children[n].name;

		if (faccessat(dir_fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		if (mknodat(dir_fd, name, S_IFCHR, makedev(0, 0)) < 0)
			return error_errno(err, "cannot mark '%s' as deleted",
				name);
		marked = 1;
	}
	return marked;
}

static int
keep_times(int fd, const struct stat *st, struct error *err)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };

	return futimens(fd, times) < 0 ?
		error_errno(err, "cannot set the times of a directory") : 0;
}

/* What was in `c` shows no more through the directory `fd`, nor through those
 * in it. */
static int
hide_each(const struct census *c, int fd, struct error *err)
{
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot look at '%s'", c->name);
	r = mark_gone(c, fd, err);
	for (size_t n = 0; r >= 0 && n < c->count; n++) {
		autoclose int child = openat(fd, c->children[n].name, OPEN_DIR);

		if (child >= 0)
			r = hide_each(&c->children[n], child, err);
	}
	return r < 0 ? r : keep_times(fd, &st, err);
}

/* A directory that is not the one that was here, or was no directory. */
static int
hide(const struct census *was, int dir_fd, const char *name,
	struct error *err)
{
	autoclose int fd = openat(dir_fd, name, OPEN_DIR);

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", name);
	if (fsetxattr(fd, "user.overlay.opaque", "y", 1, 0) == 0)
		return 0;
	if (errno != ENOTSUP)
		return error_errno(err, "cannot mark '%s' opaque", name);
	return hide_each(was, fd, err);
}

static int reduce(const struct census *c, int dir_fd, struct error *err);

/* A directory that was here; 1 when it is to stay. */
static int
reduce_dir(const struct census *c, int dir_fd, const struct look *now,
	struct error *err)
{
	autoclose int fd = openat(dir_fd, c->name, OPEN_DIR);
	int r;

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", c->name);
	r = reduce(c, fd, err);
	if (r != 0 || !is_same_look(&c->look, now))
		return r < 0 ? r : 1;
	if (unlinkat(dir_fd, c->name, AT_REMOVEDIR) < 0)
		return error_errno(err, "cannot remove '%s'", c->name);
	return 0;
}

/* 1 when it is to stay. */
static int
reduce_entry(const struct census *was, int dir_fd, const char *name,
	struct error *err)
{
	struct look now;
	int r;

	r = look_at(dir_fd, name, &now, err);
	if (r < 0)
		return r;
	if (was && is_same_dir(&was->look, &now))
		return reduce_dir(was, dir_fd, &now, err);
	if (was && S_ISDIR(now.mode)) {
		r = hide(was, dir_fd, name, err);
		return r < 0 ? r : 1;
	}
	if (!was || !is_same_look(&was->look, &now))
		return 1;
	if (unlinkat(dir_fd, name, 0) < 0)
		return error_errno(err, "cannot remove '%s'", name);
	return 0;
}

/* 1 when something stayed. */
static int
reduce(const struct census *c, int dir_fd, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	struct stat st;
	int kept, r;

	if (fstat(dir_fd, &st) < 0)
		return error_errno(err, "cannot look at a directory");
	r = fs_list(dir_fd, NAMES_MAX, &names, err);
	if (r < 0)
		return r;
	/* Before that which is as it was goes, too. */
	kept = mark_gone(c, dir_fd, err);
	if (kept < 0)
		return kept;
	for (size_t n = 0; n < names.count; n++) {
		r = reduce_entry(find(c, names.items[n]), dir_fd,
			names.items[n], err);
		if (r < 0)
			return r;
		kept |= r;
	}
	r = keep_times(dir_fd, &st, err);
	return r < 0 ? r : kept;
}

int
census_reduce(const struct census *c, int dir_fd, struct error *err)
{
	int r = reduce(c, dir_fd, err);

	return r < 0 ? error_wrap(err, "changes of a copy") : 0;
}
