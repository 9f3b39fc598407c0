/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "runner/crew.h"
#include "util/fs.h"
#include "util/mem.h"

static int
lock(int dir_fd, const char *name, int *ret_fd, struct error *err)
{
	autoclose int fd = openat(dir_fd, name,
		O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r;

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", name);
	/* Those who look whether it is locked hold it for a moment. */
	r = fs_lock(fd, FS_LOCK_EXCLUSIVE, err);
	if (r == 0)
		*ret_fd = take_fd(&fd);
	return r;
}

int
crew_sign_on(const char *path, int *ret_dir_fd, int *ret_lock_fd,
	struct error *err)
{
	autoclose int dir =
		open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int life, r;

	if (dir < 0)
		return error_errno(err, "cannot open '%s'", path);
	/* The one that is never given back stays open, unnamed. */
	r = lock(dir, "life", &life, err);
	if (r == 0)
		r = lock(dir, "lock", ret_lock_fd, err);
	if (r < 0)
		return error_wrap(err, "'%s'", path);
	*ret_dir_fd = take_fd(&dir);
	return 0;
}

static int
publish(int dir_fd, const char *name, char *text, struct error *err)
{
	autofree char *owned = text;

	return fs_publish(
		dir_fd, dir_fd, name, owned, strlen(owned), 0600, err);
}

int
crew_report_start(int dir_fd, pid_t init, int root_fd, struct error *err)
{
	return publish(dir_fd, "pid",
		mem_printf("%d %d %d\n", (int)getpid(), (int)init, root_fd),
		err);
}

int
crew_report_end(int dir_fd, int lock_fd, int status, struct error *err)
{
	int r = publish(dir_fd, "status", mem_printf("%d\n", status), err);

	/* Helpers of ours that still run have it, too. */
	(void)flock(lock_fd, LOCK_UN);
	(void)close(lock_fd);
	return r;
}

int
crew_set_address(const char *path, const char *address, struct error *err)
{
	autoclose int dir =
		open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return error_errno(err, "cannot open '%s'", path);
	return publish(dir, "address", mem_strdup(address), err);
}
