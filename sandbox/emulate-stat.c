/* SPDX-License-Identifier: Apache-2.0 */
/* stat(2) and its kin: the kernel's answer, with what is recorded. */
#include "sandbox/emulate-state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "util/scope.h"

#define SHORT_PATH_MAX (PATH_MAX + 48)

/* What is asked for. */
struct question {
	int dir_fd, flags;
	char path[PATH_MAX];
};

static int
read_question(const struct emulate_call *c, struct question *q, int dir_fd,
	uint64_t path, int flags)
{
	q->dir_fd = dir_fd;
	q->flags = flags;
	q->path[0] = '\0';
	return path ? emulate_read_text(c, path, q->path, sizeof(q->path)) : 0;
}

/* A name by which we reach it through the outer /proc, our directory. */
static void
short_path(const struct emulate_call *c, const struct question *q,
	char ret[SHORT_PATH_MAX])
{
	const char *slash = *q->path ? "/" : "";

	if (emulate_own_fd(q->path))
		(void)snprintf(ret, SHORT_PATH_MAX, "%d/fd/%s", c->pid,
			emulate_own_fd(q->path));
	else if (*q->path == '/')
		(void)snprintf(ret, SHORT_PATH_MAX, "%s", q->path);
	else if (q->dir_fd == AT_FDCWD)
		(void)snprintf(ret, SHORT_PATH_MAX, "%d/cwd%s%s", c->pid,
			slash, q->path);
	else
		(void)snprintf(ret, SHORT_PATH_MAX, "%d/fd/%d%s%s", c->pid,
			q->dir_fd, slash, q->path);
}

/* Records of what can have no attributes stand on the directory. */
static bool
has_no_name(const struct emulate_call *c, const struct question *q,
	char path[SHORT_PATH_MAX])
{
	char *slash = *q->path ? strrchr(path, '/') : NULL;
	struct stat st;

	if (q->flags & AT_SYMLINK_NOFOLLOW && slash && slash != path) {
		*slash = '\0';
		return getxattr(path, OWNER_NAMES_ATTRIBUTE, NULL, 0) < 0;
	}
	return fstatat(c->e->proc_fd, path, &st,
		       q->flags & AT_SYMLINK_NOFOLLOW && slash ?
			       AT_SYMLINK_NOFOLLOW : 0) < 0 ||
		S_ISREG(st.st_mode) || S_ISDIR(st.st_mode);
}

/* Nearly all files have no record; that is found out by one call or two. */
static bool
has_none(const struct emulate_call *c, const struct question *q)
{
	bool follow = !(q->flags & AT_SYMLINK_NOFOLLOW) || !*q->path;
	char path[SHORT_PATH_MAX];
	ssize_t len;

	if (emulate_is_virtual(q->path))
		return true;
	if (emulate_has_chroot(c))
		return false;
	short_path(c, q, path);
	len = follow ? getxattr(path, OWNER_ATTRIBUTE, NULL, 0) :
		       lgetxattr(path, OWNER_ATTRIBUTE, NULL, 0);
	if (len >= 0)
		return false;
	return errno != ENODATA || has_no_name(c, q, path);
}

/* The file, with its record; 0 when the kernel's answer will do. */
static int
look(const struct emulate_call *c, const struct question *q, int *ret_fd,
	struct owner *ret)
{
	autoclose int fd = -1;
	struct stat st;

	if (has_none(c, q))
		return 0;
	fd = emulate_find(c, q->dir_fd, q->path, q->flags);
	if (fd < 0 || fstat(fd, &st) < 0 ||
		!emulate_get_record(c->e, fd, &st, ret))
		return 0;
	*ret_fd = take_fd(&fd);
	return 1;
}

long
emulate_answer_stat(const struct emulate_call *c, int dir_fd, uint64_t path,
	int flags, uint64_t to, emulate_stat_writer *write)
{
	autoclose int fd = -1;
	struct question q;
	struct owner o;
	struct stat st;
	int r;

	r = read_question(c, &q, dir_fd, path, flags);
	if (r < 0)
		return r;
	if (!look(c, &q, &fd, &o) || fstat(fd, &st) < 0)
		return EMULATE_CONTINUE;
	owner_apply(&o, &st);
	return write(c, to, &st);
}

static int
write_stat(const struct emulate_call *c, uint64_t to, const struct stat *st)
{
	return emulate_write(c, to, st, sizeof(*st));
}

static long
answer(const struct emulate_call *c, int dir_fd, uint64_t path, int flags,
	uint64_t to)
{
	return emulate_answer_stat(c, dir_fd, path, flags, to, write_stat);
}

long
emulate_stat(struct emulate_call *c)
{
	return answer(c, AT_FDCWD, c->args[0], 0, c->args[1]);
}

long
emulate_lstat(struct emulate_call *c)
{
	return answer(c, AT_FDCWD, c->args[0], AT_SYMLINK_NOFOLLOW,
		c->args[1]);
}

long
emulate_fstat(struct emulate_call *c)
{
	return answer(c, (int)c->args[0], 0, AT_EMPTY_PATH, c->args[1]);
}

long
emulate_newfstatat(struct emulate_call *c)
{
	return answer(c, (int)c->args[0], c->args[1], (int)c->args[3],
		c->args[2]);
}

long
emulate_statx(struct emulate_call *c)
{
	int flags = (int)c->args[2];
	autoclose int fd = -1;
	struct question q;
	struct statx x;
	struct owner o;
	int r;

	r = read_question(c, &q, (int)c->args[0], c->args[1], flags);
	if (r < 0)
		return r;
	if (!look(c, &q, &fd, &o))
		return EMULATE_CONTINUE;
	flags = (flags & ~AT_SYMLINK_NOFOLLOW) | AT_EMPTY_PATH;
	if (statx(fd, "", flags, (unsigned)c->args[3], &x) < 0)
		return -errno;
	x.stx_uid = o.uid;
	x.stx_gid = o.gid;
	if (o.type) {
		x.stx_mode = (uint16_t)((x.stx_mode & 07777) | o.type);
		x.stx_rdev_major = o.major;
		x.stx_rdev_minor = o.minor;
	}
	return emulate_write(c, c->args[4], &x, sizeof(x));
}
