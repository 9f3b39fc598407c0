/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/mask.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "sandbox/mounts.h"
#include "util/mem.h"
#include "util/scope.h"

static const char *const proc_hidden[] = {
	"acpi", "asound", "interrupts", "kcore", "keys", "latency_stats",
	"sched_debug", "scsi", "timer_list", "timer_stats",
};
static const char *const proc_read_only[] = {
	"bus", "fs", "irq", "sys", "sysrq-trigger",
};
static const char *const sys_hidden[] = {
	"firmware", "devices/virtual/powercap",
};

/* `empty_fd` is the tmpfs that covers the first directory; the others get
 * copies of it. */
struct mask {
	int empty_fd;
};

/* An empty directory nobody can write to. */
static int
make_empty(struct mask *m, int *ret_fd, struct error *err)
{
	static const struct mounts_option options[] = {
		{ "mode", "0755" }, { "size", "4k" }, { 0 },
	};

	if (m->empty_fd >= 0)
		return mounts_clone(m->empty_fd, "", false, ret_fd, err);
	return mounts_create("tmpfs", options, MOUNTS_READ_ONLY |
		MOUNTS_NO_SUID | MOUNTS_NO_DEV | MOUNTS_NO_EXEC, ret_fd, err);
}

static int
hide(struct mask *m, int dir_fd, const char *path, struct error *err)
{
	autoclose int target = -1;
	autoclose int cover = -1;
	struct stat st;
	int r;

	target = openat(dir_fd, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (target < 0 && errno == ENOENT)
		return 0;
	if (target < 0 || fstat(target, &st) < 0)
		return error_errno(err, "cannot open '%s'", path);
	r = S_ISDIR(st.st_mode) ? make_empty(m, &cover, err) :
		mounts_clone(AT_FDCWD, "/dev/null", false, &cover, err);
	if (r == 0)
		r = mounts_attach(cover, target, err);
	if (r == 0 && S_ISDIR(st.st_mode) && m->empty_fd < 0)
		m->empty_fd = take_fd(&cover);
	return r < 0 ? error_wrap(err, "cannot hide '%s'", path) : 0;
}

/* Covered with itself, read-only. */
static int
protect(int dir_fd, const char *path, struct error *err)
{
	autoclose int cover = -1;
	autoerror problem = { 0 };
	int r;

	r = mounts_clone(dir_fd, path, true, &cover, &problem);
	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = mounts_add_flags(cover, MOUNTS_READ_ONLY | MOUNTS_NO_SUID |
			MOUNTS_NO_DEV | MOUNTS_NO_EXEC, true, &problem);
	if (r == 0)
		r = mounts_attach_at(cover, dir_fd, path, &problem);
	if (r == 0)
		return 0;
	(void)error_move(err, &problem);
	return error_wrap(err, "cannot protect '%s'", path);
}

static int
hide_all(struct mask *m, int dir_fd, const char *const *paths, size_t count,
	struct error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < count; i++)
		r = hide(m, dir_fd, paths[i], err);
	return r;
}

int
mask_all(int proc_fd, int sys_fd, struct error *err)
{
	struct mask m = { .empty_fd = -1 };
	size_t i;
	int r;

	r = hide_all(&m, proc_fd, proc_hidden, ARRAY_SIZE(proc_hidden), err);
	if (r == 0)
		r = hide_all(&m, sys_fd, sys_hidden, ARRAY_SIZE(sys_hidden),
			err);
	scope_close(&m.empty_fd);
	for (i = 0; r == 0 && i < ARRAY_SIZE(proc_read_only); i++)
		r = protect(proc_fd, proc_read_only[i], err);
	return r;
}
