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

#define EMULATE_CREDS_MAX 4096

/* What all processes of a supervisor know. */
struct emulate_shared {
	uint32_t has_chroot;	/* somebody called chroot(2) */
	uint32_t cred_count;
	/* Never changed once they are counted; the first is root. */
	struct emulate_creds creds[EMULATE_CREDS_MAX];
};

struct emulate {
	int listener_fd;
	int proc_fd;		/* the outer /proc, and where we stand */
	int lock_fd;		/* locked while something shared changes */
	struct emulate_shared *shared;
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
/* Is "/" perhaps not what we take it for? */
bool emulate_has_chroot(const struct emulate_call *c);
/* The rest of a path that names one of the program's own descriptors, as
 * "/proc/self/fd/3" and "/dev/fd/3/x" do; NULL for other paths. */
const char *emulate_own_fd(const char *path);
/* Is the file no concern of an image: in /proc, /dev or /sys? */
bool emulate_is_virtual(const char *path);

/* Nobody else changes what is shared until emulate_unlock(). */
void emulate_lock(const struct emulate *e);
void emulate_unlock(const struct emulate *e);

/* Who it is. Never fails: unknown is the first of the table. */
const struct emulate_creds *emulate_creds(const struct emulate *e, pid_t pid);
/* -EAGAIN when there are too many different ones. */
int emulate_set_creds(const struct emulate *e, pid_t pid,
	const struct emulate_creds *creds);
bool emulate_in_group(const struct emulate_creds *creds, uint32_t gid);

/* The record of the open (O_PATH) file: 1, or 0 and `ret` as in `st`. */
int emulate_get_record(const struct emulate *e, int fd, const struct stat *st,
	struct owner *ret);
/* 0 or a negative errno; what has no name (any more) is not recorded. */
int emulate_set_record(const struct emulate *e, int fd, const struct stat *st,
	const struct owner *o);
/* That of the link, pipe or socket `name` in the directory (O_PATH). */
int emulate_set_name(const struct emulate *e, int dir_fd, const char *name,
	const struct owner *o);
/* 1, or 0 and nothing in `ret`. */
int emulate_get_name(int dir_fd, const char *name, struct owner *ret);
/* Are there records of links in the directory (O_PATH)? */
bool emulate_has_names(int dir_fd);
/* "self/fd/N", below the outer /proc. */
void emulate_fd_path(int fd, char ret[32]);

/* A name that something is made at. */
struct emulate_place {
	int dir_fd;		/* O_PATH */
	char name[NAME_MAX + 1];
	bool has_slash;		/* only a directory may be called so */
	struct owner owner;	/* of what is made: the program's, or the
				 * group of a set-group-id directory */
	char *acl;		/* the default list kept on the directory, or
				 * NULL; what is made gets it */
	size_t acl_size;
};

/* 0; a negative errno; 1 when the kernel makes it as it should be. */
int emulate_find_place(const struct emulate_call *c, int dir_fd, uint64_t at,
	struct emulate_place *ret);
/* The same for a path that was read already. */
int emulate_find_path(const struct emulate_call *c, int dir_fd,
	const char *path, struct emulate_place *ret);
void emulate_place_release(struct emulate_place *p);
/* Will a file or directory made by the kernel be what it should be? */
bool emulate_is_plain(const struct emulate_place *p);
/* The same of what can have no attributes. */
bool emulate_is_plain_name(const struct emulate_place *p);
/* Take on the umask of the program; the mode to make it with. */
mode_t emulate_prepare_mode(const struct emulate_call *c,
	const struct emulate_place *p, mode_t mode);
/* What was made with that mode gets its record and lists; `fd` is it. */
int emulate_finish(const struct emulate_call *c, const struct emulate_place *p,
	int fd, mode_t mode);
/* The same of what was made by the name only; `made` is what the call
 * returned, with errno. */
long emulate_finish_name(const struct emulate_call *c,
	const struct emulate_place *p, int made, mode_t mode);
/* Keep a list that the kernel refused under another name; the mode of the open
 * file follows. 0 or negative errno. */
int emulate_keep_acl(int fd, const char *name, const void *list, size_t size);

/* Write the answer of a stat(2) to the program's memory, in its form. */
typedef int emulate_stat_writer(const struct emulate_call *c, uint64_t to,
	const struct stat *st);
long emulate_answer_stat(const struct emulate_call *c, int dir_fd,
	uint64_t path, int flags, uint64_t to, emulate_stat_writer *write);

/* The answer to a call of a 32-bit x86 program. */
long emulate_i386(struct emulate_call *c, size_t number);

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
long emulate_renameat2(struct emulate_call *c);
long emulate_link(struct emulate_call *c);
long emulate_linkat(struct emulate_call *c);
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
long emulate_bind(struct emulate_call *c);
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
long emulate_removexattr(struct emulate_call *c);
long emulate_lremovexattr(struct emulate_call *c);
long emulate_fremovexattr(struct emulate_call *c);
long emulate_listxattr(struct emulate_call *c);
long emulate_llistxattr(struct emulate_call *c);
long emulate_flistxattr(struct emulate_call *c);

#endif
