/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that become somebody by what they execute, and what else has to do
 * with privileges. */
#include "sandbox/emulate-state.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "util/scope.h"

/* The bits of a script count for nothing. */
static bool
is_script(const struct emulate *e, int fd)
{
	char path[32], head[2];
	autoclose int readable = -1;

	emulate_fd_path(fd, path);
	readable = openat(e->proc_fd, path, O_RDONLY | O_CLOEXEC);
	return readable >= 0 && read(readable, head, 2) == 2 &&
		memcmp(head, "#!", 2) == 0;
}

/* The kernel does as much when no_new_privs is off: execve(2). */
static void
take_set_ids(const struct emulate *e, int fd, struct emulate_creds *k)
{
	struct owner o;
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		!(st.st_mode & 0111) || !(st.st_mode & (S_ISUID | S_ISGID)) ||
		is_script(e, fd))
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
	__atomic_store_n(&c->e->shared->has_chroot, 1, __ATOMIC_RELAXED);
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
