/* SPDX-License-Identifier: Apache-2.0 */
/* Who programs believe to be: set*id(2), get*id(2). Which line of our table
 * that is, the kernel keeps for us in a limit it does not heed, RLIMIT_LOCKS:
 * so it is inherited by fork and exec exactly as real credentials are. */
#include "sandbox/emulate-state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "util/mem.h"

#define KEEP ((uint32_t)-1)

static uint32_t
count(const struct emulate *e)
{
	return __atomic_load_n(&e->shared->cred_count, __ATOMIC_ACQUIRE);
}

const struct emulate_creds *
emulate_creds(const struct emulate *e, pid_t pid)
{
	struct rlimit limit;

	if (prlimit(pid, RLIMIT_LOCKS, NULL, &limit) < 0 ||
		limit.rlim_cur >= count(e))
		return &e->shared->creds[0];
	return &e->shared->creds[limit.rlim_cur];
}

/* From `i` on; where it ends when there is none. */
static uint32_t
find(const struct emulate *e, const struct emulate_creds *creds, uint32_t i)
{
	while (i < count(e) &&
		memcmp(&e->shared->creds[i], creds, sizeof(*creds)) != 0)
		i++;
	return i;
}

/* Another process may have added some since we looked. */
static uint32_t
add(const struct emulate *e, const struct emulate_creds *creds, uint32_t i)
{
	emulate_lock(e);
	i = find(e, creds, i);
	if (i == count(e) && i < EMULATE_CREDS_MAX) {
		e->shared->creds[i] = *creds;
		__atomic_store_n(&e->shared->cred_count, i + 1,
			__ATOMIC_RELEASE);
	}
	emulate_unlock(e);
	return i;
}

int
emulate_set_creds(const struct emulate *e, pid_t pid,
	const struct emulate_creds *creds)
{
	struct rlimit limit;
	uint32_t index;

	index = find(e, creds, 0);
	if (index == count(e))
		index = add(e, creds, index);
	if (index == EMULATE_CREDS_MAX)
		return -EAGAIN;
	if (prlimit(pid, RLIMIT_LOCKS, NULL, &limit) < 0)
		return -errno;
	limit.rlim_cur = index;
	return prlimit(pid, RLIMIT_LOCKS, &limit, NULL) < 0 ? -errno : 0;
}

bool
emulate_in_group(const struct emulate_creds *creds, uint32_t gid)
{
	bool is = gid == creds->egid;

	for (uint32_t i = 0; i < creds->group_count; i++)
		is = is || creds->groups[i] == gid;
	return is;
}

/* Three ids at once, as setresuid(2): others than root choose among those
 * they have. */
static long
set_uids(struct emulate_call *c, uint32_t uid, uint32_t euid, uint32_t suid)
{
	struct emulate_creds k = *emulate_creds(c->e, c->pid);
	const uint32_t wanted[] = { uid, euid, suid };

	for (size_t i = 0; k.euid != 0 && i < ARRAY_SIZE(wanted); i++)
		if (wanted[i] != KEEP && wanted[i] != k.uid &&
			wanted[i] != k.euid && wanted[i] != k.suid)
			return -EPERM;
	k.uid = uid == KEEP ? k.uid : uid;
	k.euid = euid == KEEP ? k.euid : euid;
	k.suid = suid == KEEP ? k.suid : suid;
	k.fsuid = k.euid;
	k.has_caps = k.has_caps || k.keeps_caps;
	return emulate_set_creds(c->e, c->pid, &k);
}

static long
set_gids(struct emulate_call *c, uint32_t gid, uint32_t egid, uint32_t sgid)
{
	struct emulate_creds k = *emulate_creds(c->e, c->pid);
	const uint32_t wanted[] = { gid, egid, sgid };
	bool may = k.euid == 0 || k.has_caps;

	for (size_t i = 0; !may && i < ARRAY_SIZE(wanted); i++)
		if (wanted[i] != KEEP && wanted[i] != k.gid &&
			wanted[i] != k.egid && wanted[i] != k.sgid)
			return -EPERM;
	k.gid = gid == KEEP ? k.gid : gid;
	k.egid = egid == KEEP ? k.egid : egid;
	k.sgid = sgid == KEEP ? k.sgid : sgid;
	k.fsgid = k.egid;
	return emulate_set_creds(c->e, c->pid, &k);
}

long
emulate_setuid(struct emulate_call *c)
{
	const struct emulate_creds *k = emulate_creds(c->e, c->pid);
	uint32_t id = (uint32_t)c->args[0];

	if (id == KEEP)
		return -EINVAL;
	if (k->euid == 0)
		return set_uids(c, id, id, id);
	if (id != k->uid && id != k->suid)
		return -EPERM;
	return set_uids(c, KEEP, id, KEEP);
}

long
emulate_setgid(struct emulate_call *c)
{
	const struct emulate_creds *k = emulate_creds(c->e, c->pid);
	uint32_t id = (uint32_t)c->args[0];

	if (id == KEEP)
		return -EINVAL;
	if (k->euid == 0)
		return set_gids(c, id, id, id);
	if (id != k->gid && id != k->sgid)
		return -EPERM;
	return set_gids(c, KEEP, id, KEEP);
}

