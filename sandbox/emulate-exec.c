/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that become somebody by what they execute, and what else tells who
 * somebody is. */
#include "sandbox/emulate-state.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/scope.h"

/* The kernel does as much when no_new_privs is off: execve(2). */
static void
take_set_ids(const struct emulate *e, int fd, struct emulate_creds *k)
{
	struct owner o;
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		!(st.st_mode & 0111))
		return;
	(void)emulate_get_record(e, fd, &st, &o);
	if (st.st_mode & S_ISUID)
		k->euid = k->fsuid = o.uid;
	if ((st.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		k->egid = k->fsgid = o.gid;
}

static long
execute(struct emulate_call *c, int dir_fd, uint64_t at, int flags)
{
	const struct emulate_creds *old = emulate_creds(c->e, c->pid);
	struct emulate_creds k = *old;
	autoclose int fd = -1;
	char path[PATH_MAX];

	if (emulate_read_text(c, at, path, sizeof(path)) < 0)
		return EMULATE_CONTINUE;
	fd = emulate_find(c, dir_fd, path, flags);
	if (fd >= 0)
		take_set_ids(c->e, fd, &k);
	k.keeps_caps = k.has_caps = 0;
	k.suid = k.euid;
	k.sgid = k.egid;
	if (fd >= 0 && memcmp(&k, old, sizeof(k)) != 0)
		(void)emulate_set_creds(c->e, c->pid, &k);
	return EMULATE_CONTINUE;
}

long
emulate_execve(struct emulate_call *c)
{
	return execute(c, AT_FDCWD, c->args[0], 0);
}

long
emulate_execveat(struct emulate_call *c)
{
	return execute(c, (int)c->args[0], c->args[1], (int)c->args[4]);
}

long
emulate_chroot(struct emulate_call *c)
{
	if (emulate_creds(c->e, c->pid)->euid != 0)
		return -EPERM;
	c->e->has_chroot = true;
	return EMULATE_CONTINUE;
}

/* The kernel's user does not change, so neither need its capabilities. */
long
emulate_capset(struct emulate_call *c)
{
	(void)c;
	return 0;
}

long
emulate_prctl(struct emulate_call *c)
{
	struct emulate_creds k = *emulate_creds(c->e, c->pid);

	if (c->args[0] != PR_SET_KEEPCAPS)
		return EMULATE_CONTINUE;
	k.keeps_caps = c->args[1] != 0;
	return emulate_set_creds(c->e, c->pid, &k);
}

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

/* SO_PEERCRED, by which database servers and buses know their clients. */
long
emulate_getsockopt(struct emulate_call *c)
{
	struct ucred peer;
	socklen_t len = sizeof(peer), room;
	const struct emulate_creds *k;
	autoclose int fd = -1;

	if (c->args[1] != SOL_SOCKET || c->args[2] != SO_PEERCRED)
		return EMULATE_CONTINUE;
	fd = open_socket(c);
	if (fd < 0 ||
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0 ||
		peer.pid <= 0)
		return EMULATE_CONTINUE;
	if (emulate_read(c, c->args[4], &room, sizeof(room)) < 0)
		return -EFAULT;
	k = emulate_creds(c->e, peer.pid);
	peer = (struct ucred){ inner_pid(c->e, peer.pid), k->euid, k->egid };
	if (room > sizeof(peer))
		room = sizeof(peer);
	if (emulate_write(c, c->args[3], &peer, room) < 0)
		return -EFAULT;
	return emulate_write(c, c->args[4], &room, sizeof(room));
}

/* RLIMIT_LOCKS is ours: nobody sees it, nobody sets it. */
static long
tell_unlimited(struct emulate_call *c, uint64_t at)
{
	const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };

	return at ? emulate_write(c, at, &none, sizeof(none)) : 0;
}

long
emulate_getrlimit(struct emulate_call *c)
{
	return tell_unlimited(c, c->args[1]);
}

long
emulate_setrlimit(struct emulate_call *c)
{
	(void)c;
	return 0;
}

long
emulate_prlimit64(struct emulate_call *c)
{
	return tell_unlimited(c, c->args[3]);
}
