/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/cgroup-place.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/strv.h"

#define EMPTY_TRIES 20
#define EMPTY_WAIT_MS 100

struct cgroup {
	int base_fd;		/* our own */
	int dir_fd;
	char *name;
};

static int
write_number(int dir_fd, const char *name, uint64_t value, struct error *err)
{
	autofree char *text = value == UINT64_MAX ? mem_strdup("max") :
		mem_printf("%" PRIu64, value);

	return cgroup_write_text(dir_fd, name, text, err);
}

static int
write_memory(int dir_fd, const struct resources *r, struct error *err)
{
	autoerror problem = { 0 };
	int ret = write_number(dir_fd, "memory.max", r->memory_bytes, err);

	/* Not every kernel counts swap space. */
	if (ret == 0 && write_number(dir_fd, "memory.swap.max", r->swap_bytes,
			     &problem) < 0 && problem.code != ENOENT)
		return error_move(err, &problem);
	/* One that is killed for it leaves no half of a build behind. */
	if (ret == 0)
		(void)cgroup_write_text(dir_fd, "memory.oom.group", "1", NULL);
	return ret;
}

static int
write_cpu(int dir_fd, const struct resources *r, struct error *err)
{
	autofree char *quota = mem_printf("%" PRIu64 " %" PRIu64,
		r->cpu_quota_us, r->cpu_period_us);
	int ret = 0;

	if (r->cpu_quota_us)
		ret = cgroup_write_text(dir_fd, "cpu.max", quota, err);
	/* 2..262144 become 1..10000, as runc and systemd have it. */
	if (ret == 0 && r->cpu_shares)
		ret = write_number(dir_fd, "cpu.weight",
			1 + (r->cpu_shares - 2) * 9999 / 262142, err);
	return ret;
}

int
cgroup_write_limits(int dir_fd, const struct resources *limits,
	struct error *err)
{
	int r = 0;

	if (limits->memory_bytes)
		r = write_memory(dir_fd, limits, err);
	if (r == 0)
		r = write_cpu(dir_fd, limits, err);
	if (r == 0 && limits->pids)
		r = write_number(dir_fd, "pids.max", limits->pids, err);
	if (r == 0 && limits->cpus)
		r = cgroup_write_text(dir_fd, "cpuset.cpus", limits->cpus, err);
	return r;
}

static int
make(struct cgroup *c, const struct resources *limits, struct error *err)
{
	if (fs_make_temp_dir(c->base_fd, &c->name, &c->dir_fd, NULL) < 0)
		return cgroup_refuse("our group is not ours to divide", err);
	return cgroup_write_limits(c->dir_fd, limits, err);
}

/* Which controllers a limit needs. */
static void
list_controllers(const struct resources *r, struct strv *ret)
{
	if (r->memory_bytes)
		strv_add(ret, "memory");
	if (r->cpu_quota_us || r->cpu_shares)
		strv_add(ret, "cpu");
	if (r->pids)
		strv_add(ret, "pids");
	if (r->cpus)
		strv_add(ret, "cpuset");
}

int
cgroup_open(const struct resources *limits, struct cgroup **ret,
	struct error *err)
{
	cleanup(cgroup_free) struct cgroup *c = mem_zalloc(sizeof(*c));
	cleanup_value(strv_release) struct strv wanted = { 0 };
	int r;

	c->base_fd = c->dir_fd = -1;
	list_controllers(limits, &wanted);
	r = cgroup_find_place(&wanted, &c->base_fd, err);
	if (r == 0)
		r = make(c, limits, err);
	if (r == 0)
		*ret = take_ptr(&c);
	return r;
}

int
cgroup_enter(const struct cgroup *c, struct error *err)
{
	return cgroup_write_text(c->dir_fd, "cgroup.procs", "0", err);
}

bool
cgroup_ran_out(const struct cgroup *c)
{
	autofree char *events = cgroup_read_text(c->dir_fd, "memory.events");
	const char *line = strstr(events, "oom_kill ");

	return line && line[strlen("oom_kill ")] != '0';
}

static bool
is_populated(int events_fd)
{
	char text[256] = { 0 };

	return pread(events_fd, text, sizeof(text) - 1, 0) > 0 &&
		strstr(text, "populated 1");
}

/* Those that were killed take a moment. The kernel tells of a change since the
 * last read, cgroups(7). */
static void
wait_until_empty(int dir_fd)
{
	autoclose int fd = openat(dir_fd, "cgroup.events",
		O_RDONLY | O_CLOEXEC);
	struct pollfd p = { .fd = fd, .events = POLLPRI };
	int tries = EMPTY_TRIES;

	while (fd >= 0 && tries-- && is_populated(fd))
		(void)poll(&p, 1, EMPTY_WAIT_MS);
}

struct cgroup *
cgroup_free(struct cgroup *c)
{
	if (!c)
		return NULL;
	if (c->dir_fd >= 0)
		(void)cgroup_write_text(c->dir_fd, "cgroup.kill", "1", NULL);
	wait_until_empty(c->dir_fd);
	if (c->name && c->base_fd >= 0)
		(void)unlinkat(c->base_fd, c->name, AT_REMOVEDIR);
	scope_close(&c->dir_fd);
	scope_close(&c->base_fd);
	free(c->name);
	free(c);
	return NULL;
}
