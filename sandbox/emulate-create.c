/* SPDX-License-Identifier: Apache-2.0 */
/* New files of users that do not exist, and devices. */
#include "sandbox/emulate-state.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "util/scope.h"

static long
make_dir(struct emulate_call *c, int dir_fd, uint64_t path, uint64_t mode)
{
	cleanup_value(emulate_place_release) struct emulate_place p = {
		.dir_fd = -1,
	};
	mode_t prepared;
	int r;

	r = emulate_find_place(c, dir_fd, path, &p);
	if (r < 0)
		return r;
	if (r > 0 || emulate_is_plain(&p))
		return EMULATE_CONTINUE;
	prepared = emulate_prepare_mode(c, &p, (mode_t)mode);
	return emulate_finish_name(c, &p,
		mkdirat(p.dir_fd, p.name, prepared), prepared);
}

long
emulate_mkdir(struct emulate_call *c)
{
	return make_dir(c, AT_FDCWD, c->args[0], c->args[1]);
}

long
emulate_mkdirat(struct emulate_call *c)
{
	return make_dir(c, (int)c->args[0], c->args[1], c->args[2]);
}

static long
make_link(struct emulate_call *c, uint64_t target, int dir_fd, uint64_t path)
{
	cleanup_value(emulate_place_release) struct emulate_place p = {
		.dir_fd = -1,
	};
	char text[PATH_MAX];
	int r;

	r = emulate_find_place(c, dir_fd, path, &p);
	if (r == 0)
		r = emulate_read_text(c, target, text, sizeof(text));
	if (r < 0)
		return r;
	if (r > 0 || emulate_is_plain_name(&p))
		return EMULATE_CONTINUE;
	return emulate_finish_name(c, &p,
		symlinkat(text, p.dir_fd, p.name), 0);
}

long
emulate_symlink(struct emulate_call *c)
{
	return make_link(c, c->args[0], AT_FDCWD, c->args[1]);
}

long
emulate_symlinkat(struct emulate_call *c)
{
	return make_link(c, c->args[0], (int)c->args[1], c->args[2]);
}

/* A device is an empty file with a record of what it should be. */
static int
make_device(const struct emulate_place *p, mode_t mode)
{
	autoclose int fd = openat(p->dir_fd, p->name,
		O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 07777);

	return fd < 0 ? -1 : 0;
}

static long
make_node(struct emulate_call *c, int dir_fd, const uint64_t *args)
{
	cleanup_value(emulate_place_release) struct emulate_place p = {
		.dir_fd = -1,
	};
	mode_t mode = (mode_t)args[1];
	bool is_device = S_ISCHR(mode) || S_ISBLK(mode);
	int r;

	r = emulate_find_place(c, dir_fd, args[0], &p);
	if (r < 0)
		return r;
	if (is_device && emulate_creds(c->e, c->pid)->euid != 0)
		return -EPERM;
	if (is_device) {
		p.owner.type = mode & S_IFMT;
		p.owner.major = major((dev_t)args[2]);
		p.owner.minor = minor((dev_t)args[2]);
	}
	if (r > 0 || (is_device ? p.has_slash : emulate_is_plain_name(&p)))
		return EMULATE_CONTINUE;
	mode = emulate_prepare_mode(c, &p, mode);
	return emulate_finish_name(c, &p, is_device ? make_device(&p, mode) :
		mknodat(p.dir_fd, p.name, mode, 0), mode);
}

long
emulate_mknod(struct emulate_call *c)
{
	return make_node(c, AT_FDCWD, c->args);
}

long
emulate_mknodat(struct emulate_call *c)
{
	return make_node(c, (int)c->args[0], c->args + 1);
}

static long
hand_over(struct emulate_call *c, int fd, uint64_t flags)
{
	struct seccomp_notif_addfd add = {
		.id = c->id,
		.flags = SECCOMP_ADDFD_FLAG_SEND,
		.srcfd = (uint32_t)fd,
		.newfd_flags = flags & O_CLOEXEC,
	};

	/* If it is gone, it has no use for an answer. */
	if (ioctl(c->e->listener_fd, SECCOMP_IOCTL_NOTIF_ADDFD, &add) >= 0 ||
		errno != EINVAL)
		return EMULATE_SENT;
	/* Before Linux 5.14 that takes two calls. */
	add.flags = 0;
	return ioctl(c->e->listener_fd, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
}

/* 0 when there is a file to be made, else the answer. */
static long
find_file(struct emulate_call *c, int dir_fd, uint64_t path, uint64_t flags,
	struct emulate_place *p)
{
	struct stat st;

	if (!(flags & O_CREAT))
		return EMULATE_CONTINUE;
	/* Whatever is wrong, the kernel says it better. */
	if (emulate_find_place(c, dir_fd, path, p) != 0 ||
		emulate_is_plain(p) || p->has_slash ||
		fstatat(p->dir_fd, p->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return EMULATE_CONTINUE;
	return 0;
}

/* The file is made here and handed over open: made by the program first, it
 * would be somebody else's until its name is looked up, if it still has it. */
static long
make_file(struct emulate_call *c, int dir_fd, uint64_t path, uint64_t flags,
	uint64_t mode)
{
	cleanup_value(emulate_place_release) struct emulate_place p = {
		.dir_fd = -1,
	};
	autoclose int fd = -1;
	mode_t prepared;
	long r;

	r = find_file(c, dir_fd, path, flags, &p);
	if (r != 0)
		return r;
	prepared = emulate_prepare_mode(c, &p, (mode_t)mode);
	fd = openat(p.dir_fd, p.name,
		(int)flags | O_EXCL | O_NOFOLLOW | O_CLOEXEC, prepared);
	if (fd < 0)
		return errno == EEXIST && !(flags & O_EXCL) ?
			EMULATE_CONTINUE : -errno;
	(void)emulate_finish(c, &p, fd, prepared);
	return hand_over(c, fd, flags);
}

long
emulate_open(struct emulate_call *c)
{
	return make_file(c, AT_FDCWD, c->args[0], c->args[1], c->args[2]);
}

long
emulate_openat(struct emulate_call *c)
{
	return make_file(c, (int)c->args[0], c->args[1], c->args[2],
		c->args[3]);
}

long
emulate_openat2(struct emulate_call *c)
{
	struct open_how how;

	/* Restricted ways of resolving are left to the kernel. */
	if (c->args[3] < sizeof(how) ||
		emulate_read(c, c->args[2], &how, sizeof(how)) < 0 ||
		how.resolve)
		return EMULATE_CONTINUE;
	return make_file(c, (int)c->args[0], c->args[1], how.flags, how.mode);
}

long
emulate_creat(struct emulate_call *c)
{
	return make_file(c, AT_FDCWD, c->args[0],
		O_CREAT | O_WRONLY | O_TRUNC, c->args[1]);
}
