/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a layer or an archive, unpacked into a directory: nothing beside
 * the directory may change. The first byte chooses the form. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "oci/unpack.h"
#include "util/fs.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Made once; a real file system, for its attributes. */
static char scratch[] = "/var/tmp/fuzz-unpack-XXXXXX";

static void
leave(void)
{
	(void)fs_remove_tree(AT_FDCWD, scratch, NULL);
}

static void
require(int good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "not so: %s\n", what);
	abort();
}

static int
scratch_fd(void)
{
	static int fd = -1;
	int file;

	if (fd >= 0)
		return fd;
	require(mkdtemp(scratch) != NULL, "scratch directory");
	(void)atexit(leave);
	fd = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	file = openat(fd, "outside", O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
	require(file >= 0 && write(file, "secret", 6) == 6, "a neighbour");
	(void)close(file);
	return fd;
}

static void
check_neighbour(int fd, const struct stat *before)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	struct stat now;

	require(fstatat(fd, "outside", &now, AT_SYMLINK_NOFOLLOW) == 0,
		"it is there");
	require(now.st_ino == before->st_ino && now.st_size == before->st_size,
		"it is the same");
	require(now.st_mode == before->st_mode, "its mode is the same");
	require(now.st_nlink == before->st_nlink, "nobody links to it");
	require(now.st_uid == before->st_uid, "its owner is the same");
	require(now.st_mtim.tv_sec == before->st_mtim.tv_sec, "its time");
	require(fs_list(fd, 10, &names, NULL) == 0 && names.count == 2,
		"there is nothing new");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct unpack_options options = {
		.keep_owners = true,
		.limits = { 200, MiB(1), 4096, KiB(64) },
	};
	cleanup(source_free) struct source *from = NULL;
	autoclose int tree = -1;
	int fd = scratch_fd();
	struct stat before;

	if (size < 1)
		return 0;
	options.form = (enum unpack_form)(data[0] % 3);
	from = source_from_memory(data + 1, size - 1);
	require(fstatat(fd, "outside", &before, 0) == 0, "a neighbour");
	require(mkdirat(fd, "tree", 0755) == 0, "a tree");
	tree = openat(fd, "tree", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)unpack_tar(from, tree, &options, NULL);
	check_neighbour(fd, &before);
	require(fs_remove_tree(fd, "tree", NULL) == 0, "it can be removed");
	return 0;
}
