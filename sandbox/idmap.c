/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/idmap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "sandbox/caps.h"
#include "sandbox/explain.h"
#include "sandbox/report.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/proc.h"

#define HELPER_TIMEOUT_MS 10000
#define MESSAGES_MAX KiB(4)

struct idmap {
	struct subid_map uids, gids;
	bool direct;		/* we may write the maps ourselves */
	pid_t target;
	struct proc helper;
	int go_fd;		/* a byte: the namespace is there */
	int report_fd;
};

static int
write_file(const char *path, const char *text)
{
	autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}

/* The whole map has to go in one write(2), user_namespaces(7). */
static int
write_map(pid_t target, const char *name, const struct subid_map *m)
{
	char path[64], text[SUBID_EXTENTS_MAX * 34];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)target, name);
	subid_map_format(m, text, sizeof(text));
	return write_file(path, text);
}

static int
write_directly(const struct idmap *m, struct error *err)
{
	int r = write_map(m->target, "gid_map", &m->gids);

	if (r == 0)
		r = write_map(m->target, "uid_map", &m->uids);
	if (r < 0)
		return explain_refusal(EXPLAIN_MAP, -r, err);
	return 0;
}

static int
start_tool(const char *tool, pid_t target, const struct subid_map *map,
	int error_fd, struct proc *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv argv = { 0 };
	struct proc_spec spec = {
		.program = tool, .argv = &argv, .in_fd = -1, .out_fd = -1,
		.error_fd = error_fd, .die_with_parent = true,
	};

	strv_add(&argv, tool);
	strv_addf(&argv, "%d", (int)target);
	subid_map_words(map, &argv);
	return proc_start(&spec, ret, err);
}

static int
end_tool(const char *tool, struct proc *p, struct buf *messages,
	struct error *err)
{
	struct proc_end end;
	int r;

	r = proc_wait(p, HELPER_TIMEOUT_MS, &end, err);
	if (r < 0)
		return r;
	if (proc_end_status(&end) == 0)
		return 0;
	while (messages->len && messages->data[messages->len - 1] == '\n')
		messages->data[--messages->len] = '\0';
	return error_set(err, EPERM, "%s failed: %s", tool,
		buf_text(messages));
}

/* Both are set-user-id programs that take a millisecond each: at once. */
static int
run_tools(const struct idmap *m, struct error *err)
{
	cleanup_value(buf_release) struct buf messages = { 0 };
	autoproc uid_tool = { .pid_fd = -1 };
	autoproc gid_tool = { .pid_fd = -1 };
	autoclose int from = -1;
	autoclose int to = -1;
	int r, pipes[2];

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	from = pipes[0];
	to = pipes[1];
	r = start_tool("newuidmap", m->target, &m->uids, to, &uid_tool, err);
	if (r == 0)
		r = start_tool("newgidmap", m->target, &m->gids, to, &gid_tool,
			err);
	(void)close(take_fd(&to));
	buf_init(&messages, MESSAGES_MAX);
	/* Longer complaints are not worth more than none. */
	if (r == 0)
		(void)fs_read_fd(from, MESSAGES_MAX, &messages, NULL);
	if (r == 0)
		r = end_tool("newuidmap", &uid_tool, &messages, err);
	if (r == 0)
		r = end_tool("newgidmap", &gid_tool, &messages, err);
	if (r < 0)
		(void)error_hint(err, "newuidmap and newgidmap (package "
			"uidmap or shadow-utils) must be installed "
			"set-user-id or with file capabilities");
	return r;
}

/* In the child, outside the namespace. */
static void
help(const struct idmap *m, int go_fd, int report_fd)
{
	autoerror problem = { 0 };
	char go;
	int r;

	if (TEMP_FAILURE_RETRY(read(go_fd, &go, 1)) != 1)
		_exit(0);
	r = m->direct ? write_directly(m, &problem) : run_tools(m, &problem);
	if (r < 0)
		report_send(report_fd, &problem);
	_exit(0);
}

