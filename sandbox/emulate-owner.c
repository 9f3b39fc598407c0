/* SPDX-License-Identifier: Apache-2.0 */
/* chown(2) and its kin. */
#include "sandbox/emulate-state.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "util/scope.h"

#define KEEP ((uint32_t)-1)

/* Root may all; others may give their own files to a group of theirs. */
static bool
may_change(const struct emulate_creds *who, const struct owner *now,
	uint32_t uid, uint32_t gid)
{
	if (who->euid == 0)
		return true;
	if ((uid != KEEP && uid != now->uid) || now->uid != who->euid)
		return false;
	return gid == KEEP || gid == now->gid || emulate_in_group(who, gid);
}

static bool
is_foreign(const struct stat *st)
{
	return S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);
}

static long
change(struct emulate_call *c, int fd, uint32_t uid, uint32_t gid)
{
	struct owner o;
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	/* Of no file that an image could have: those we got from outside. */
	if (is_foreign(&st))
		return 0;
	(void)emulate_get_record(c->e, fd, &st, &o);
	if (!may_change(emulate_creds(c->e, c->pid), &o, uid, gid))
		return -EPERM;
	/* The kernel does what belongs to it: copies the file up, takes set-id
	 * bits and capabilities away, sets the time of the change. */
	if (fchownat(fd, "", 0, 0, AT_EMPTY_PATH) < 0)
		return -errno;
	if (uid != KEEP)
		o.uid = uid;
	if (gid != KEEP)
		o.gid = gid;
	r = emulate_set_record(c->e, fd, &st, &o);
	/* Of no file that can have a record, like those in /proc. */
	return r == -EPERM || r == -EOPNOTSUPP ? 0 : r;
}

static long
change_at(struct emulate_call *c, int dir_fd, const uint64_t *args, int flags)
{
	char path[PATH_MAX];
	autoclose int fd = -1;
	int r;

	r = emulate_read_text(c, args[0], path, sizeof(path));
	if (r < 0)
		return r;
	/* A descriptor by another name; its file is none of the image. */
	if (emulate_is_virtual(path))
		return 0;
	fd = emulate_find(c, dir_fd, path, flags);
	if (fd < 0)
		return take_fd(&fd);
	return change(c, fd, (uint32_t)args[1], (uint32_t)args[2]);
}

long
emulate_chown(struct emulate_call *c)
{
	return change_at(c, AT_FDCWD, c->args, 0);
}

long
emulate_lchown(struct emulate_call *c)
{
	return change_at(c, AT_FDCWD, c->args, AT_SYMLINK_NOFOLLOW);
}

long
emulate_fchownat(struct emulate_call *c)
{
	return change_at(c, (int)c->args[0], c->args + 1, (int)c->args[4]);
}

long
emulate_fchown(struct emulate_call *c)
{
	autoclose int fd = emulate_open_fd(c, (int)c->args[0]);

	if (fd < 0)
		return take_fd(&fd);
	return change(c, fd, (uint32_t)c->args[1], (uint32_t)c->args[2]);
}
