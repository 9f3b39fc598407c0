/* SPDX-License-Identifier: Apache-2.0 */
/* Who is at the other end of a socket, and whose its name is. */
#include "sandbox/emulate-state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/scope.h"

/* The pid as the program sees it: the last of those the kernel tells. */
static pid_t
inner_pid(const struct emulate *e, pid_t pid)
{
	char name[32], text[2048];
	autoclose int fd = -1;
	const char *line, *tab;
	ssize_t len;

	(void)snprintf(name, sizeof(name), "%d/status", pid);
	fd = openat(e->proc_fd, name, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	text[len < 0 ? 0 : len] = '\0';
	line = strstr(text, "\nNSpid:");
	if (!line)
		return pid;
	line += 1;
	text[(size_t)(line - text) + strcspn(line, "\n")] = '\0';
	tab = strrchr(line, '\t');
	return tab ? (pid_t)strtoul(tab + 1, NULL, 10) : pid;
}

static int
open_socket(const struct emulate_call *c)
{
	autoclose int pid_fd = (int)syscall(SYS_pidfd_open, c->pid, 0);
	int fd;

	if (pid_fd < 0)
		return -1;
	fd = (int)syscall(SYS_pidfd_getfd, pid_fd, (int)c->args[0], 0);
	return fd;
}

struct peer {
	pid_t pid;
	const struct emulate_creds *creds;
};

/* Whoever is at the other end of the socket. */
static int
find_peer(const struct emulate_call *c, struct peer *ret)
{
	autoclose int fd = open_socket(c);
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (fd < 0 ||
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0 ||
		peer.pid <= 0)
		return -1;
	ret->pid = peer.pid;
	ret->creds = emulate_creds(c->e, peer.pid);
	return 0;
}

/* As getsockopt(2) does: not more than there is room for. */
static long
tell_credentials(const struct emulate_call *c, const struct peer *p,
	socklen_t room)
{
	const struct ucred peer = { inner_pid(c->e, p->pid), p->creds->euid,
		p->creds->egid };

	if (room > sizeof(peer))
		room = sizeof(peer);
	if (emulate_write(c, c->args[3], &peer, room) < 0)
		return -EFAULT;
	return emulate_write(c, c->args[4], &room, sizeof(room));
}

/* All or nothing, and how much that would be: socket(7). */
static long
tell_groups(const struct emulate_call *c, const struct peer *p, socklen_t room)
{
	socklen_t size = p->creds->group_count * sizeof(p->creds->groups[0]);
	int r = emulate_write(c, c->args[4], &size, sizeof(size));

	if (r == 0 && room < size)
		return -ERANGE;
	return r < 0 || !size ? r :
		emulate_write(c, c->args[3], p->creds->groups, size);
}

/* By which database servers and buses know their clients. */
long
emulate_getsockopt(struct emulate_call *c)
{
	int name = (int)c->args[2];
	socklen_t room;
	struct peer p;

	if ((int)c->args[1] != SOL_SOCKET ||
		(name != SO_PEERCRED && name != SO_PEERGROUPS) ||
		find_peer(c, &p) < 0)
		return EMULATE_CONTINUE;
	if (emulate_read(c, c->args[4], &room, sizeof(room)) < 0)
		return -EFAULT;
	return name == SO_PEERCRED ? tell_credentials(c, &p, room) :
				     tell_groups(c, &p, room);
}

/* An address, and its end even where it has none: unix(7). */
union address {
	struct sockaddr_un un;
	char bytes[sizeof(struct sockaddr_un) + 1];
};

/* 0 when it is no name in the file system. */
static int
read_address(const struct emulate_call *c, union address *ret)
{
	size_t size = c->args[2];

	*ret = (union address){ 0 };
	if (size <= sizeof(ret->un.sun_family) || size > sizeof(ret->un) ||
		emulate_read(c, c->args[1], ret->bytes, size) < 0)
		return 0;
	return ret->un.sun_family == AF_UNIX && ret->un.sun_path[0] &&
		(ret->un.sun_path[0] != '/' || !emulate_has_chroot(c));
}

/* The name has to stay as it is, for getsockname(2): a relative one is found
 * from where the program is. */
static int
bind_there(const struct emulate_call *c, int fd, const union address *to)
{
	autoclose int cwd = emulate_open_fd(c, AT_FDCWD);
	int r, problem;

	if (cwd < 0 || fchdir(cwd) < 0)
		return -1;
	r = bind(fd, (const struct sockaddr *)&to->un, (socklen_t)c->args[2]);
	problem = errno;
	/* Opened by us: it cannot fail. */
	(void)!fchdir(c->e->proc_fd);
	errno = problem;
	return r;
}

/* The socket of a user belongs to it. */
long
emulate_bind(struct emulate_call *c)
{
	cleanup_value(emulate_place_release) struct emulate_place p = {
		.dir_fd = -1,
	};
	union address to;
	autoclose int fd = -1;

	if (!read_address(c, &to) ||
		emulate_find_path(c, AT_FDCWD, to.un.sun_path, &p) != 0 ||
		emulate_is_plain_name(&p))
		return EMULATE_CONTINUE;
	fd = open_socket(c);
	if (fd < 0)
		return EMULATE_CONTINUE;
	(void)umask(emulate_umask(c));
	return emulate_finish_name(c, &p, bind_there(c, fd, &to), 0);
}
