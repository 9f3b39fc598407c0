/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "oci/compress.h"
#include "oci/foreign.h"
#include "oci/unpack.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/stream.h"

#define HEAD_SIZE 16

/* A file read from its start without moving. */
struct still {
	struct source source;
	int fd;
	off_t at;
};

static ssize_t
still_read(struct source *s, void *data, size_t len, struct error *err)
{
	struct still *f = (struct still *)s;
	ssize_t n = pread(f->fd, data, len, f->at);

	if (n < 0)
		return error_errno(err, "cannot read the file");
	f->at += n;
	return n;
}

/* Whatever it is compressed with; by `head`, its first bytes. */
static int
decompress(const char *head, size_t len, struct source *raw,
	struct source **ret, struct error *err)
{
	if (foreign_detect(head, len))
		return foreign_source(raw, ret, err);
	return decompress_source(codec_detect(head, len), raw, ret, err);
}

/* Does the uncompressed stream begin with a tar header whose checksum holds? */
static int
begins_with_entry(struct source *from)
{
	cleanup(tar_reader_free) struct tar_reader *r =
		tar_reader_new(from, &tar_default_limits);
	cleanup_value(tar_entry_release) struct tar_entry e = { 0 };

	return tar_reader_next(r, &e, NULL) > 0;
}

int
archive_is(int fd, const char *name, struct error *err)
{
	struct still file = { { still_read, NULL }, fd, 0 };
	cleanup(source_free) struct source *plain = NULL;
	char head[HEAD_SIZE];
	autoerror why = { 0 };
	ssize_t len;

	len = pread(fd, head, sizeof(head), 0);
	if (len < 0)
		return error_errno(err, "cannot read '%s'", name);
	if (decompress(head, (size_t)len, &file.source, &plain, &why) == 0)
		return begins_with_entry(plain);
	/* What cannot be looked into for want of a library may be one. */
	if (why.code != ENOTSUP)
		return 0;
	(void)error_wrap(&why, "'%s'", name);
	(void)error_kind(&why, ERROR_HOST);
	return error_move(err, &why);
}

int
archive_open(int dir_fd, const char *name, int *ret_fd, struct error *err)
{
	autoclose int fd = -1;
	int r;

	fd = openat(
		dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", name);
	r = archive_is(fd, name, err);
	if (r > 0)
		*ret_fd = take_fd(&fd);
	return r;
}

static int
unpack(int fd, int dir_fd, const struct unpack_options *options,
	struct error *err)
{
	cleanup(source_free) struct source *raw = source_from_fd(fd);
	cleanup(source_free) struct source *plain = NULL;
	char head[HEAD_SIZE];
	ssize_t len;
	int r;

	len = pread(fd, head, sizeof(head), 0);
	if (len < 0)
		return error_errno(err, "cannot read the archive");
	r = decompress(head, (size_t)len, raw, &plain, err);
	return r < 0 ? r : unpack_tar(plain, dir_fd, options, err);
}

int
archive_unpack(
	int fd, int dir_fd, const struct copy_owner *owner, struct error *err)
{
	uint64_t lost_owners = 0;
	const struct unpack_options options = {
		.form = UNPACK_ARCHIVE,
		.keep_owners = true,
		.force_owner = owner->is_forced,
		.uid = owner->uid,
		.gid = owner->gid,
		.limits = tar_default_limits,
		.ret_lost_owners = &lost_owners,
	};
	int r = unpack(fd, dir_fd, &options, err);

	if (r == 0 && lost_owners)
		log_warning(
			"the owners of %llu files of an archive are lost: they cannot be set or recorded here",
			(unsigned long long)lost_owners);
	return r;
}

int
archive_unpack_as_ours(int fd, int dir_fd, struct error *err)
{
	const struct unpack_options options = { .form = UNPACK_ARCHIVE,
		.limits = tar_default_limits };

	return unpack(fd, dir_fd, &options, err);
}
