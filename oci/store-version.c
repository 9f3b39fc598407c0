/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/store-version.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "oci/store.h"
#include "util/fs.h"
#include "util/num.h"

#define FORMAT 1
#define VERSION_FILE "version"
#define TMP "tmp"

/* Is `name` the first component of a part's path? */
static bool
is_part(const char *name)
{
	size_t len = strlen(name);
	enum store_part i;

	for (i = 0; i < STORE_PARTS; i++) {
		const char *path = store_part_path(i);

		if (strcspn(path, "/") == len && strncmp(path, name, len) == 0)
			return true;
	}
	return false;
}

/* A directory of other people's files must not become a store by a slip. */
static int
check_may_become_store(int root_fd, const char *path, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	size_t i;
	int r;

	r = fs_list(root_fd, 1000, &names, err);
	for (i = 0; r == 0 && i < names.count; i++)
		if (!is_part(names.items[i])) {
			(void)error_set(err, EEXIST,
				"'%s' is not empty and no store of slipway",
				path);
			r = error_kind(err, ERROR_REQUEST);
		}
	return r;
}

/* Linked, not renamed: of two processes that make a store at once one must
 * not put a second file in place of the one that the other has locked. */
static int
make_version(int root_fd, int tmp_fd, struct error *err)
{
	autofree char *name = NULL;
	autoclose int fd = -1;
	char text[16];
	int r;

	r = fs_make_temp_file(tmp_fd, &name, &fd, err);
	if (r < 0)
		return r;
	(void)snprintf(text, sizeof(text), "%d\n", FORMAT);
	r = fs_write(fd, text, strlen(text), err);
	if (r == 0 && linkat(tmp_fd, name, root_fd, VERSION_FILE, 0) < 0 &&
		errno != EEXIST)
		r = error_errno(err, "cannot make '" VERSION_FILE "'");
	(void)unlinkat(tmp_fd, name, 0);
	return r;
}

static int
make_store(int root_fd, const char *path, struct error *err)
{
	autoclose int tmp_fd = -1;
	int r;

	r = check_may_become_store(root_fd, path, err);
	if (r == 0)
		r = fs_make_dirs(root_fd, TMP, 0700, &tmp_fd, err);
	return r < 0 ? r : make_version(root_fd, tmp_fd, err);
}

/* Write access only because flock(2) over NFS asks for it. */
static int
open_version(int root_fd)
{
	int fd = openat(root_fd, VERSION_FILE, O_RDWR | O_CLOEXEC);

	if (fd < 0 && (errno == EACCES || errno == EROFS))
		fd = openat(root_fd, VERSION_FILE, O_RDONLY | O_CLOEXEC);
	return fd;
}

static int
check_version(int fd, const char *path, struct error *err)
{
	char text[16];
	uint64_t format;
	ssize_t n;

	n = pread(fd, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (num_parse(text, INT32_MAX, &format, NULL) < 0 || format == 0) {
		(void)error_set(err, EBADMSG, "'%s/" VERSION_FILE
			"' is damaged", path);
		return error_kind(err, ERROR_STORE);
	}
	if (format <= FORMAT)
		return 0;
	(void)error_set(err, ENOTSUP,
		"store '%s' has format %s, this slipway knows %d", path, text,
		FORMAT);
	(void)error_hint(err,
		"a newer slipway made it; use that, or another --root");
	return error_kind(err, ERROR_HOST);
}

int
store_version_open(int root_fd, const char *path, int *ret_fd,
	struct error *err)
{
	autoclose int fd = open_version(root_fd);
	int r;

	if (fd < 0 && errno == ENOENT) {
		r = make_store(root_fd, path, err);
		if (r < 0)
			return r;
		fd = open_version(root_fd);
	}
	if (fd < 0)
		return error_errno(err, "cannot open '%s/" VERSION_FILE "'",
			path);
	r = check_version(fd, path, err);
	if (r < 0)
		return r;
	*ret_fd = take_fd(&fd);
	return 0;
}
