/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/binfmt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/mounts.h"
#include "sandbox/userns.h"
#include "util/buf.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

/* MAX_REGISTER_LENGTH of the kernel. */
#define LINE_SIZE 1920

static void
add_bytes(struct buf *b, const uint8_t *bytes)
{
	size_t i;

	buf_addf(b, "|");
	for (i = 0; i < MACHINE_HEAD; i++)
		buf_addf(b, "\\x%02x", bytes[i]);
}

/*
 * "|name|M|offset|magic|mask|interpreter|flags"; F: open it now, P: tell it
 * argv[0] (busybox is called by it), C: who runs it has the rights of the file
 * that is emulated.
 */
static int
format_line(const struct machine *m, const char *qemu, struct buf *ret,
	struct error *err)
{
	uint8_t magic[MACHINE_HEAD], mask[MACHINE_HEAD];

	if (strchr(qemu, '|'))
		return error_set(err, EINVAL, "'%s' cannot be registered",
			qemu);
	machine_magic(m, magic, mask);
	buf_addf(ret, "|slipway-%s|M|", m->name);
	add_bytes(ret, magic);
	add_bytes(ret, mask);
	buf_addf(ret, "|%s|FPC", qemu);
	return buf_check(ret, "the line for binfmt_misc", err);
}

static int
write_line(int mount_fd, const struct buf *line, struct error *err)
{
	autoclose int fd = openat(mount_fd, "register", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "cannot register an emulator");
	/* Another sandbox of this build may have been as fast. */
	if (write(fd, line->data, line->len) < 0 && errno != EEXIST)
		return error_errno(err, "cannot register an emulator");
	return 0;
}

static int
open_own(int *ret_fd, struct error *err)
{
	struct userns ns;
	int r;

	/* Entered long ago: only a question. */
	r = userns_enter(IDENTITY_AUTO, &ns, err);
	if (r < 0)
		return r;
	if (ns.identity == IDENTITY_ROOT)
		return error_set(err, ENOTSUP, "the binfmt_misc of this "
			"namespace is not ours alone");
	return mounts_create("binfmt_misc", NULL, MOUNTS_PLAIN, ret_fd, err);
}

int
binfmt_register(const struct machine *m, const char *qemu, int *ret_fd,
	struct error *err)
{
	cleanup_value(buf_release) struct buf line = { 0 };
	autoclose int fd = -1;
	int r;

	buf_init(&line, LINE_SIZE);
	r = format_line(m, qemu, &line, err);
	if (r == 0)
		r = open_own(&fd, err);
	if (r == 0)
		r = write_line(fd, &line, err);
	if (r < 0)
		return r;
	*ret_fd = take_fd(&fd);
	return 0;
}
