/* SPDX-License-Identifier: Apache-2.0 */
#include "util/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/scope.h"

#define COPY_SIZE KiB(128)
/* The kernel's own ceiling for one call, rounded down to whole pages. */
#define KERNEL_COPY_MAX ((uint64_t)0x7ffff000)

/* The size is a hint only: /proc says 0, and files grow. One more byte than
 * that, so that the end is seen without growing the buffer. */
static size_t
size_hint(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || st.st_size <= 0)
		return KiB(4);
	return (size_t)st.st_size + 1;
}

/* Bytes read, at most `want` and as many as `b` may hold. When it is full, one
 * more byte is an overflow. */
static ssize_t
read_into(int fd, struct buf *b, size_t want)
{
	size_t left = b->max - b->len;
	char spare, *room = &spare;
	ssize_t n;

	if (left)
		room = buf_room(b, want < left ? want : left);
	n = TEMP_FAILURE_RETRY(read(fd, room,
		!left ? 1 : want < left ? want : left));
	if (n > 0 && left)
		buf_grew(b, (size_t)n);
	else if (n > 0)
		b->overflow = true;
	return n;
}

int
fs_read_fd(int fd, size_t max_bytes, struct buf *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf b = { .max = max_bytes };
	size_t want = size_hint(fd);
	ssize_t n;
	int r;

	while ((n = read_into(fd, &b, want)) > 0 && !b.overflow)
		want = b.len < KiB(4) ? KiB(4) : b.len;
	if (n < 0)
		return error_errno(err, "cannot read");
	r = buf_check(&b, "it", err);
	if (r < 0)
		return r;
	buf_release(ret);
	*ret = b;
	b = (struct buf){ 0 };
	return 0;
}

int
fs_read_file(int dir_fd, const char *name, size_t max_bytes, struct buf *ret,
	struct error *err)
{
	autoclose int fd = -1;
	struct stat st;
	int r;

	/* O_NONBLOCK: nobody may let us hang by putting a FIFO there. */
	fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "cannot open '%s'", name);
	if (!S_ISREG(st.st_mode))
		return error_set(err, EINVAL, "'%s' is not a regular file",
			name);
	r = fs_read_fd(fd, max_bytes, ret, err);
	return r < 0 ? error_wrap(err, "cannot read '%s'", name) : 0;
}

int
fs_write(int fd, const void *data, size_t len, struct error *err)
{
	const char *from = data;

	while (len) {
		ssize_t n = TEMP_FAILURE_RETRY(write(fd, from, len));

		if (n < 0)
			return error_errno(err, "cannot write");
		from += n;
		len -= (size_t)n;
	}
	return 0;
}

int
fs_read_at(int fd, void *data, size_t len, uint64_t offset, struct error *err)
{
	char *to = data;

	while (len) {
		ssize_t n = TEMP_FAILURE_RETRY(
			pread(fd, to, len, (off_t)offset));

		if (n < 0)
			return error_errno(err, "cannot read");
		if (n == 0)
			return error_set(err, ENODATA, "unexpected end");
		to += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* What copy_file_range(2) does not do for this pair of files, read(2) and
 * write(2) may. */
static uint64_t
copy_in_kernel(int from_fd, int to_fd, uint64_t len)
{
	uint64_t copied = 0;

	while (copied < len) {
		uint64_t part = len - copied;
		ssize_t n;

		if (part > KERNEL_COPY_MAX)
			part = KERNEL_COPY_MAX;
		n = TEMP_FAILURE_RETRY(copy_file_range(from_fd, NULL, to_fd,
			NULL, part, 0));
		if (n <= 0)
			break;
		copied += (uint64_t)n;
	}
	return copied;
}

static int
copy_by_hand(int from_fd, int to_fd, uint64_t len, uint64_t *copied,
	struct error *err)
{
	autofree char *data = NULL;
	ssize_t n = 1;
	int r;

	if (len)
		data = mem_alloc(COPY_SIZE);
	while (len && n) {
		n = TEMP_FAILURE_RETRY(read(from_fd, data,
			len < COPY_SIZE ? len : COPY_SIZE));
		if (n < 0)
			return error_errno(err, "cannot read");
		r = fs_write(to_fd, data, (size_t)n, err);
		if (r < 0)
			return r;
		*copied += (uint64_t)n;
		len -= (uint64_t)n;
	}
	return 0;
}

int
fs_copy_data(int from_fd, int to_fd, uint64_t len, uint64_t *ret_copied,
	struct error *err)
{
	uint64_t copied = copy_in_kernel(from_fd, to_fd, len);
	int r;

	r = copy_by_hand(from_fd, to_fd, len - copied, &copied, err);
	if (r < 0)
		return r;
	if (ret_copied)
		*ret_copied = copied;
	return 0;
}

int
fs_lock(int fd, enum fs_lock_mode mode, struct error *err)
{
	static const int operations[] = {
		[FS_LOCK_SHARED] = LOCK_SH,
		[FS_LOCK_EXCLUSIVE] = LOCK_EX,
		[FS_LOCK_TRY] = LOCK_EX | LOCK_NB,
		[FS_LOCK_LOOK] = LOCK_SH | LOCK_NB,
	};

	if (TEMP_FAILURE_RETRY(flock(fd, operations[mode])) < 0)
		return error_errno(err, "cannot lock");
	return 0;
}

int
fs_has(int dir_fd, const char *name, struct error *err)
{
	if (faccessat(dir_fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 1;
	if (errno == ENOENT || errno == ENOTDIR)
		return 0;
	return error_errno(err, "cannot look for '%s'", name);
}

int
fs_read_link(int dir_fd, const char *name, char **ret, struct error *err)
{
	char target[PATH_MAX];
	ssize_t len;

	len = readlinkat(dir_fd, name, target, sizeof(target));
	if (len < 0)
		return error_errno(err, "cannot read link '%s'", name);
	*ret = mem_strndup(target, (size_t)len);
	return 0;
}
