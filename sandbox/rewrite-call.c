/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/rewrite-call.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/ptrace.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "sandbox/rewrite-regs.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

#define ARGS_MAX 100000
/* What a leaf function may use below its stack pointer, and some more. */
#define RED_ZONE 512

static int
read_memory(pid_t pid, uint64_t at, void *ret, size_t size)
{
	struct iovec here = { ret, size };
	struct iovec there = { (void *)(uintptr_t)at, size };
	ssize_t n = process_vm_readv(pid, &here, 1, &there, 1, 0);

	return n == (ssize_t)size ? 0 : -EFAULT;
}

static int
write_memory(pid_t pid, uint64_t at, const void *data, size_t size)
{
	struct iovec here = { (void *)(uintptr_t)data, size };
	struct iovec there = { (void *)(uintptr_t)at, size };
	ssize_t n = process_vm_writev(pid, &here, 1, &there, 1, 0);

	return n == (ssize_t)size ? 0 : -EFAULT;
}

/* Up to the end of a page each time: the next may not be there. */
static char *
read_text(pid_t pid, uint64_t at)
{
	char text[PATH_MAX];
	size_t len = 0, part;

	while (len < sizeof(text)) {
		part = 4096 - (size_t)((at + len) % 4096);
		if (part > sizeof(text) - len)
			part = sizeof(text) - len;
		if (read_memory(pid, at + len, text + len, part) < 0)
			return NULL;
		if (memchr(text + len, '\0', part))
			return mem_strdup(text);
		len += part;
	}
	return NULL;
}

/* "/proc/7/cwd" or "/proc/7/fd/3", and what they are links to. */
static char *
read_link_of(pid_t pid, int fd)
{
	autofree char *link = fd == AT_FDCWD ? mem_printf("/proc/%d/cwd", pid) :
		mem_printf("/proc/%d/fd/%d", pid, fd);
	char *to;

	return fs_read_link(AT_FDCWD, link, &to, NULL) == 0 ? to : NULL;
}

/* The path as seen from the root: of chroot(2) nothing is known. */
static char *
find_path(pid_t pid, int dir_fd, uint64_t at)
{
	autofree char *path = read_text(pid, at);
	autofree char *dir = NULL;

	if (!path || *path == '/')
		return take_ptr(&path);
	dir = read_link_of(pid, dir_fd);
	if (!dir || !*path)
		return take_ptr(&dir);
	return mem_printf("%s/%s", dir, path);
}

static int
find_call(const struct ptrace_syscall_info *info, struct rewrite_call *ret)
{
	const uint64_t *args = (const uint64_t *)info->seccomp.args;
	int dir_fd = AT_FDCWD;

	if (info->seccomp.nr == SYS_execveat)
		dir_fd = (int)*args++;
	else if (info->seccomp.nr != SYS_execve)
		return -ENOTSUP;
	ret->stack = info->stack_pointer;
	ret->argv = args[1];
	ret->envp = args[2];
	ret->path = find_path(ret->pid, dir_fd, args[0]);
	if (!ret->path)
		return -EFAULT;
	ret->shown = dir_fd == AT_FDCWD ? read_text(ret->pid, args[0]) :
		mem_strdup(ret->path);
	return ret->shown ? 0 : -EFAULT;
}

int
rewrite_call_read(pid_t pid, struct rewrite_call *ret)
{
	struct ptrace_syscall_info info = { 0 };

	*ret = (struct rewrite_call){ .pid = pid };
	if (syscall(SYS_ptrace, PTRACE_GET_SYSCALL_INFO, pid, sizeof(info),
		    &info) < 0)
		return -errno;
	if (info.op != PTRACE_SYSCALL_INFO_SECCOMP ||
		info.arch != rewrite_arch)
		return -ENOTSUP;
	return find_call(&info, ret);
}

void
rewrite_call_release(struct rewrite_call *c)
{
	free(c->path);
	free(c->shown);
	*c = (struct rewrite_call){ 0 };
}

static uint64_t
pointer_at(const struct rewrite_call *c, size_t index)
{
	uint64_t at = 0;

	if (!c->argv || read_memory(c->pid, c->argv + index * sizeof(at), &at,
				sizeof(at)) < 0)
		return 0;
	return at;
}

char *
rewrite_call_name(const struct rewrite_call *c)
{
	uint64_t at = pointer_at(c, 0);
	char *name = at ? read_text(c->pid, at) : NULL;

	return name ? name : mem_strdup("");
}

/* The strings of `words`, each with its NUL, and where each will lie. */
static void
add_words(const struct strv *words, uint64_t at, struct buf *strings,
	struct buf *pointers)
{
	size_t i;

	for (i = 0; i < words->count; i++) {
		uint64_t here = at + strings->len;

		buf_add(pointers, &here, sizeof(here));
		buf_add(strings, words->items[i], strlen(words->items[i]) + 1);
	}
}

/* Its own, and the last, which is none. */
static int
add_own(const struct rewrite_call *c, struct buf *pointers)
{
	uint64_t at;
	size_t i;

	for (i = 1; i < ARGS_MAX; i++) {
		at = pointer_at(c, 0) ? pointer_at(c, i) : 0;
		buf_add(pointers, &at, sizeof(at));
		if (!at)
			return 0;
	}
	return -E2BIG;
}

/* Strings first, and below them the pointers, aligned. */
int
rewrite_call_change(const struct rewrite_call *c, const struct strv *words)
{
	cleanup_value(buf_release) struct buf strings = { 0 };
	cleanup_value(buf_release) struct buf pointers = { 0 };
	uint64_t at = c->stack - RED_ZONE, list;
	size_t i, size = 0;
	int r;

	buf_init(&strings, MiB(1));
	buf_init(&pointers, MiB(1));
	for (i = 0; i < words->count; i++)
		size += strlen(words->items[i]) + 1;
	at -= size;
	add_words(words, at, &strings, &pointers);
	r = add_own(c, &pointers);
	if (r == 0)
		r = buf_check(&pointers, "argv", NULL);
	list = (at - pointers.len) & ~UINT64_C(15);
	if (r == 0)
		r = write_memory(c->pid, at, strings.data, strings.len);
	if (r == 0)
		r = write_memory(c->pid, list, pointers.data, pointers.len);
	return r < 0 ? r : rewrite_set_execve(c->pid, at, list, c->envp);
}
