/* SPDX-License-Identifier: Apache-2.0 */
/* Where something new is made, and what it inherits there. */
#include "sandbox/emulate-state.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "util/acl.h"
#include "util/mem.h"
#include "util/scope.h"

void
emulate_place_release(struct emulate_place *p)
{
	scope_close(&p->dir_fd);
	free(p->acl);
}

/* Nearly no directory has one. */
static void
read_acl(struct emulate_place *p)
{
	char path[32], few[1];
	ssize_t size;

	emulate_fd_path(p->dir_fd, path);
	if (getxattr(path, OWNER_KEPT_PREFIX ACL_DEFAULT, few, 0) <= 0)
		return;
	p->acl = mem_alloc(XATTR_SIZE_MAX);
	size = getxattr(path, OWNER_KEPT_PREFIX ACL_DEFAULT, p->acl,
		XATTR_SIZE_MAX);
	if (size <= 0)
		free(take_ptr(&p->acl));
	else
		p->acl_size = (size_t)size;
}

static int
look_at_directory(const struct emulate_call *c, struct emulate_place *p)
{
	const struct emulate_creds *who = emulate_creds(c->e, c->pid);
	struct owner dir;
	struct stat st;

	if (fstat(p->dir_fd, &st) < 0)
		return -errno;
	p->owner = (struct owner){ .uid = who->fsuid, .gid = who->fsgid };
	if (st.st_mode & S_ISGID &&
		emulate_get_record(c->e, p->dir_fd, &st, &dir))
		p->owner.gid = dir.gid;
	read_acl(p);
	return 0;
}

int
emulate_find_place(const struct emulate_call *c, int dir_fd, uint64_t at,
	struct emulate_place *ret)
{
	char path[PATH_MAX];
	int r = emulate_read_text(c, at, path, sizeof(path));

	return r < 0 ? r : emulate_find_path(c, dir_fd, path, ret);
}

int
emulate_find_path(const struct emulate_call *c, int dir_fd, const char *path,
	struct emulate_place *ret)
{
	size_t len;
	int r;

	if (emulate_is_virtual(path))
		return 1;
	len = strlen(path);
	ret->has_slash = len && path[len - 1] == '/';
	r = emulate_open_parent(c, dir_fd, path, ret->name,
		sizeof(ret->name));
	if (r < 0)
		return r;
	ret->dir_fd = r;
	return look_at_directory(c, ret);
}

bool
emulate_is_plain(const struct emulate_place *p)
{
	return p->owner.uid == 0 && p->owner.gid == 0 && !p->owner.type &&
		!p->acl;
}

bool
emulate_is_plain_name(const struct emulate_place *p)
{
	return p->has_slash ||
		(emulate_is_plain(p) && !emulate_has_names(p->dir_fd));
}

mode_t
emulate_prepare_mode(const struct emulate_call *c,
	const struct emulate_place *p, mode_t mode)
{
	/* A default list takes the place of the umask: acl(5). */
	(void)umask(p->acl ? 0 : emulate_umask(c));
	return p->acl ? mode & (acl_mode(p->acl, p->acl_size, 0777) |
				       ~(mode_t)0777) : mode;
}

static int
pass_acl(const struct emulate_place *p, int fd, mode_t mode, bool is_dir)
{
	autofree char *list = mem_dup(p->acl, p->acl_size);
	int r;

	(void)acl_inherit(list, p->acl_size, mode);
	r = emulate_keep_acl(fd, ACL_ACCESS, list, p->acl_size);
	return r < 0 || !is_dir ? r :
		emulate_keep_acl(fd, ACL_DEFAULT, p->acl, p->acl_size);
}

int
emulate_finish(const struct emulate_call *c, const struct emulate_place *p,
	int fd, mode_t mode)
{
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return emulate_set_name(c->e, p->dir_fd, p->name, &p->owner);
	r = emulate_set_record(c->e, fd, &st, &p->owner);
	if (r == 0 && p->acl)
		r = pass_acl(p, fd, mode, S_ISDIR(st.st_mode));
	return r;
}

long
emulate_finish_name(const struct emulate_call *c,
	const struct emulate_place *p, int made, mode_t mode)
{
	autoclose int fd = -1;
	int r;

	if (made < 0)
		return -errno;
	fd = openat(p->dir_fd, p->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = emulate_finish(c, p, fd, mode);
	/* Where nothing is recorded, as in old memory file systems, nothing
	 * comes into the image either. */
	return r == -ENOTSUP ? 0 : r;
}