/* The saved id follows when the real one is set, or the effective one to
 * something else than the real one: setreuid(2). */
static uint32_t
saved_after(uint32_t real, uint32_t effective, uint32_t old_real,
	uint32_t old_effective)
{
	if (real == KEEP && (effective == KEEP || effective == old_real))
		return KEEP;
	return effective == KEEP ? old_effective : effective;
}

long
emulate_setreuid(struct emulate_call *c)
{
	const struct emulate_creds *k = emulate_creds(c->e, c->pid);
	uint32_t uid = (uint32_t)c->args[0], euid = (uint32_t)c->args[1];

	return set_uids(c, uid, euid,
		saved_after(uid, euid, k->uid, k->euid));
}

long
emulate_setregid(struct emulate_call *c)
{
	const struct emulate_creds *k = emulate_creds(c->e, c->pid);
	uint32_t gid = (uint32_t)c->args[0], egid = (uint32_t)c->args[1];

	return set_gids(c, gid, egid,
		saved_after(gid, egid, k->gid, k->egid));
}

long
emulate_setresuid(struct emulate_call *c)
{
	return set_uids(c, (uint32_t)c->args[0], (uint32_t)c->args[1],
		(uint32_t)c->args[2]);
}

long
emulate_setresgid(struct emulate_call *c)
{
	return set_gids(c, (uint32_t)c->args[0], (uint32_t)c->args[1],
		(uint32_t)c->args[2]);
}

/* These never fail, and tell the old id. */
long
emulate_setfsuid(struct emulate_call *c)
{
	struct emulate_creds k = *emulate_creds(c->e, c->pid);
	uint32_t old = k.fsuid, id = (uint32_t)c->args[0];

	if (id != KEEP && (k.euid == 0 || id == k.uid || id == k.euid ||
		id == k.suid))
		k.fsuid = id;
	(void)emulate_set_creds(c->e, c->pid, &k);
	return old;
}

long
emulate_setfsgid(struct emulate_call *c)
{
	struct emulate_creds k = *emulate_creds(c->e, c->pid);
	uint32_t old = k.fsgid, id = (uint32_t)c->args[0];

	if (id != KEEP && (k.euid == 0 || id == k.gid || id == k.egid ||
		id == k.sgid))
		k.fsgid = id;
	(void)emulate_set_creds(c->e, c->pid, &k);
	return old;
}

static int
compare_groups(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

long
emulate_setgroups(struct emulate_call *c)
{
	struct emulate_creds k = *emulate_creds(c->e, c->pid);
	uint64_t count = c->args[0];

	if (k.euid != 0 && !k.has_caps)
		return -EPERM;
	if (count > EMULATE_GROUPS_MAX)
		return -EINVAL;
	memset(k.groups, 0, sizeof(k.groups));
	k.group_count = (uint32_t)count;
	if (count && emulate_read(c, c->args[1], k.groups,
			     count * sizeof(k.groups[0])) < 0)
		return -EFAULT;
	qsort(k.groups, count, sizeof(k.groups[0]), compare_groups);
	return emulate_set_creds(c->e, c->pid, &k);
}

long
emulate_getuid(struct emulate_call *c)
{
	return emulate_creds(c->e, c->pid)->uid;
}

long
emulate_geteuid(struct emulate_call *c)
{
	return emulate_creds(c->e, c->pid)->euid;
}

long
emulate_getgid(struct emulate_call *c)
{
	return emulate_creds(c->e, c->pid)->gid;
}

long
emulate_getegid(struct emulate_call *c)
{
	return emulate_creds(c->e, c->pid)->egid;
}

static long
tell_three(struct emulate_call *c, uint32_t a, uint32_t b, uint32_t s)
{
	if (emulate_write(c, c->args[0], &a, sizeof(a)) < 0 ||
		emulate_write(c, c->args[1], &b, sizeof(b)) < 0)
		return -EFAULT;
	return emulate_write(c, c->args[2], &s, sizeof(s));
}

long
emulate_getresuid(struct emulate_call *c)
{
	const struct emulate_creds *k = emulate_creds(c->e, c->pid);

	return tell_three(c, k->uid, k->euid, k->suid);
}

long
emulate_getresgid(struct emulate_call *c)
{
	const struct emulate_creds *k = emulate_creds(c->e, c->pid);

	return tell_three(c, k->gid, k->egid, k->sgid);
}

long
emulate_getgroups(struct emulate_call *c)
{
	const struct emulate_creds *k = emulate_creds(c->e, c->pid);

	if (c->args[0] == 0)
		return k->group_count;
	if ((int)c->args[0] < (int)k->group_count)
		return -EINVAL;
	if (k->group_count && emulate_write(c, c->args[1], k->groups,
			k->group_count * sizeof(k->groups[0])) < 0)
		return -EFAULT;
	return k->group_count;
}
