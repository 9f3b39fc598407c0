/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "oci/net.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/proc.h"
#include "util/scope.h"

#define REPLY_MAX KiB(64)

/* struct landlock_ruleset_attr of Linux 6.12; the libc's header may be older
 * than the kernel. */
struct rules {
	uint64_t files, network, scopes;
};

/* How many rights over files each version of Landlock has. */
static const unsigned char file_rights[] = {
	[2] = 14, [3] = 15, [4] = 15, [5] = 16,
};

/* What the version takes, and how long that is. */
static struct rules
rules_of(long version, size_t *ret_size)
{
	const size_t last = sizeof(file_rights) - 1;
	unsigned rights = file_rights[version < (long)last ?
		(size_t)version : last];

	*ret_size = version < 4 ? 8 : version < 6 ? 16 : 24;
	return (struct rules){
		.files = (UINT64_C(1) << rights) - 1, .network = 3, .scopes = 3,
	};
}

void
apart_confine(int dir_fd)
{
	struct landlock_path_beneath_attr below = { .parent_fd = dir_fd };
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
		LANDLOCK_CREATE_RULESET_VERSION);
	autoclose int fd = -1;
	struct rules rules;
	size_t size;

	/* The first one forbids links from one directory to another. */
	if (version < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return;
	rules = rules_of(version, &size);
	below.allowed_access = rules.files;
	fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
	if (fd < 0 || syscall(SYS_landlock_add_rule, fd,
		LANDLOCK_RULE_PATH_BENEATH, &below, 0) < 0)
		return;
	(void)syscall(SYS_landlock_restrict_self, fd, 0);
}

static _Noreturn void
child_main(int dir_fd, apart_work *work, void *context, int reply_fd)
{
	cleanup(json_free) struct json *reply = json_new_object();
	cleanup_value(buf_release) struct buf text = { 0 };
	autoerror err = { 0 };

	apart_confine(dir_fd);
	if (work(context, &err) == 0)
		_exit(0);
	net_set_error(reply, &err);
	buf_init(&text, REPLY_MAX);
	json_format(reply, &text);
	/* Nobody is left to be told when this fails. */
	(void)fs_write(reply_fd, text.data, text.len, NULL);
	_exit(1);
}

/* Whose fault it is, as far as somebody who unpacks can know. */
static int
take_error(const struct json *reply, struct error *err)
{
	int64_t kind = json_get_number(json_get(reply, "error"), "kind", 0);
	int r = net_get_error(reply, err);

	return kind == ERROR_STORE || kind == ERROR_HOST ?
		error_kind(err, (enum error_kind)kind) : r;
}

static int
read_reply(int fd, struct proc *child, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup(json_free) struct json *reply = NULL;
	struct proc_end end;
	int r;

	buf_init(&text, REPLY_MAX);
	r = fs_read_fd(fd, REPLY_MAX, &text, err);
	if (r == 0)
		r = proc_wait(child, -1, &end, err);
	if (r < 0 || proc_end_status(&end) == 0)
		return r;
	if (text.len == 0)
		return error_set(err, EPROTO,
			"the process that read it died (status %d)",
			proc_end_status(&end));
	r = json_parse(text.data, text.len, REPLY_MAX, "reply of a child",
		&reply, err);
	return r < 0 ? r : take_error(reply, err);
}

int
apart_run(int dir_fd, apart_work *work, void *context, struct error *err)
{
	autoproc child = { .pid_fd = -1 };
	autoclose int from = -1;
	autoclose int to = -1;
	int fds[2], r;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	from = fds[0];
	to = fds[1];
	r = proc_fork(&child, err);
	if (r == 0)
		child_main(dir_fd, work, context, to);
	(void)close(take_fd(&to));
	return r < 0 ? r : read_reply(from, &child, err);
}
