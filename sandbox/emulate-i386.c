/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of 32-bit x86 programs: other numbers, smaller structures, and ids of
 * 16 bits in the oldest of them. */
#include "sandbox/emulate-state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#include "util/mem.h"

/* struct stat64 of the kernel's arch/x86/include/uapi/asm/stat.h. */
struct stat64_i386 {
	uint64_t dev;
	uint32_t pad;
	uint32_t short_ino;
	uint32_t mode, nlink, uid, gid;
	uint64_t rdev;
	uint32_t more_pad;
	int64_t size;
	uint32_t block_size;
	uint64_t blocks;
	uint32_t atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
	uint64_t ino;
} __attribute__((packed));

static int
write_stat64(const struct emulate_call *c, uint64_t to, const struct stat *st)
{
	const struct stat64_i386 s = {
		.dev = st->st_dev,
		.short_ino = (uint32_t)st->st_ino,
		.mode = st->st_mode,
		.nlink = (uint32_t)st->st_nlink,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.rdev = st->st_rdev,
		.size = st->st_size,
		.block_size = (uint32_t)st->st_blksize,
		.blocks = (uint64_t)st->st_blocks,
		.atime = (uint32_t)st->st_atim.tv_sec,
		.atime_ns = (uint32_t)st->st_atim.tv_nsec,
		.mtime = (uint32_t)st->st_mtim.tv_sec,
		.mtime_ns = (uint32_t)st->st_mtim.tv_nsec,
		.ctime = (uint32_t)st->st_ctim.tv_sec,
		.ctime_ns = (uint32_t)st->st_ctim.tv_nsec,
		.ino = st->st_ino,
	};

	return emulate_write(c, to, &s, sizeof(s));
}

static long
tell_stat64(struct emulate_call *c)
{
	return emulate_answer_stat(c, AT_FDCWD, c->args[0], 0, c->args[1],
		write_stat64);
}

static long
tell_lstat64(struct emulate_call *c)
{
	return emulate_answer_stat(c, AT_FDCWD, c->args[0],
		AT_SYMLINK_NOFOLLOW, c->args[1], write_stat64);
}

static long
tell_fstat64(struct emulate_call *c)
{
	return emulate_answer_stat(c, (int)c->args[0], 0, AT_EMPTY_PATH,
		c->args[1], write_stat64);
}

static long
tell_fstatat64(struct emulate_call *c)
{
	return emulate_answer_stat(c, (int)c->args[0], c->args[1],
		(int)c->args[3], c->args[2], write_stat64);
}

/* Of RLIMIT_LOCKS only. */
static long
tell_rlimit(struct emulate_call *c)
{
	const uint32_t none[2] = { UINT32_MAX, UINT32_MAX };

	return emulate_write(c, c->args[1], none, sizeof(none));
}

/* All socket calls in one, their arguments in memory. */
static long
socketcall(struct emulate_call *c)
{
	enum { BIND = 2, GETSOCKOPT = 15 };
	uint64_t args[6] = { 0 };
	struct emulate_call inner = *c;
	uint32_t words[5];

	if (emulate_read(c, c->args[1], words,
		    (c->args[0] == BIND ? 3 : 5) * sizeof(words[0])) < 0)
		return EMULATE_CONTINUE;
	for (size_t i = 0; i < (c->args[0] == BIND ? 3 : 5); i++)
		args[i] = words[i];
	inner.args = args;
	if (c->args[0] == BIND)
		return emulate_bind(&inner);
	return c->args[0] == GETSOCKOPT ? emulate_getsockopt(&inner) :
					  EMULATE_CONTINUE;
}

/* Lists of them: nobody has asked since 1999. */
static long
is_too_old(struct emulate_call *c)
{
	(void)c;
	return -ENOSYS;
}

/* By the numbers of arch/x86/entry/syscalls/syscall_32.tbl. `short_ids` has a
 * bit for each argument that is an id of 16 bits, -1 among them. */
