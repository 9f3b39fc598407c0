/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "oci/compress.h"
#include "oci/unpack.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/stream.h"

/* Enough for one tar header in any codec. */
#define HEAD_SIZE KiB(4)
#define TAR_BLOCK 512

static const struct {
	const char *magic;
	size_t len;
	const char *suffixes[2];
} unsupported[] = {
	{ "\xfd"
	  "7zXZ",
		5, { ".tar.xz", ".txz" } },
	{ "BZh", 3, { ".tar.bz2", ".tbz2" } },
};

static bool
ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static int
refuse_unsupported(
	const char *name, const char *head, size_t len, struct error *err)
{
	for (size_t n = 0; n < ARRAY_SIZE(unsupported); n++) {
		if (len < unsupported[n].len ||
			memcmp(head, unsupported[n].magic,
				unsupported[n].len) != 0)
			continue;
		if (!ends_with(name, unsupported[n].suffixes[0]) &&
			!ends_with(name, unsupported[n].suffixes[1]))
			continue;
		(void)error_set(err, ENOTSUP,
			"ADD cannot unpack '%s': only plain, gzip and zstd archives are supported",
			name);
		(void)error_hint(err,
			"compress it with gzip or zstd, or ADD --unpack=false and unpack it in a RUN");
		return error_kind(err, ERROR_REQUEST);
	}
	return 0;
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

static bool
is_tar(const char *head, size_t len)
{
	cleanup(source_free) struct source *raw = source_from_memory(head, len);
	cleanup(source_free) struct source *plain = NULL;
	enum codec codec = codec_detect(head, len);

	if (codec == CODEC_NONE)
		return len >= TAR_BLOCK && begins_with_entry(raw);
	if (decompress_source(codec, raw, &plain, NULL) < 0)
		return false;
	return begins_with_entry(plain);
}

int
archive_is(int fd, const char *name, struct error *err)
{
	char head[HEAD_SIZE];
	ssize_t len;
	int r;

	len = pread(fd, head, sizeof(head), 0);
	if (len < 0)
		return error_errno(err, "cannot read '%s'", name);
	r = refuse_unsupported(name, head, (size_t)len, err);
	return r < 0 ? r : is_tar(head, (size_t)len);
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
	cleanup(source_free) struct source *raw = source_from_fd(fd);
	cleanup(source_free) struct source *plain = NULL;
	char head[16];
	ssize_t len;
	int r;

	len = pread(fd, head, sizeof(head), 0);
	if (len < 0)
		return error_errno(err, "cannot read the archive");
	r = decompress_source(
		codec_detect(head, (size_t)len), raw, &plain, err);
	if (r < 0)
		return r;
	r = unpack_tar(plain, dir_fd, &options, err);
	if (r == 0 && lost_owners)
		log_warning(
			"the owners of %llu files of an archive are lost: they cannot be set or recorded here",
			(unsigned long long)lost_owners);
	return r;
}
