/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/filehash-record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

/* The last digit is the format's number. */
#define MAGIC "slipfh2\n"
#define FILE_MAX GiB(1)
#define NS_PER_S 1000000000LL
#define SUM_BEGIN 0x736c6970u
/* Records written at once. */
#define PENDING_BYTES KiB(64)

/* `sum` is over everything behind the header. */
struct header {
	char magic[8];
	uint64_t count;
	uint64_t names_len;
	uint64_t sum;
};

/* Finds damage, which a digest would too, but in a tenth of the time: the file
 * is read at every build. It goes on from `sum`; only the last piece may have a
 * length that is no multiple of eight. */
static uint64_t
sum_add(uint64_t sum, const void *data, size_t len)
{
	const char *p = data;
	uint64_t word;

	for (; len > 0; len -= len < 8 ? len : 8, p += 8) {
		word = 0;
		memcpy(&word, p, len < 8 ? len : 8);
		sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
		sum ^= sum >> 29;
	}
	return sum;
}

static bool
is_sound(const char *map, size_t len)
{
	struct header h;
	uint64_t records_len;

	if (len < sizeof(h))
		return false;
	memcpy(&h, map, sizeof(h));
	if (memcmp(h.magic, MAGIC, sizeof(h.magic)) != 0 ||
		__builtin_mul_overflow(h.count,
			sizeof(struct filehash_record), &records_len))
		return false;
	if (records_len > len - sizeof(h) ||
		h.names_len != len - sizeof(h) - records_len)
		return false;
	return sum_add(SUM_BEGIN, map + sizeof(h), len - sizeof(h)) == h.sum;
}

/* The sum guards against damage, this against a sum that fits by design. */
static bool
are_names_inside(const struct filehash_file *f, size_t names_len)
{
	for (size_t i = 0; i < f->count; i++) {
		if (f->records[i].path > names_len ||
			f->records[i].path_len > names_len - f->records[i].path)
			return false;
	}
	return true;
}

static bool
read_map(struct filehash_file *f)
{
	const char *map = f->map;
	struct header h;

	if (!is_sound(map, f->map_len))
		return false;
	memcpy(&h, map, sizeof(h));
	f->count = h.count;
	f->records = (const void *)(map + sizeof(h));
	f->names = (const char *)(f->records + f->count);
	return are_names_inside(f, h.names_len);
}

void
filehash_file_release(struct filehash_file *f)
{
	if (f->map)
		(void)munmap(f->map, f->map_len);
	*f = (struct filehash_file){ 0 };
}

void
filehash_file_open(int dir_fd, const char *name, struct filehash_file *ret)
{
	autoclose int fd = -1;
	struct stat st;

	*ret = (struct filehash_file){ 0 };
	fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		st.st_size <= 0 || (uint64_t)st.st_size > FILE_MAX)
		return;
	ret->map_len = (size_t)st.st_size;
	ret->map = mmap(NULL, ret->map_len, PROT_READ,
		MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (ret->map == MAP_FAILED) {
		ret->map = NULL;
		return;
	}
	if (!read_map(ret))
		filehash_file_release(ret);
}

const char *
filehash_file_path(const struct filehash_file *f,
	const struct filehash_record *record)
{
	return f->names + record->path;
}

int
filehash_writer_begin(struct filehash_writer *w, int fd, struct error *err)
{
	*w = (struct filehash_writer){ .fd = fd, .sum = SUM_BEGIN };
	buf_init(&w->records,
		PENDING_BYTES + sizeof(struct filehash_record));
	buf_init(&w->names, FILE_MAX);
	if (lseek(fd, sizeof(struct header), SEEK_SET) < 0)
		return error_errno(err, "cannot leave room for a header");
	return 0;
}

void
filehash_writer_release(struct filehash_writer *w)
{
	buf_release(&w->records);
	buf_release(&w->names);
}

static int
write_piece(struct filehash_writer *w, struct buf *piece, struct error *err)
{
	w->sum = sum_add(w->sum, buf_text(piece), piece->len);
	return fs_write(w->fd, buf_text(piece), piece->len, err);
}

static int
write_records(struct filehash_writer *w, struct error *err)
{
	int r = write_piece(w, &w->records, err);

	buf_reset(&w->records);
	return r;
}

int
filehash_writer_add(struct filehash_writer *w,
	const struct filehash_record *record, const char *path, size_t len,
	struct error *err)
{
	struct filehash_record r = *record;

	r.path = w->names.len;
	r.path_len = (uint32_t)len;
	buf_add(&w->records, &r, sizeof(r));
	buf_add(&w->names, path, len);
	w->count++;
	return w->records.len < PENDING_BYTES ? 0 : write_records(w, err);
}

int
filehash_writer_finish(struct filehash_writer *w, struct error *err)
{
	struct header h = { .magic = MAGIC, .count = w->count };
	int r;

	if (w->names.overflow)
		return error_set(err, EFBIG, "a record of too many files");
	h.names_len = w->names.len;
	r = write_records(w, err);
	if (r == 0)
		r = write_piece(w, &w->names, err);
	if (r < 0)
		return r;
	h.sum = w->sum;
	if (pwrite(w->fd, &h, sizeof(h), 0) != sizeof(h))
		return error_errno(err, "cannot write a header");
	return 0;
}

static int64_t
to_ns(const struct timespec *t)
{
	return (int64_t)t->tv_sec * NS_PER_S + t->tv_nsec;
}

void
filehash_record_set(struct filehash_record *r, const struct stat *st)
{
	r->ino = st->st_ino;
	r->size = (uint64_t)st->st_size;
	r->mtime_ns = to_ns(&st->st_mtim);
	r->ctime_ns = to_ns(&st->st_ctim);
	r->mode = st->st_mode;
}

bool
filehash_record_fits(const struct filehash_record *r, const struct stat *st)
{
	return r->ino == st->st_ino && r->size == (uint64_t)st->st_size &&
		r->mtime_ns == to_ns(&st->st_mtim) &&
		r->ctime_ns == to_ns(&st->st_ctim) && r->mode == st->st_mode;
}