static int
start_helper(struct idmap *m, struct error *err)
{
	int go[2], report[2], r;

	if (pipe2(go, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	m->go_fd = go[1];
	if (pipe2(report, O_CLOEXEC) < 0) {
		(void)close(go[0]);
		return error_errno(err, "cannot make a pipe");
	}
	m->report_fd = report[0];
	m->target = getpid();
	r = proc_fork(&m->helper, err);
	if (r == 0) {
		(void)close(m->go_fd);
		help(m, go[0], report[1]);
	}
	(void)close(go[0]);
	(void)close(report[1]);
	return r < 0 ? r : 0;
}

/* /etc/passwd itself first: the switch may load libraries and ask servers. */
static char *
user_name(uid_t user)
{
	struct passwd *entry = NULL;
	char *name = NULL;
	FILE *file;

	file = fopen("/etc/passwd", "re");
	while (file && !name && (entry = fgetpwent(file)) != NULL) {
		if (entry->pw_uid == user)
			name = mem_strdup(entry->pw_name);
	}
	if (file)
		(void)fclose(file);
	if (name)
		return name;
	entry = getpwuid(user);
	return entry ? mem_strdup(entry->pw_name) : NULL;
}

static int
find_ranges(struct idmap *m, struct error *err)
{
	autofree char *name = user_name(getuid());
	int r;

	r = subid_map_range("/etc/subuid", getuid(), name, geteuid(), &m->uids,
		err);
	if (r == 0)
		r = subid_map_range("/etc/subgid", getuid(), name, getegid(),
			&m->gids, err);
	if (r == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) {
		(void)error_set(err, ENOTSUP, "no_new_privs is set here: "
			"newuidmap cannot work");
		return error_hint(err, "containers: "
			"allowPrivilegeEscalation: true");
	}
	if (r == 0)
		return 0;
	(void)error_hint(err, "as root: usermod --add-subuids 100000-165535 "
		"--add-subgids 100000-165535 %s", name ? name : "USER");
	return r;
}

static int
find_ids(struct idmap *m, struct error *err)
{
	int r;

	if (geteuid() == 0 && caps_has(CAP_SETUID) && caps_has(CAP_SETGID)) {
		r = subid_map_inherit("/proc/self/uid_map", &m->uids, err);
		if (r == 0)
			r = subid_map_inherit("/proc/self/gid_map", &m->gids,
				err);
		if (r < 0)
			return r;
		m->direct = subid_map_size(&m->uids) > 1;
	}
	return m->direct ? 0 : find_ranges(m, err);
}

int
idmap_prepare(struct idmap **ret, struct error *err)
{
	cleanup(idmap_free) struct idmap *m = NULL;
	int r;

	m = mem_zalloc(sizeof(*m));
	m->go_fd = -1;
	m->report_fd = -1;
	m->helper.pid_fd = -1;
	r = find_ids(m, err);
	if (r == 0)
		r = start_helper(m, err);
	if (r < 0) {
		(void)error_wrap(err, "no range of ids");
		return error_kind(err, ERROR_HOST);
	}
	*ret = take_ptr(&m);
	return 0;
}

int
idmap_write(struct idmap *m, struct error *err)
{
	int r;

	r = fs_write(m->go_fd, "g", 1, err);
	if (r == 0)
		r = report_receive(m->report_fd, err);
	return r < 0 ? error_kind(err, ERROR_HOST) : 0;
}

uint32_t
idmap_size(const struct idmap *m)
{
	uint64_t uids = subid_map_size(&m->uids);
	uint64_t gids = subid_map_size(&m->gids);

	return (uint32_t)(uids < gids ? uids : gids);
}

struct idmap *
idmap_free(struct idmap *m)
{
	if (!m)
		return NULL;
	scope_close(&m->go_fd);
	scope_close(&m->report_fd);
	proc_release(&m->helper);
	free(m);
	return NULL;
}

int
idmap_write_single(uid_t uid, gid_t gid, struct error *err)
{
	struct subid_map m;
	int r;

	/* Linux 3.19: a group map of ours is taken only with setgroups(2)
	 * gone, or group bits could be used to get at files. */
	r = write_file("/proc/self/setgroups", "deny");
	subid_map_single((uint32_t)gid, &m);
	if (r == 0)
		r = write_map(getpid(), "gid_map", &m);
	subid_map_single((uint32_t)uid, &m);
	if (r == 0)
		r = write_map(getpid(), "uid_map", &m);
	if (r < 0)
		return explain_refusal(uid == 0 ? EXPLAIN_MAP_ROOT :
			EXPLAIN_MAP, -r, err);
	return 0;
}
