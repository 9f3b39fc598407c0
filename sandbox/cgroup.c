/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/strv.h"

/* Where a program of ours that divides its group lives itself. */
#define LEAF "slipway"
#define FILE_MAX KiB(64)
#define EMPTY_TRIES 20
#define EMPTY_WAIT_MS 100

struct cgroup {
	int base_fd;		/* our own */
	int dir_fd;
	char *name;
};

static int
refuse(const char *why, struct error *err)
{
	(void)error_set(err, ENOTSUP, "no cgroup of our own: %s", why);
	(void)error_hint(err, "start slipway by: systemd-run --user --scope "
		"-p Delegate=yes");
	return error_kind(err, ERROR_HOST);
}

static int
write_file(int dir_fd, const char *name, const char *text, struct error *err)
{
	autoclose int fd = openat(dir_fd, name, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return error_errno(err, "cannot write '%s' to %s", text, name);
	return 0;
}

static char *
read_file(int dir_fd, const char *name)
{
	cleanup_value(buf_release) struct buf b = { 0 };

	buf_init(&b, FILE_MAX);
	(void)fs_read_file(dir_fd, name, FILE_MAX, &b, NULL);
	return mem_strdup(buf_text(&b));
}

/* The unified hierarchy, alone or beside the old ones. */
static const char *
find_root(void)
{
	static const char *const roots[] = {
		"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(roots); i++) {
		autofree char *file = mem_printf("%s/cgroup.controllers",
			roots[i]);

		if (access(file, F_OK) == 0)
			return roots[i];
	}
	return NULL;
}

/* Our group, or the one above when we live in a leaf of it already. */
static char *
find_base(void)
{
	autofree char *all = read_file(AT_FDCWD, "/proc/self/cgroup");
	const char *root = find_root();
	const char *line = strstr(all, "0::/");
	autofree char *base = NULL;
	size_t len;

	if (!root || !line)
		return NULL;
	base = mem_printf("%s%.*s", root, (int)strcspn(line + 3, "\n"),
		line + 3);
	len = strlen(base);
	if (len > strlen("/" LEAF) &&
		strcmp(base + len - strlen("/" LEAF), "/" LEAF) == 0)
		base[len - strlen("/" LEAF)] = '\0';
	return take_ptr(&base);
}

static bool
has_word(const char *list, const char *word)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	autofree char *line = mem_strndup(list, strcspn(list, "\n"));

	strv_split(&words, line, ' ');
	return strv_has(&words, word);
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

static bool
is_same_program(const char *pid)
{
	autofree char *link = mem_printf("/proc/%s/exe", pid);
	autofree char *theirs = NULL;
	autofree char *ours = NULL;

	return fs_read_link(AT_FDCWD, link, &theirs, NULL) == 0 &&
		fs_read_link(AT_FDCWD, "/proc/self/exe", &ours, NULL) == 0 &&
		strcmp(theirs, ours) == 0;
}

/* A group that hands on controllers has no processes itself: ours go to a
 * leaf. Those of others stay, and then it does not work. */
static int
move_to_leaf(int base_fd, struct error *err)
{
	cleanup_value(strv_release) struct strv pids = { 0 };
	autofree char *list = read_file(base_fd, "cgroup.procs");
	autoclose int leaf = -1;
	size_t i;

	if (mkdirat(base_fd, LEAF, 0755) < 0 && errno != EEXIST)
		return refuse("our group is not ours to divide", err);
	leaf = openat(base_fd, LEAF, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (leaf < 0)
		return error_errno(err, "cannot open our cgroup");
	strv_split(&pids, list, '\n');
	for (i = 0; i < pids.count; i++)
		if (*pids.items[i] && is_same_program(pids.items[i]))
			(void)write_file(leaf, "cgroup.procs", pids.items[i],
				NULL);
	return 0;
}

static int
enable(int base_fd, const struct strv *wanted, struct error *err)
{
	autofree char *on = read_file(base_fd, "cgroup.subtree_control");
	cleanup_value(strv_release) struct strv missing = { 0 };
	autofree char *text = NULL;
	size_t i;
	int r;

	for (i = 0; i < wanted->count; i++)
		if (!has_word(on, wanted->items[i]))
			strv_addf(&missing, "+%s", wanted->items[i]);
	text = strv_join(&missing, " ");
	if (!missing.count || write_file(base_fd, "cgroup.subtree_control",
				      text, NULL) == 0)
		return 0;
	r = move_to_leaf(base_fd, err);
	if (r == 0 && write_file(base_fd, "cgroup.subtree_control", text,
			      NULL) < 0)
		r = refuse("other programs live in our group", err);
	return r;
}

static int
check_base(int base_fd, const struct strv *wanted, struct error *err)
{
	autofree char *have = read_file(base_fd, "cgroup.controllers");
	size_t i;

	if (faccessat(base_fd, "cgroup.subtree_control", W_OK, AT_EACCESS) < 0)
		return refuse("our group is not ours to divide", err);
	for (i = 0; i < wanted->count; i++) {
		autofree char *why = mem_printf("it has no controller '%s'",
			wanted->items[i]);

		if (!has_word(have, wanted->items[i]))
			return refuse(why, err);
	}
	return 0;
}

static int
open_base(const char *base, const struct strv *wanted, int *ret_fd,
	struct error *err)
{
	autoclose int fd = -1;
	int r;

	fd = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return refuse("our group is not in sight", err);
	r = check_base(fd, wanted, err);
	if (r == 0)
		*ret_fd = take_fd(&fd);
	return r;
}

static int
write_number(int dir_fd, const char *name, uint64_t value, struct error *err)
{
	autofree char *text = value == UINT64_MAX ? mem_strdup("max") :
		mem_printf("%" PRIu64, value);

	return write_file(dir_fd, name, text, err);
}

static int
write_memory(int dir_fd, const struct resources *r, struct error *err)
{
	int ret = write_number(dir_fd, "memory.max", r->memory_bytes, err);

	/* Not every kernel counts swap space. */
	if (ret == 0 && write_number(dir_fd, "memory.swap.max", r->swap_bytes,
			     err) < 0 && err && err->code != ENOENT)
		return -err->code;
	/* One that is killed for it leaves no half of a build behind. */
	if (ret == 0)
		(void)write_file(dir_fd, "memory.oom.group", "1", NULL);
	return ret;
}

static int
write_cpu(int dir_fd, const struct resources *r, struct error *err)
{
	autofree char *quota = mem_printf("%" PRIu64 " %" PRIu64,
		r->cpu_quota_us, r->cpu_period_us);
	int ret = 0;

	if (r->cpu_quota_us)
		ret = write_file(dir_fd, "cpu.max", quota, err);
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
		r = write_file(dir_fd, "cpuset.cpus", limits->cpus, err);
	return r;
}

static int
make(struct cgroup *c, const struct resources *limits, struct error *err)
{
	if (fs_make_temp_dir(c->base_fd, &c->name, &c->dir_fd, NULL) < 0)
		return refuse("our group is not ours to divide", err);
	return cgroup_write_limits(c->dir_fd, limits, err);
}

/* Below our own group or, as real root may, below that of all: the one group
 * that may have both processes and groups. */
static int
find_place(const struct strv *wanted, int *ret_fd, struct error *err)
{
	autofree char *own = find_base();
	autoclose int fd = -1;
	int r;

	if (!own)
		return refuse("the host has no unified hierarchy", err);
	r = open_base(own, wanted, &fd, err);
	if (r == 0)
		r = enable(fd, wanted, err);
	if (r < 0 && open_base(find_root(), wanted, &fd, NULL) == 0)
		r = enable(fd, wanted, err);
	if (r == 0)
		*ret_fd = take_fd(&fd);
	return r;
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
	r = find_place(&wanted, &c->base_fd, err);
	if (r == 0)
		r = make(c, limits, err);
	if (r == 0)
		*ret = take_ptr(&c);
	return r;
}

int
cgroup_probe(struct error *err)
{
	cleanup_value(strv_release) struct strv wanted = { 0 };
	autofree char *own = find_base();
	autoclose int fd = -1;

	if (!own)
		return refuse("the host has no unified hierarchy", err);
	strv_split(&wanted, "memory cpu pids", ' ');
	return open_base(own, &wanted, &fd, err);
}

int
cgroup_enter(const struct cgroup *c, struct error *err)
{
	return write_file(c->dir_fd, "cgroup.procs", "0", err);
}

bool
cgroup_ran_out(const struct cgroup *c)
{
	autofree char *events = read_file(c->dir_fd, "memory.events");
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
		(void)write_file(c->dir_fd, "cgroup.kill", "1", NULL);
	wait_until_empty(c->dir_fd);
	if (c->name && c->base_fd >= 0)
		(void)unlinkat(c->base_fd, c->name, AT_REMOVEDIR);
	scope_close(&c->dir_fd);
	scope_close(&c->base_fd);
	free(c->name);
	free(c);
	return NULL;
}
