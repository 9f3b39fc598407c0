/* SPDX-License-Identifier: Apache-2.0 */
/* What a layer deletes (OCI image-spec layer.md#whiteouts): marks in a layer's
 * tree, deeds in a live root. Only what is below the layer is meant, never
 * what the same tar brings, whichever comes first. */
#include "oci/unpack-state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "oci/xattr.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"
#include "util/strv.h"

/* Names in one directory of a live root. */
#define NAMES_MAX 4000000

void
unpack_note_made(struct unpacker *u, const char *path)
{
	autofree char *prefix = NULL;
	char *slash;

	if (!u->made || map_has(u->made, path))
		return;
	map_set(u->made, path, u);
	/* Directories nobody listed are made too. */
	prefix = mem_strdup(path);
	while ((slash = strrchr(prefix, '/'))) {
		*slash = '\0';
		if (map_has(u->made, prefix))
			return;
		map_set(u->made, prefix, u);
	}
}

int
unpack_is_whiteout(const struct unpacker *u, const char *name,
	struct error *err)
{
	struct stat st;

	if (fstatat(u->parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return S_ISCHR(st.st_mode) && st.st_rdev == makedev(0, 0);
	if (errno == ENOENT)
		return 0;
	return error_errno(err, "cannot look at '%s'", name);
}

/* A name this layer has too: a file hides what is below by being there, a
 * directory when it is opaque. */
static int
hide_below(struct unpacker *u, const char *name, struct error *err)
{
	autoclose int fd = -1;

	fd = openat(u->parent_fd, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		return xattr_make_opaque(fd, err);
	if (errno == ENOTDIR || errno == ELOOP)
		return 0;
	return error_errno(err, "cannot open '%s'", name);
}

static int
mark_deleted(struct unpacker *u, const char *name, struct error *err)
{
	if (mknodat(u->parent_fd, name, S_IFCHR, makedev(0, 0)) == 0)
		return 0;
	if (errno == EEXIST)
		return hide_below(u, name, err);
	return error_errno(err, "cannot make a whiteout");
}

static int delete_below(struct unpacker *u, int dir_fd, const char *path,
	const char *name, struct error *err);

/* All in the directory `path` that is not of this tar. */
static int
delete_inside(struct unpacker *u, int fd, const char *path, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	size_t i;
	int r;

	r = fs_list(fd, NAMES_MAX, &names, err);
	for (i = 0; r == 0 && i < names.count; i++)
		r = delete_below(u, fd, path, names.items[i], err);
	return r;
}

static int
delete_below(struct unpacker *u, int dir_fd, const char *path,
	const char *name, struct error *err)
{
	autofree char *here = path_join(path, name);
	autoclose int fd = -1;

	if (!map_has(u->made, here))
		return fs_remove_tree(dir_fd, name, err);
	fd = openat(dir_fd, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		return delete_inside(u, fd, here, err);
	if (errno == ENOTDIR || errno == ELOOP || errno == ENOENT)
		return 0;
	return error_errno(err, "cannot open '%s'", here);
}

int
unpack_whiteout(struct unpacker *u, const char *name, struct error *err)
{
	bool live = u->options->form == UNPACK_ROOT;

	if (strcmp(name, ".wh..wh..opq") == 0)
		return live ? delete_inside(u, u->parent_fd, u->parent_path,
				      err) :
			      xattr_make_opaque(u->parent_fd, err);
	/* Of AUFS; nothing that is meant to be seen. */
	if (strncmp(name, ".wh..wh.", 8) == 0)
		return 0;
	name += strlen(".wh.");
	if (!path_is_name(name))
		return error_set(err, EBADMSG,
			"a whiteout must name one thing beside it");
	return live ? delete_below(u, u->parent_fd, u->parent_path, name, err) :
		      mark_deleted(u, name, err);
}
