/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "sandbox/carry.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

#define NAMES_MAX 10000000
#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* A mark of one letter. */
static bool
has_mark(int fd, const char *name, char letter)
{
	char value;

	return fgetxattr(fd, name, &value, 1) == 1 && value == letter;
}

/* An empty file with an attribute, in a directory that says it has such. */
static bool
is_marked_file(int dir_fd, const char *name, const struct stat *st)
{
	autofree char *path = NULL;

	if (!S_ISREG(st->st_mode) || st->st_size > 0 ||
		!has_mark(dir_fd, "user.overlay.opaque", 'x'))
		return false;
	path = mem_printf("/proc/self/fd/%d/%s", dir_fd, name);
	return lgetxattr(path, "user.overlay.whiteout", NULL, 0) >= 0;
}

static bool
is_whiteout(int dir_fd, const char *name, const struct stat *st)
{
	if (S_ISCHR(st->st_mode) && st->st_rdev == 0)
		return true;
	return is_marked_file(dir_fd, name, st);
}

/* Take away what the layer's directory `fd` does not let through. */
static int
clear_below(int fd, int to_fd, const char *name, struct error *err)
{
	struct stat st;

	if (fstatat(to_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 :
			error_errno(err, "cannot look at '%s'", name);
	if (S_ISDIR(st.st_mode) && !has_mark(fd, "user.overlay.opaque", 'y'))
		return 0;
	return fs_remove_tree(to_fd, name, err);
}

static int
merge_dir(int dir_fd, const char *name, int to_fd, struct error *err)
{
	autoclose int from = openat(dir_fd, name, OPEN_DIR);
	autoclose int to = -1;
	int r;

	if (from < 0)
		return error_errno(err, "cannot open '%s'", name);
	r = clear_below(from, to_fd, name, err);
	if (r < 0)
		return r;
	if (mkdirat(to_fd, name, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "cannot make '%s'", name);
	to = openat(to_fd, name, OPEN_DIR);
	if (to < 0)
		return error_errno(err, "cannot open '%s'", name);
	r = merge_layer(from, to, err);
	return r < 0 ? r : carry_look(dir_fd, name, to_fd, name, err);
}

static int
merge_name(int dir_fd, const char *name, int to_fd, struct error *err)
{
	struct stat st;
	int r;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot look at '%s'", name);
	if (S_ISDIR(st.st_mode))
		return merge_dir(dir_fd, name, to_fd, err);
	r = fs_remove_tree(to_fd, name, err);
	if (r < 0 || is_whiteout(dir_fd, name, &st))
		return r;
	return carry_entry(dir_fd, name, to_fd, name, err);
}

int
merge_layer(int layer_fd, int to_fd, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	int r;

	r = fs_list(layer_fd, NAMES_MAX, &names, err);
	for (size_t n = 0; r == 0 && n < names.count; n++)
		r = merge_name(layer_fd, names.items[n], to_fd, err);
	return r;
}
