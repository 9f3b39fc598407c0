/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "builder/archive.h"
#include "builder/copy.h"
#include "util/fs.h"
#include "util/path.h"

static int
add_source(const struct copy *c, const struct copy_root *r, const char *source,
	struct selection *ret, struct error *err)
{
	autoerror why = { 0 };
	int failed;

	failed = c->parents ? selection_add_parents(ret, r, source, &why)
			    : selection_add(ret, r, source, &why);
	if (failed == -ENOENT && c->if_exists)
		return 0;
	return failed < 0 ? error_move(err, &why) : 0;
}

int
copy_select(const struct copy *c, const struct copy_root *r,
	struct selection *ret, struct error *err)
{
	for (size_t n = 0; n < c->sources.count; n++) {
		int failed = add_source(c, r, c->sources.items[n], ret, err);

		if (failed < 0)
			return failed;
	}
	return 0;
}

static int
is_archive(const struct copy_root *r, const char *path, struct error *err)
{
	autofree char *dir = path_dir(path);
	autoclose int dir_fd = -1, fd = -1;
	int failed;

	failed = fs_open_in(
		r->fd, dir, FS_NO_LINKS, O_PATH | O_DIRECTORY, 0, &dir_fd, err);
	if (failed < 0)
		return failed;
	return archive_open(dir_fd, path_base(path), &fd, err);
}

int
copy_has_archive(const struct copy *c, const struct copy_root *r,
	const struct selection *s, struct error *err)
{
	if (!c->unpacks)
		return 0;
	for (size_t n = 0; n < s->count; n++) {
		int is = S_ISREG(s->items[n].kind)
			? is_archive(r, s->items[n].path, err)
			: 0;

		if (is != 0)
			return is;
	}
	return 0;
}
