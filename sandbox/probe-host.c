/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/probe-host.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/probe-inside.h"
#include "sandbox/probe-outside.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/proc.h"
#include "util/scope.h"

#define CHECKS_MAX 64
#define INSIDE_TIMEOUT_MS 30000

/* In the child: first the identity, then the checks, as they lie in memory. */
static _Noreturn void
look_inside(enum identity want, const char *scratch, int fd)
{
	struct probe found = { 0 };
	int r;

	/* What it says is one of the checks. */
	log_set_level(LOG_QUIET);
	probe_inside(want, scratch, &found);
	r = fs_write(fd, &found.identity, sizeof(found.identity), NULL);
	if (r == 0)
		r = fs_write(fd, found.checks,
			found.count * sizeof(*found.checks), NULL);
	_exit(r < 0);
}

static int
take_findings(const struct buf *from, struct probe *ret, struct error *err)
{
	size_t size = from->len - sizeof(ret->identity);
	size_t count = size / sizeof(*ret->checks);

	if (from->len < sizeof(ret->identity) || size % sizeof(*ret->checks))
		return error_set(err, EPROTO, "the probe ended early");
	memcpy(&ret->identity, from->data, sizeof(ret->identity));
	ret->checks = mem_resize(ret->checks, ret->count + count,
		sizeof(*ret->checks));
	if (count)
		memcpy(ret->checks + ret->count,
			from->data + sizeof(ret->identity), size);
	ret->count += count;
	return 0;
}

static int
probe_in_child(enum identity want, const char *scratch, struct probe *ret,
	struct error *err)
{
	cleanup_value(buf_release) struct buf findings = { 0 };
	autoproc child = { .pid_fd = -1 };
	autoclose int from = -1;
	autoclose int to = -1;
	struct proc_end end;
	int fds[2], r;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	from = fds[0];
	to = fds[1];
	r = proc_fork(&child, err);
	if (r == 0)
		look_inside(want, scratch, to);
	(void)close(take_fd(&to));
	buf_init(&findings, CHECKS_MAX * sizeof(*ret->checks));
	if (r >= 0)
		r = fs_read_fd(from, findings.max, &findings, err);
	if (r >= 0)
		r = proc_wait(&child, INSIDE_TIMEOUT_MS, &end, err);
	return r < 0 ? r : take_findings(&findings, ret, err);
}

int
probe_host(enum identity want, const char *scratch, struct probe *ret,
	struct error *err)
{
	probe_outside(ret);
	return probe_in_child(want, scratch, ret, err);
}
