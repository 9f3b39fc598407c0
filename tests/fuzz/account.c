/* SPDX-License-Identifier: Apache-2.0 */
/* Any passwd, any group and any USER get an answer; one that is found has ids
 * the kernel knows. */
#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/account.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One directory for the whole search, in memory where there is one. */
static int
root(void)
{
	static int fd = -1;
	char path[] = "/dev/shm/slipway-fuzz-XXXXXX";

	if (fd >= 0)
		return fd;
	assert(mkdtemp(path));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert(fd >= 0 && mkdirat(fd, "etc", 0755) == 0);
	return fd;
}

static void
write_file(const char *name, const uint8_t *data, size_t size)
{
	autoclose int fd = openat(root(), name,
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert(fd >= 0 && fs_write(fd, data, size, NULL) == 0);
}

/* USER, a NUL, and the rest is both files. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_value(account_release) struct account a = { 0 };
	autofree char *user = mem_strndup((const char *)data, size);
	size_t len = strlen(user);
	uint32_t uid, gid;

	if (len < size)
		len++;
	write_file("etc/passwd", data + len, size - len);
	write_file("etc/group", data + len, size - len);
	if (account_find(root(), user, &a, NULL) == 0) {
		assert(a.uid != UINT32_MAX && a.gid != UINT32_MAX && a.home);
		assert(!a.group_count || a.groups);
	}
	if (account_find_owner(root(), user, &uid, &gid, NULL) == 0)
		assert(uid != UINT32_MAX && gid != UINT32_MAX);
	return 0;
}
