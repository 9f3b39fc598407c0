/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/emulate.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/emulate-state.h"
#include "sandbox/seccomp.h"
#include "util/mem.h"
#include "util/scope.h"

/* Of the 32-bit programs that machines can run, those of x86 are emulated:
 * others have other numbers again, and next to nobody who runs them. */
#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define OUR_ARCH AUDIT_ARCH_RISCV64
#elif defined(__s390x__)
#define OUR_ARCH AUDIT_ARCH_S390X
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define OUR_ARCH AUDIT_ARCH_PPC64LE
#else
#define OUR_ARCH 0
#endif

/* New machines have only the calls that take a directory. */
static emulate_handler *const handlers[] = {
#ifdef SYS_chown
	[SYS_chown] = emulate_chown,
	[SYS_lchown] = emulate_lchown,
	[SYS_mkdir] = emulate_mkdir,
	[SYS_mknod] = emulate_mknod,
	[SYS_symlink] = emulate_symlink,
	[SYS_open] = emulate_open,
	[SYS_creat] = emulate_creat,
	[SYS_stat] = emulate_stat,
	[SYS_lstat] = emulate_lstat,
	[SYS_rename] = emulate_rename,
	[SYS_link] = emulate_link,
#endif
#ifdef SYS_getrlimit
	[SYS_getrlimit] = emulate_getrlimit,
	[SYS_setrlimit] = emulate_setrlimit,
#endif
#ifdef SYS_newfstatat
	[SYS_newfstatat] = emulate_newfstatat,
#endif
	[SYS_fstat] = emulate_fstat,
	[SYS_statx] = emulate_statx,
	[SYS_fchown] = emulate_fchown,
#ifdef SYS_renameat
	[SYS_renameat] = emulate_renameat,
#endif
	[SYS_renameat2] = emulate_renameat2,
	[SYS_linkat] = emulate_linkat,
	[SYS_fchownat] = emulate_fchownat,
	[SYS_mkdirat] = emulate_mkdirat,
	[SYS_mknodat] = emulate_mknodat,
	[SYS_symlinkat] = emulate_symlinkat,
	[SYS_openat] = emulate_openat,
	[SYS_openat2] = emulate_openat2,
	[SYS_setuid] = emulate_setuid,
	[SYS_setgid] = emulate_setgid,
	[SYS_setreuid] = emulate_setreuid,
	[SYS_setregid] = emulate_setregid,
	[SYS_setresuid] = emulate_setresuid,
	[SYS_setresgid] = emulate_setresgid,
	[SYS_setfsuid] = emulate_setfsuid,
	[SYS_setfsgid] = emulate_setfsgid,
	[SYS_setgroups] = emulate_setgroups,
	[SYS_getuid] = emulate_getuid,
	[SYS_geteuid] = emulate_geteuid,
	[SYS_getgid] = emulate_getgid,
	[SYS_getegid] = emulate_getegid,
	[SYS_getresuid] = emulate_getresuid,
	[SYS_getresgid] = emulate_getresgid,
	[SYS_getgroups] = emulate_getgroups,
	[SYS_capset] = emulate_capset,
	[SYS_prctl] = emulate_prctl,
	[SYS_bind] = emulate_bind,
	[SYS_getsockopt] = emulate_getsockopt,
	[SYS_prlimit64] = emulate_prlimit64,
	[SYS_execve] = emulate_execve,
	[SYS_execveat] = emulate_execveat,
	[SYS_chroot] = emulate_chroot,
	[SYS_setxattr] = emulate_setxattr,
	[SYS_lsetxattr] = emulate_lsetxattr,
	[SYS_fsetxattr] = emulate_fsetxattr,
	[SYS_getxattr] = emulate_getxattr,
	[SYS_lgetxattr] = emulate_lgetxattr,
	[SYS_fgetxattr] = emulate_fgetxattr,
	[SYS_removexattr] = emulate_removexattr,
	[SYS_lremovexattr] = emulate_lremovexattr,
	[SYS_fremovexattr] = emulate_fremovexattr,
	[SYS_listxattr] = emulate_listxattr,
	[SYS_llistxattr] = emulate_llistxattr,
	[SYS_flistxattr] = emulate_flistxattr,
};

