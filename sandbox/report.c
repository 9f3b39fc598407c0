/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/fs.h"
#include "util/scope.h"

/* What one write(2) to a pipe keeps together. */
struct report {
	int code;
	int kind;
	int status;
	char text[PIPE_BUF - 3 * sizeof(int) - 512];
	char hint[512];
};

void
report_send(int fd, const struct error *e)
{
	struct report r = {
		.code = e->code, .kind = (int)e->kind, .status = e->status,
	};

	(void)snprintf(r.text, sizeof(r.text), "%s", e->text ? e->text : "");
	(void)snprintf(r.hint, sizeof(r.hint), "%s", e->hint ? e->hint : "");
	/* Nobody reads it when the starter died; then nobody cares. */
	(void)fs_write(fd, &r, sizeof(r), NULL);
}

int
report_receive(int fd, struct error *err)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	struct report r;
	int status;

	buf_init(&b, sizeof(r));
	status = fs_read_fd(fd, sizeof(r), &b, err);
	if (status < 0)
		return status;
	if (b.len == 0)
		return 0;
	if (b.len != sizeof(r))
		return error_set(err, EPROTO, "half a report from a child");
	memcpy(&r, b.data, sizeof(r));
	(void)error_set(err, r.code, "%s", r.text);
	if (r.hint[0])
		(void)error_hint(err, "%s", r.hint);
	if (err)
		err->status = r.status;
	return r.kind == ERROR_UNKNOWN ? -r.code :
		error_kind(err, (enum error_kind)r.kind);
}