static const struct {
	emulate_handler *handle;
	unsigned char short_ids;
} table[] = {
	[5] = { emulate_open },
	[8] = { emulate_creat },
	[9] = { emulate_link },
	[11] = { emulate_execve },
	[14] = { emulate_mknod },
	[16] = { emulate_lchown, 6 },
	[23] = { emulate_setuid, 1 },
	[24] = { emulate_getuid },
	[38] = { emulate_rename },
	[39] = { emulate_mkdir },
	[46] = { emulate_setgid, 1 },
	[47] = { emulate_getgid },
	[49] = { emulate_geteuid },
	[50] = { emulate_getegid },
	[61] = { emulate_chroot },
	[70] = { emulate_setreuid, 3 },
	[71] = { emulate_setregid, 3 },
	[75] = { emulate_setrlimit },
	[76] = { tell_rlimit },
	[80] = { is_too_old },
	[81] = { is_too_old },
	[83] = { emulate_symlink },
	[95] = { emulate_fchown, 6 },
	[102] = { socketcall },
	[138] = { emulate_setfsuid, 1 },
	[139] = { emulate_setfsgid, 1 },
	[164] = { emulate_setresuid, 7 },
	[165] = { is_too_old },
	[170] = { emulate_setresgid, 7 },
	[171] = { is_too_old },
	[172] = { emulate_prctl },
	[182] = { emulate_chown, 6 },
	[185] = { emulate_capset },
	[191] = { tell_rlimit },
	[195] = { tell_stat64 },
	[196] = { tell_lstat64 },
	[197] = { tell_fstat64 },
	[198] = { emulate_lchown },
	[199] = { emulate_getuid },
	[200] = { emulate_getgid },
	[201] = { emulate_geteuid },
	[202] = { emulate_getegid },
	[203] = { emulate_setreuid },
	[204] = { emulate_setregid },
	[205] = { emulate_getgroups },
	[206] = { emulate_setgroups },
	[207] = { emulate_fchown },
	[208] = { emulate_setresuid },
	[209] = { emulate_getresuid },
	[210] = { emulate_setresgid },
	[211] = { emulate_getresgid },
	[212] = { emulate_chown },
	[213] = { emulate_setuid },
	[214] = { emulate_setgid },
	[215] = { emulate_setfsuid },
	[216] = { emulate_setfsgid },
	[226] = { emulate_setxattr },
	[227] = { emulate_lsetxattr },
	[228] = { emulate_fsetxattr },
	[229] = { emulate_getxattr },
	[230] = { emulate_lgetxattr },
	[231] = { emulate_fgetxattr },
	[232] = { emulate_listxattr },
	[233] = { emulate_llistxattr },
	[234] = { emulate_flistxattr },
	[235] = { emulate_removexattr },
	[236] = { emulate_lremovexattr },
	[237] = { emulate_fremovexattr },
	[295] = { emulate_openat },
	[296] = { emulate_mkdirat },
	[297] = { emulate_mknodat },
	[298] = { emulate_fchownat },
	[300] = { tell_fstatat64 },
	[302] = { emulate_renameat },
	[303] = { emulate_linkat },
	[304] = { emulate_symlinkat },
	[340] = { emulate_prlimit64 },
	[353] = { emulate_renameat2 },
	[358] = { emulate_execveat },
	[361] = { emulate_bind },
	[365] = { emulate_getsockopt },
	[383] = { emulate_statx },
	[437] = { emulate_openat2 },
};

long
emulate_i386(struct emulate_call *c, size_t number)
{
	uint64_t args[6];

	if (number >= ARRAY_SIZE(table) || !table[number].handle)
		return EMULATE_CONTINUE;
	memcpy(args, c->args, sizeof(args));
	for (size_t i = 0; i < ARRAY_SIZE(args); i++) {
		if (!(table[number].short_ids & 1 << i))
			continue;
		args[i] &= UINT16_MAX;
		if (args[i] == UINT16_MAX)
			args[i] = UINT32_MAX;
	}
	c->args = args;
	return table[number].handle(c);
}