/* One byte, and a descriptor along with it: unix(7). */
union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static int
send_fd(int socket_fd, int fd)
{
	union control control = { 0 };
	char byte = 0;
	struct iovec data = { &byte, 1 };
	struct msghdr m = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&m);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	return sendmsg(socket_fd, &m, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

static int
receive_fd(int socket_fd)
{
	union control control = { 0 };
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr m = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *head;
	int fd;

	if (TEMP_FAILURE_RETRY(recvmsg(socket_fd, &m, MSG_CMSG_CLOEXEC)) != 1)
		return -1;
	head = CMSG_FIRSTHDR(&m);
	if (!head || head->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return fd;
}

int
emulate_begin(int socket_fd, enum seccomp_exec exec, struct error *err)
{
	autoclose int listener = -1;
	int r;

	r = seccomp_install_listener(exec, &listener, err);
	/* Inside of another sandbox that emulates: it does for us, too. */
	if (r == -EBUSY)
		return seccomp_install(exec, err);
	if (r == 0 && send_fd(socket_fd, listener) < 0)
		r = error_errno(err, "cannot reach the supervisor");
	return r;
}

static long
handle(struct emulate *e, const struct seccomp_notif *n)
{
	struct emulate_call c = {
		.e = e,
		.id = n->id,
		.pid = (pid_t)n->pid,
		.args = (const uint64_t *)n->data.args,
	};
	size_t number = (size_t)n->data.nr;

	if (n->data.arch == AUDIT_ARCH_I386)
		return emulate_i386(&c, number);
	if (n->data.arch != OUR_ARCH || number >= ARRAY_SIZE(handlers) ||
		!handlers[number])
		return EMULATE_CONTINUE;
	return handlers[number](&c);
}

/* `end` are signals not to be taken while a call is in hand. */
static void
answer_one(struct emulate *e, const sigset_t *end)
{
	struct seccomp_notif n = { 0 };
	struct seccomp_notif_resp answer = { 0 };
	long value;

	if (ioctl(e->listener_fd, SECCOMP_IOCTL_NOTIF_RECV, &n) < 0)
		return;
	if (end)
		(void)sigprocmask(SIG_BLOCK, end, NULL);
	value = handle(e, &n);
	if (value == EMULATE_SENT)
		return;
	answer.id = n.id;
	if (value == EMULATE_CONTINUE)
		answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else if (value < 0)
		answer.error = (int)value;
	else
		answer.val = value;
	/* Whoever was killed meanwhile does not wait for it. */
	(void)ioctl(e->listener_fd, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

/* Calls until more than one process is set to answering them: what makes
 * fewer is over before that pays. */
#define MANY_CALLS 2000
#define WORKERS_MAX 16

/* One of several that take from the same queue. It may go when it waits for
 * the next call, not amidst one. */
static _Noreturn void
work(struct emulate *e)
{
	sigset_t end;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)sigemptyset(&end);
	(void)sigaddset(&end, SIGTERM);
	for (;;) {
		(void)sigprocmask(SIG_UNBLOCK, &end, NULL);
		answer_one(e, &end);
	}
}

static unsigned
count_processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return (unsigned)CPU_COUNT(&set);
}

/* Returns when nobody is left who has the filter: seccomp_unotify(2). */
static void
share_out(struct emulate *e)
{
	struct pollfd p = { .fd = e->listener_fd };
	unsigned wanted = count_processors(), count = 0;
	pid_t workers[WORKERS_MAX];

	while (count < wanted && count < WORKERS_MAX) {
		workers[count] = fork();
		if (workers[count] == 0)
			work(e);
		if (workers[count] < 0)
			break;
		count++;
	}
	while (count && TEMP_FAILURE_RETRY(poll(&p, 1, -1)) == 0)
		continue;
	for (unsigned n = 0; n < count; n++) {
		(void)kill(workers[n], SIGTERM);
		(void)waitpid(workers[n], NULL, 0);
	}
}

static void
serve(struct emulate *e)
{
	struct pollfd p = { .fd = e->listener_fd, .events = POLLIN };

	for (unsigned n = 0; ; n++) {
		if (n == MANY_CALLS)
			share_out(e);
		if (TEMP_FAILURE_RETRY(poll(&p, 1, -1)) < 0 ||
			!(p.revents & POLLIN))
			return;
		answer_one(e, NULL);
	}
}

/* Only these two descriptors are kept, as 0 and 1. */
static void
let_go(int socket_fd, int init_pid_fd)
{
	(void)dup2(socket_fd, STDIN_FILENO);
	(void)dup2(init_pid_fd, STDOUT_FILENO);
	(void)syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
}

void
emulate_lock(const struct emulate *e)
{
	struct flock whole = { .l_type = F_WRLCK };

	/* Of the process: whoever dies lets go. */
	(void)TEMP_FAILURE_RETRY(fcntl(e->lock_fd, F_SETLKW, &whole));
}

void
emulate_unlock(const struct emulate *e)
{
	struct flock whole = { .l_type = F_UNLCK };

	(void)fcntl(e->lock_fd, F_SETLK, &whole);
}

static int
prepare(struct emulate *e)
{
	e->shared = mmap(NULL, sizeof(*e->shared), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	e->lock_fd = (int)syscall(SYS_memfd_create, "lock", MFD_CLOEXEC);
	e->proc_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (e->shared == MAP_FAILED || e->lock_fd < 0 || e->proc_fd < 0)
		return -1;
	/* Root, which is where every program begins. */
	e->shared->cred_count = 1;
	return 0;
}

_Noreturn void
emulate_run(int socket_fd, int init_pid_fd)
{
	struct emulate e = { 0 };
	sigset_t all;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	(void)signal(SIGTERM, SIG_DFL);
	let_go(socket_fd, init_pid_fd);
	if (prepare(&e) < 0)
		_exit(1);
	e.listener_fd = receive_fd(STDIN_FILENO);
	/* From now on "/" is the sandbox's; what we find by "./" is outside. */
	if (e.listener_fd < 0 || setns(STDOUT_FILENO, CLONE_NEWNS) < 0 ||
		fchdir(e.proc_fd) < 0)
		_exit(1);
	seccomp_prefer_waking(e.listener_fd);
	serve(&e);
	_exit(0);
}
