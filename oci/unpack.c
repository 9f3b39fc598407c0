/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "oci/unpack-state.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

static void
leave_parent(struct unpacker *u)
{
	free(take_ptr(&u->parent_path));
	if (u->parent_fd >= 0)
		(void)close(take_fd(&u->parent_fd));
}

static void
unpacker_release(struct unpacker *u)
{
	leave_parent(u);
	unpack_release_dirs(u);
	map_free(u->made);
	tar_reader_free(u->from);
}

/* Inside the root, links and all; made with mode 0755 where nothing is. */
static int
open_parent(struct unpacker *u, const char *path, int *ret_fd,
	struct error *err)
{
	autoclose int made_fd = -1;
	int fd, r;

	r = fs_make_dirs(u->root_fd, path, 0755, &made_fd, err);
	if (r == -ENOTDIR || r == -ELOOP || r == -ENOENT || r == -EEXIST)
		return error_set(err, EBADMSG,
			"'%s' is not a directory to unpack into", path);
	if (r < 0)
		return r;
	fd = openat(made_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	*ret_fd = fd;
	return 0;
}

/* Stand in the directory `path`. Members of one directory mostly come one
 * after the other. */
static int
enter_parent(struct unpacker *u, const char *path, struct error *err)
{
	int fd = -1, r;

	if (u->parent_path && strcmp(u->parent_path, path) == 0)
		return 0;
	r = open_parent(u, *path ? path : ".", &fd, err);
	if (r < 0)
		return r;
	leave_parent(u);
	u->parent_path = mem_strdup(path);
	u->parent_fd = fd;
	return 0;
}

static bool
is_whiteout_name(const char *name)
{
	return strncmp(name, ".wh.", 4) == 0;
}

/* Whiteouts are single things, of layers only: a file of such a name could
 * not be stored again. */
static int
check_path(const struct unpacker *u, const char *path, struct error *err)
{
	bool archive = u->options->form == UNPACK_ARCHIVE;
	const char *slash;

	if (path_goes_up(path))
		return error_set(err, EBADMSG, "it leads out of the tree");
	for (;; path = slash + 1) {
		slash = strchr(path, '/');
		if (is_whiteout_name(path) && (archive || slash))
			return error_set(err, EBADMSG,
				"names that begin with '.wh.' are not for files");
		if (!slash)
			return 0;
	}
}

/* The root itself: only a directory, and an archive's says nothing, as what
 * it is unpacked into is not its own. */
static int
unpack_root_entry(struct unpacker *u, const struct tar_entry *e,
	struct error *err)
{
	int r;

	if (e->kind != TAR_DIR)
		return error_set(err, EBADMSG,
			"the root of the tree must be a directory");
	if (u->options->form == UNPACK_ARCHIVE)
		return 0;
	r = enter_parent(u, "", err);
	return r < 0 ? r : unpack_begin_dir(u, e, u->parent_fd, err);
}

/* AUFS, long ago, kept ".wh..wh.plnk" and the like in layers. */
static bool
is_aufs_rest(const struct unpacker *u, const char *path)
{
	return u->options->form != UNPACK_ARCHIVE &&
		strncmp(path, ".wh..wh.", 8) == 0 &&
		strcmp(path, ".wh..wh..opq") != 0;
}

static int
unpack_entry(struct unpacker *u, const struct tar_entry *e, struct error *err)
{
	autofree char *parent = NULL;
	const char *name;
	int r;

	if (e->path[0] == '\0')
		return unpack_root_entry(u, e, err);
	if (is_aufs_rest(u, e->path))
		return 0;
	r = check_path(u, e->path, err);
	if (r < 0)
		return r;
	name = path_base(e->path);
	if (name > e->path)
		parent = mem_strndup(e->path, (size_t)(name - e->path) - 1);
	r = enter_parent(u, parent ? parent : "", err);
	if (r < 0)
		return r;
	if (is_whiteout_name(name))
		return unpack_whiteout(u, name, err);
	unpack_note_made(u, e->path);
	return unpack_member(u, e, name, err);
}

static int
unpack_all(struct unpacker *u, struct error *err)
{
	for (;;) {
		cleanup_value(tar_entry_release) struct tar_entry e = { 0 };
		int r;

		r = tar_reader_next(u->from, &e, err);
		if (r <= 0)
			return r;
		r = unpack_entry(u, &e, err);
		if (r < 0)
			return error_wrap(err, "member '%s'", e.path);
	}
}

int
unpack_tar(struct source *from, int tree_fd,
	const struct unpack_options *options, struct error *err)
{
	cleanup_value(unpacker_release) struct unpacker u = {
		.options = options,
		.root_fd = tree_fd,
		.parent_fd = -1,
	};
	int r;

	u.from = tar_reader_new(from,
		options->limits.entries ? &options->limits : NULL);
	if (options->form == UNPACK_ROOT)
		u.made = map_new(NULL);
	r = unpack_all(&u, err);
	if (r < 0)
		return r;
	r = unpack_finish_dirs(&u, err);
	if (r < 0)
		return r;
	if (options->ret_lost_owners)
		*options->ret_lost_owners = u.lost_owners;
	if (options->ret_lost_devices)
		*options->ret_lost_devices = u.lost_devices;
	return 0;
}
