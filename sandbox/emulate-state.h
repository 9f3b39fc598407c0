/* SPDX-License-Identifier: Apache-2.0 */
/* emulate-state: what the parts of a supervisor share; private to
 * sandbox/emulate*.c. */
#ifndef SANDBOX_EMULATE_STATE_H
#define SANDBOX_EMULATE_STATE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "util/owner.h"

#define EMULATE_GROUPS_MAX 64

/* What a program believes to be. Compared as bytes: no padding. */
struct emulate_creds {
	uint32_t uid, euid, suid, fsuid;
	uint32_t gid, egid, sgid, fsgid;
	uint32_t keeps_caps;	/* asked for by prctl(2) */
	uint32_t has_caps;	/* kept over a change of the user */
	uint32_t group_count;
	uint32_t groups[EMULATE_GROUPS_MAX];
};

/* A link or special file with an owner, pinned so that its inode number stays
 * its own. */
struct emulate_link {
	dev_t dev;
	ino_t ino;
	int fd;			/* O_PATH */
	struct owner owner;
};

struct emulate {
	int listener_fd;
	int proc_fd;		/* the outer /proc, and where we stand */
	bool has_chroot;	/* somebody called chroot(2) */
	struct emulate_creds *creds;
	size_t cred_count;
	struct emulate_link *links;
	size_t link_count, link_room;
};

/* One system call of a program, stopped before it is made. */
struct emulate_call {
	struct emulate *e;
	uint64_t id;
	pid_t pid;		/* the thread's, as seen from outside */
	const uint64_t *args;
};

/* Answers that are no value: the call is to be made as it is; the answer was
 * sent already. Negative errno values are errors, others what it returns. */
#define EMULATE_CONTINUE LONG_MIN
#define EMULATE_SENT (LONG_MIN + 1)

typedef long emulate_handler(struct emulate_call *c);

/* The memory of the program; -EFAULT. A string ends within `size`, or
 * -ENAMETOOLONG. */
int emulate_read(const struct emulate_call *c, uint64_t at, void *ret,
	size_t size);
int emulate_write(const struct emulate_call *c, uint64_t at, const void *data,
	size_t size);
int emulate_read_text(const struct emulate_call *c, uint64_t at, char *ret,
	size_t size);
/* Its umask, 022 if it cannot be had. */
mode_t emulate_umask(const struct emulate_call *c);
/* An O_PATH descriptor of its descriptor `fd` or, AT_FDCWD, its directory. */
int emulate_open_fd(const struct emulate_call *c, int fd);
/* Of the file at `path`, found as the program would; `flags` are those of
 * fstatat(2). */
int emulate_find(const struct emulate_call *c, int dir_fd, const char *path,
	int flags);
/* Of the directory that holds `path`, and the last name of it (into it). */
int emulate_open_parent(const struct emulate_call *c, int dir_fd,
	const char *path, char *ret_name, size_t size);
/* Is the file no concern of an image: in /proc, /dev or /sys? */
bool emulate_is_virtual(const char *path);

/* Who it is. Never fails: unknown is the first of the table. */
const struct emulate_creds *emulate_creds(const struct emulate *e, pid_t pid);
/* -EAGAIN when there are too many different ones. */
int emulate_set_creds(struct emulate *e, pid_t pid,
	const struct emulate_creds *creds);
bool emulate_in_group(const struct emulate_creds *creds, uint32_t gid);

/* The record of the open (O_PATH) file: 1, or 0 and `ret` as in `st`. */
int emulate_get_record(const struct emulate *e, int fd, const struct stat *st,
	struct owner *ret);
int emulate_set_record(struct emulate *e, int fd, const struct stat *st,
	const struct owner *o);
/* Write down what is known of links, on their directories. */
void emulate_export(struct emulate *e);
/* "self/fd/N", below the outer /proc. */
void emulate_fd_path(int fd, char ret[32]);

/* The calls, by what they are about. */
long emulate_chown(struct emulate_call *c);
long emulate_lchown(struct emulate_call *c);
long emulate_fchown(struct emulate_call *c);
long emulate_fchownat(struct emulate_call *c);
long emulate_stat(struct emulate_call *c);
long emulate_lstat(struct emulate_call *c);
long emulate_fstat(struct emulate_call *c);
long emulate_newfstatat(struct emulate_call *c);
long emulate_statx(struct emulate_call *c);
long emulate_rename(struct emulate_call *c);
long emulate_renameat(struct emulate_call *c);
long emulate_mkdir(struct emulate_call *c);
long emulate_mkdirat(struct emulate_call *c);
long emulate_mknod(struct emulate_call *c);
long emulate_mknodat(struct emulate_call *c);
long emulate_symlink(struct emulate_call *c);
long emulate_symlinkat(struct emulate_call *c);
long emulate_open(struct emulate_call *c);
long emulate_openat(struct emulate_call *c);
long emulate_openat2(struct emulate_call *c);
long emulate_creat(struct emulate_call *c);
long emulate_setuid(struct emulate_call *c);
long emulate_setgid(struct emulate_call *c);
long emulate_setreuid(struct emulate_call *c);
long emulate_setregid(struct emulate_call *c);
long emulate_setresuid(struct emulate_call *c);
long emulate_setresgid(struct emulate_call *c);
long emulate_setfsuid(struct emulate_call *c);
long emulate_setfsgid(struct emulate_call *c);
long emulate_setgroups(struct emulate_call *c);
long emulate_getuid(struct emulate_call *c);
long emulate_geteuid(struct emulate_call *c);
long emulate_getgid(struct emulate_call *c);
long emulate_getegid(struct emulate_call *c);
long emulate_getresuid(struct emulate_call *c);
long emulate_getresgid(struct emulate_call *c);
long emulate_getgroups(struct emulate_call *c);
long emulate_capset(struct emulate_call *c);
long emulate_prctl(struct emulate_call *c);
long emulate_getsockopt(struct emulate_call *c);
long emulate_getrlimit(struct emulate_call *c);
long emulate_setrlimit(struct emulate_call *c);
long emulate_prlimit64(struct emulate_call *c);
long emulate_execve(struct emulate_call *c);
long emulate_execveat(struct emulate_call *c);
long emulate_chroot(struct emulate_call *c);
long emulate_setxattr(struct emulate_call *c);
long emulate_lsetxattr(struct emulate_call *c);
long emulate_fsetxattr(struct emulate_call *c);
long emulate_getxattr(struct emulate_call *c);
long emulate_lgetxattr(struct emulate_call *c);
long emulate_fgetxattr(struct emulate_call *c);
long emulate_listxattr(struct emulate_call *c);
long emulate_llistxattr(struct emulate_call *c);
long emulate_flistxattr(struct emulate_call *c);

#endif
