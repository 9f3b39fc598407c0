/* SPDX-License-Identifier: Apache-2.0 */
/* fs: files below a directory, made whole or not at all. */
#ifndef UTIL_FS_H
#define UTIL_FS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

/* How a path that strangers wrote is resolved below a directory. */
enum fs_resolve {
	FS_IN_ROOT,	/* as chroot would: "/" and ".." stay inside, links are
			 * followed inside (RESOLVE_IN_ROOT) */
	FS_BENEATH,	/* anything that leaves is EXDEV (RESOLVE_BENEATH) */
	FS_NO_LINKS,	/* FS_BENEATH and no symbolic link at all: ELOOP */
};

/*
 * open(2) of `path` below `root_fd` with openat2(2), no magic links, always
 * close-on-exec; retried on EAGAIN; where openat2 is missing or denied the
 * path is walked one component at a time. `flags` and `mode` as open(2).
 */
int fs_open_in(int root_fd, const char *path, enum fs_resolve how, int flags,
	mode_t mode, int *ret_fd, struct error *err);

/*
 * The directory that holds the last component of `path`, resolved FS_IN_ROOT,
 * and that component (into `ret_name`, yours to free). Parents must exist.
 * -EINVAL when the last component is no name ("/", ".", "..").
 */
int fs_open_parent(int root_fd, const char *path, int *ret_dir_fd,
	char **ret_name, struct error *err);

/* mkdir -p below `root_fd`, FS_IN_ROOT; made directories get `mode`
 * whatever the umask. Returns the last directory, opened O_PATH|O_DIRECTORY. */
int fs_make_dirs(int root_fd, const char *path, mode_t mode, int *ret_fd,
	struct error *err);

/* Whole contents of a regular file, at most `max` bytes (-EFBIG), in place of
 * what `ret` held. -EINVAL when it is something else than a file. */
int fs_read_file(int dir_fd, const char *name, size_t max_bytes,
	struct buf *ret, struct error *err);
/* Whole contents of an open descriptor, from where it stands. */
int fs_read_fd(int fd, size_t max_bytes, struct buf *ret, struct error *err);

/* Write all of it or fail; goes on after EINTR and short writes. */
int fs_write(int fd, const void *data, size_t len, struct error *err);
/* Exactly `len` bytes at `offset`; -ENODATA when the file is shorter. */
int fs_read_at(int fd, void *data, size_t len, uint64_t offset,
	struct error *err);
/* Copy `len` bytes (or to the end, UINT64_MAX) from where both stand, by
 * reflink or copy_file_range where the file system can; tells how many. */
int fs_copy_data(int from_fd, int to_fd, uint64_t len, uint64_t *ret_copied,
	struct error *err);

/*
 * A small file that appears whole: `data` goes to a temporary name in `tmp_fd`
 * and is renamed to dir_fd/name. Same file system. Mode 0600 & ~umask rules do
 * not apply: the file gets exactly `mode`. It is safe from a crash of the
 * program; for one of the machine, sync the file system before and after.
 */
int fs_publish(int tmp_fd, int dir_fd, const char *name, const void *data,
	size_t len, mode_t mode, struct error *err);
/* The same for a file a user named: made beside it, mode 0644; ERROR_LOCAL. */
int fs_publish_path(const char *path, const void *data, size_t len,
	struct error *err);

/* A new file (0600, for reading and writing) or directory (0700) with a random
 * name below `dir_fd`. `ret_name` is yours to free. */
int fs_make_temp_file(int dir_fd, char **ret_name, int *ret_fd,
	struct error *err);
int fs_make_temp_dir(int dir_fd, char **ret_name, int *ret_fd,
	struct error *err);

/* rm -rf without following links or crossing mounts (-EBUSY); makes
 * directories it may not read writable first (overlay's work/work is mode 000).
 * Any depth is fine. A missing name is no error. */
int fs_remove_tree(int dir_fd, const char *name, struct error *err);

/* Names in a directory, sorted by bytes, without "." and "..". At most `max`
 * names (-E2BIG), in place of what `ret` held. The position of `dir_fd` is not
 * disturbed (it is reopened). */
int fs_list(int dir_fd, size_t max, struct strv *ret, struct error *err);

/* flock(2). Those that try answer -EWOULDBLOCK instead of waiting:
 * FS_LOCK_TRY wants it alone, FS_LOCK_LOOK is for who only asks whether
 * somebody has it so. */
enum fs_lock_mode {
	FS_LOCK_SHARED, FS_LOCK_EXCLUSIVE, FS_LOCK_TRY, FS_LOCK_LOOK,
};
int fs_lock(int fd, enum fs_lock_mode mode, struct error *err);

/* The target of the symbolic link dir_fd/name, yours. Errors of readlink(2). */
int fs_read_link(int dir_fd, const char *name, char **ret, struct error *err);

/* 1 when the entry exists (links not followed), 0, or negative. */
int fs_has(int dir_fd, const char *name, struct error *err);

#endif
