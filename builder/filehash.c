/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/filehash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "builder/filehash-record.h"
#include "builder/xattr.h"
#include "util/fs.h"
#include "util/map.h"
#include "util/mem.h"
#include "util/scope.h"

#define READ_BYTES KiB(256)
#define MISSES_MAX 8
#define NS_PER_S 1000000000LL
/* The clock of a file system ticks at least a hundred times a second, or, when
 * it keeps whole seconds (two on FAT), once in two. */
#define FINE_TICK_NS 20000000LL
#define COARSE_TICK_NS (2 * NS_PER_S)

/* `store` is NULL when nothing is kept on disk. Old records lie sorted in
 * `file`, `asked` says which were wanted; new ones are in `fresh`, by path. */
struct filehash {
	struct store *store;
	char name[DIGEST_HEX_SIZE];
	struct filehash_file file;
	bool *asked;
	size_t cursor;
	struct map *fresh;
	size_t saved;		/* of `fresh`, or left to another to save */
	int64_t begin_ns;
	struct digester *digester;
	char *chunk;
	unsigned long read_count;
};

struct filehash *
filehash_free(struct filehash *h)
{
	if (!h)
		return NULL;
	filehash_file_release(&h->file);
	free(h->asked);
	map_free(h->fresh);
	digester_free(h->digester);
	free(h->chunk);
	free(h);
	return NULL;
}

