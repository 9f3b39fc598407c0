/* SPDX-License-Identifier: Apache-2.0 */
/* rename(2) and link(2) of what can have no attributes: its record stands on
 * the directory, under its name, and has to go along. */
#include "sandbox/emulate-state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/scope.h"

struct way {
	struct emulate_place from, to;
	struct owner owner, other;	/* of what is at `from`, and at `to` */
};

static void
way_release(struct way *w)
{
	emulate_place_release(&w->from);
	emulate_place_release(&w->to);
}

/* 1 when it is about a record; 0 when the kernel is enough. */
static int
find_way(const struct emulate_call *c, int from_fd, uint64_t from, int to_fd,
	uint64_t to, struct way *w)
{
	struct stat st;
	int r;

	r = emulate_find_place(c, from_fd, from, &w->from);
	if (r != 0 || fstatat(w->from.dir_fd, w->from.name, &st,
			      AT_SYMLINK_NOFOLLOW) < 0 ||
		S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return 0;
	r = emulate_find_place(c, to_fd, to, &w->to);
	if (r != 0 || w->from.has_slash || w->to.has_slash)
		return 0;
	(void)emulate_get_name(w->from.dir_fd, w->from.name, &w->owner);
	(void)emulate_get_name(w->to.dir_fd, w->to.name, &w->other);
	return w->owner.uid || w->owner.gid || emulate_has_names(w->to.dir_fd);
}

static long
move(const struct emulate_call *c, int from_fd, uint64_t from, int to_fd,
	uint64_t to, unsigned flags)
{
	cleanup_value(way_release) struct way w = {
		.from.dir_fd = -1, .to.dir_fd = -1,
	};
	const struct owner *left = flags & RENAME_EXCHANGE ? &w.other :
		&(const struct owner){ 0 };

	if (find_way(c, from_fd, from, to_fd, to, &w) <= 0)
		return EMULATE_CONTINUE;
	if (renameat2(w.from.dir_fd, w.from.name, w.to.dir_fd, w.to.name,
		    flags) < 0)
		return -errno;
	(void)emulate_set_name(c->e, w.from.dir_fd, w.from.name, left);
	(void)emulate_set_name(c->e, w.to.dir_fd, w.to.name, &w.owner);
	return 0;
}

long
emulate_rename(struct emulate_call *c)
{
	return move(c, AT_FDCWD, c->args[0], AT_FDCWD, c->args[1], 0);
}

long
emulate_renameat(struct emulate_call *c)
{
	return move(c, (int)c->args[0], c->args[1], (int)c->args[2],
		c->args[3], 0);
}

long
emulate_renameat2(struct emulate_call *c)
{
	return move(c, (int)c->args[0], c->args[1], (int)c->args[2],
		c->args[3], (unsigned)c->args[4]);
}

static long
join(const struct emulate_call *c, int from_fd, uint64_t from, int to_fd,
	uint64_t to)
{
	cleanup_value(way_release) struct way w = {
		.from.dir_fd = -1, .to.dir_fd = -1,
	};

	if (find_way(c, from_fd, from, to_fd, to, &w) <= 0)
		return EMULATE_CONTINUE;
	if (linkat(w.from.dir_fd, w.from.name, w.to.dir_fd, w.to.name, 0) < 0)
		return -errno;
	(void)emulate_set_name(c->e, w.to.dir_fd, w.to.name, &w.owner);
	return 0;
}

long
emulate_link(struct emulate_call *c)
{
	return join(c, AT_FDCWD, c->args[0], AT_FDCWD, c->args[1]);
}

long
emulate_linkat(struct emulate_call *c)
{
	/* Of a descriptor, or of what a link leads to. */
	if (c->args[4])
		return EMULATE_CONTINUE;
	return join(c, (int)c->args[0], c->args[1], (int)c->args[2],
		c->args[3]);
}
