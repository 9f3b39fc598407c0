/* SPDX-License-Identifier: Apache-2.0 */
#include "util/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "util/scope.h"

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int
fs_list(int dir_fd, size_t max, struct strv *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	autoclosedir DIR *dir = NULL;
	autoclose int fd = -1;
	struct dirent *entry;

	fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return error_errno(err, "cannot list a directory");
	(void)take_fd(&fd);
	while ((errno = 0, entry = readdir(dir))) {
		if (is_dots(entry->d_name))
			continue;
		if (names.count == max)
			return error_set(err, E2BIG,
				"more than %zu names in a directory", max);
		strv_add(&names, entry->d_name);
	}
	if (errno)
		return error_errno(err, "cannot list a directory");
	strv_sort(&names);
	strv_release(ret);
	*ret = names;
	names = (struct strv){ 0 };
	return 0;
}