struct filehash *
filehash_new(void)
{
	struct filehash *h = mem_zalloc(sizeof(*h));
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	h->begin_ns = (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
	h->fresh = map_new(free);
	h->digester = digester_new();
	h->chunk = mem_alloc(READ_BYTES);
	return h;
}

int
filehash_open(struct store *s, const char *root_path, struct filehash **ret,
	struct error *err)
{
	struct filehash *h;
	struct digest d;
	int dir_fd;

	dir_fd = store_dir_fd(s, STORE_FILEHASH, err);
	if (dir_fd < 0)
		return dir_fd;
	h = filehash_new();
	h->store = s;
	digest_of(root_path, strlen(root_path), &d);
	digest_format_hex(&d, h->name);
	h->name[32] = '\0';
	filehash_file_open(dir_fd, h->name, &h->file);
	h->asked = mem_array(h->file.count + 1, sizeof(*h->asked));
	*ret = h;
	return 0;
}

unsigned long
filehash_read_count(const struct filehash *h)
{
	return h->read_count;
}

static int
compare(const struct filehash_file *f, size_t n, const char *path, size_t len)
{
	const struct filehash_record *r = &f->records[n];
	size_t least = r->path_len < len ? r->path_len : len;
	int c = memcmp(filehash_file_path(f, r), path, least);

	return c != 0 ? c : (r->path_len > len) - (r->path_len < len);
}

/* Walks ask nearly in the order of the records: the cursor is right nearly
 * always, and where it is not, half the records are ruled out at a time. */
static const struct filehash_record *
find_old(struct filehash *h, const char *path)
{
	size_t len = strlen(path), low = 0, high = h->file.count, n;
	int c;

	if (h->cursor < high && compare(&h->file, h->cursor, path, len) == 0)
		low = high = h->cursor;
	while (low < high) {
		n = low + (high - low) / 2;
		c = compare(&h->file, n, path, len);
		if (c < 0)
			low = n + 1;
		else
			high = n;
	}
	if (low == h->file.count || compare(&h->file, low, path, len) != 0)
		return NULL;
	h->cursor = low + 1;
	h->asked[low] = true;
	return &h->file.records[low];
}

/* Could the file change after it was read, and its times stay what they are?
 * Only if they are as late as the reading, as far as its clock can tell. */
static bool
is_racy(const struct filehash *h, const struct stat *st)
{
	struct filehash_record r;
	int64_t tick = st->st_mtim.tv_nsec == 0 && st->st_ctim.tv_nsec == 0 ?
		COARSE_TICK_NS :
		FINE_TICK_NS;

	filehash_record_set(&r, st);
	return r.mtime_ns >= h->begin_ns - tick ||
		r.ctime_ns >= h->begin_ns - tick;
}

static int
read_bytes(struct filehash *h, int fd, struct digest *ret, struct error *err)
{
	ssize_t n;

	while ((n = read(fd, h->chunk, READ_BYTES)) != 0) {
		if (n > 0)
			digester_add(h->digester, h->chunk, (size_t)n);
		else if (errno != EINTR)
			break;
	}
	digester_take(h->digester, ret);
	return n < 0 ? error_errno(err, "cannot read") : 0;
}

/* Bytes, and attributes if there are any. */
static int
read_file(struct filehash *h, int fd, struct digest *ret, struct error *err)
{
	struct digest bytes, attributes;
	int r;

	r = read_bytes(h, fd, &bytes, err);
	if (r < 0)
		return r;
	r = xattr_digest(fd, &attributes, err);
	if (r < 0)
		return r;
	*ret = bytes;
	if (r == 0)
		return 0;
	digester_add_field(h->digester, &bytes, sizeof(bytes));
	digester_add_field(h->digester, &attributes, sizeof(attributes));
	digester_take(h->digester, ret);
	return 0;
}

/* Keep what was read, unless the file was changing or may change unseen. */
static void
keep(struct filehash *h, const char *path, int fd, const struct stat *before,
	const struct digest *d)
{
	struct filehash_record *r;
	struct stat after;

	r = mem_zalloc(sizeof(*r));
	filehash_record_set(r, before);
	r->digest = *d;
	if (fstat(fd, &after) < 0 || !filehash_record_fits(r, &after) ||
		is_racy(h, before)) {
		free(r);
		return;
	}
	map_set(h->fresh, path, r);
}

static int
read_anew(struct filehash *h, const char *path, const struct stat *st,
	int dir_fd, const char *name, struct digest *ret, struct error *err)
{
	autoclose int fd = -1;
	struct stat now;
	int r;

	fd = openat(dir_fd, name,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	if (fstat(fd, &now) < 0)
		return error_errno(err, "cannot look at '%s'", path);
	if (!S_ISREG(now.st_mode))
		return error_set(err, ESTALE,
			"'%s' is no longer a regular file", path);
	r = read_file(h, fd, ret, err);
	if (r < 0)
		return error_wrap(err, "'%s'", path);
	h->read_count++;
	keep(h, path, fd, st, ret);
	return 0;
}

int
filehash_get(struct filehash *h, const char *path, const struct stat *st,
	int dir_fd, const char *name, struct digest *ret, struct error *err)
{
	const struct filehash_record *r;

	r = find_old(h, path);
	if (!r || !filehash_record_fits(r, st))
		r = map_get(h->fresh, path);
	if (!r || !filehash_record_fits(r, st))
		return read_anew(h, path, st, dir_fd, name, ret, err);
	*ret = r->digest;
	return 0;
}

/* An old record whose path has no new one, unless it is long out of use. */
static int
write_old(const struct filehash *h, size_t n, struct filehash_writer *w,
	struct error *err)
{
	struct filehash_record r = h->file.records[n];

	r.misses = h->asked[n] ? 0 : r.misses + 1;
	if (r.misses > MISSES_MAX)
		return 0;
	return filehash_writer_add(w, &r,
		filehash_file_path(&h->file, &h->file.records[n]), r.path_len,
		err);
}

/* Old records up to the place of `name`, NULL for all; one of the same name is
 * passed over. */
static int
write_old_before(const struct filehash *h, const char *name, size_t len,
	size_t *old, struct filehash_writer *w, struct error *err)
{
	for (; *old < h->file.count; ++*old) {
		int c = name ? compare(&h->file, *old, name, len) : -1;
		int r;

		if (c >= 0) {
			*old += c == 0;
			return 0;
		}
		r = write_old(h, *old, w, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
merge(const struct filehash *h, struct filehash_writer *w, struct error *err)
{
	autofree const char **names = map_names(h->fresh);
	size_t count = map_count(h->fresh), old = 0;

	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(names[i]);
		int r;

		r = write_old_before(h, names[i], len, &old, w, err);
		if (r == 0)
			r = filehash_writer_add(w, map_get(h->fresh, names[i]),
				names[i], len, err);
		if (r < 0)
			return r;
	}
	return write_old_before(h, NULL, 0, &old, w, err);
}

static int
write_all(const struct filehash *h, int fd, struct error *err)
{
	cleanup_value(filehash_writer_release) struct filehash_writer w = {
		0
	};
	int r;

	r = filehash_writer_begin(&w, fd, err);
	if (r == 0)
		r = merge(h, &w, err);
	return r < 0 ? r : filehash_writer_finish(&w, err);
}

void
filehash_inherit(struct filehash *h)
{
	h->saved = map_count(h->fresh);
}

int
filehash_save(struct filehash *h, struct error *err)
{
	autofree char *name = NULL;
	autoclose int fd = -1;
	int tmp_fd, dir_fd, r;

	if (!h->store || map_count(h->fresh) == h->saved)
		return 0;
	tmp_fd = store_dir_fd(h->store, STORE_TMP, err);
	if (tmp_fd < 0)
		return tmp_fd;
	dir_fd = store_dir_fd(h->store, STORE_FILEHASH, err);
	if (dir_fd < 0)
		return dir_fd;
	r = fs_make_temp_file(tmp_fd, &name, &fd, err);
	if (r == 0)
		r = write_all(h, fd, err);
	if (r == 0 && renameat(tmp_fd, name, dir_fd, h->name) < 0)
		r = error_errno(err, "cannot make 'filehash/%s'", h->name);
	if (r == 0)
		h->saved = map_count(h->fresh);
	else if (name)
		(void)unlinkat(tmp_fd, name, 0);
	return r;
}
