/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mkfilter: write the system call filter of a sandbox as a C array. Runs while
 * slipway is built: generating the program takes libseccomp longer than a
 * whole sandbox lives, so it is done once, here, and nobody links the library.
 *
 * The rules are those of Docker's default profile for its default capabilities:
 * what a capability of that set allows is left to the kernel to check, what
 * would need another one is refused. Stricter than it: io_uring (works around
 * filters), AF_ALG and AF_VSOCK sockets, typing into a terminal, x32.
 * A call nobody named does not exist (ENOSYS), because libraries probe for new
 * calls and fall back on ENOSYS only.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names are separated by blanks; one unknown to this libseccomp or machine is
 * left out, and thus ENOSYS. */
static const char *const allowed[] = {
	/* files */
	"access faccessat faccessat2 open openat openat2 creat close close_range",
	"read readv pread64 preadv preadv2 write writev pwrite64 pwritev",
	"pwritev2 lseek _llseek truncate truncate64 ftruncate ftruncate64",
	"fallocate fadvise64 fadvise64_64 arm_fadvise64_64 readahead",
	"copy_file_range sendfile sendfile64 splice tee vmsplice cachestat",
	"stat stat64 lstat lstat64 fstat fstat64 fstatat64 newfstatat statx",
	"statfs statfs64 fstatfs fstatfs64 readlink readlinkat getdents",
	"getdents64 mkdir mkdirat rmdir mknod mknodat link linkat symlink",
	"symlinkat unlink unlinkat rename renameat renameat2 chmod fchmod",
	"fchmodat fchmodat2 chown chown32 fchown fchown32 fchownat lchown",
	"lchown32 utime utimes utimensat utimensat_time64 futimesat umask chdir",
	"fchdir getcwd chroot dup dup2 dup3 fcntl fcntl64 flock fsync fdatasync",
	"sync syncfs sync_file_range sync_file_range2 arm_sync_file_range",
	"getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr setxattr",
	"lsetxattr fsetxattr removexattr lremovexattr fremovexattr getxattrat",
	"listxattrat setxattrat removexattrat name_to_handle_at inotify_init",
	"inotify_init1 inotify_add_watch inotify_rm_watch fanotify_mark",
	"io_setup io_submit io_cancel io_destroy io_getevents io_pgetevents",
	"io_pgetevents_time64",
	/* waiting */
	"select _newselect pselect6 pselect6_time64 poll ppoll ppoll_time64",
	"epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_wait",
	"epoll_wait_old epoll_pwait epoll_pwait2 eventfd eventfd2 pipe pipe2",
	"signalfd signalfd4 timerfd_create timerfd_gettime timerfd_gettime64",
	"timerfd_settime timerfd_settime64 futex futex_time64 futex_waitv",
	"futex_wait futex_wake futex_requeue get_robust_list set_robust_list",
	"rseq membarrier restart_syscall pause",
	/* memory */
	"brk mmap mmap2 munmap mremap mprotect madvise mincore msync mlock",
	"mlock2 mlockall munlock munlockall memfd_create memfd_secret mseal",
	"map_shadow_stack pkey_alloc pkey_free pkey_mprotect remap_file_pages",
	/* processes and their credentials */
	"fork vfork execve execveat exit exit_group wait4 waitid waitpid getpid",
	"gettid getppid getpgid getpgrp getsid setpgid setsid getuid getuid32",
	"geteuid geteuid32 getgid getgid32 getegid getegid32 getresuid",
	"getresuid32 getresgid getresgid32 getgroups getgroups32 setuid",
	"setuid32 setgid setgid32 setreuid setreuid32 setregid setregid32",
	"setresuid setresuid32 setresgid setresgid32 setfsuid setfsuid32",
	"setfsgid setfsgid32 setgroups setgroups32 capget capset prctl",
	"arch_prctl set_tid_address set_thread_area get_thread_area set_tls",
	"modify_ldt cacheflush breakpoint riscv_flush_icache riscv_hwprobe",
	"swapcontext s390_runtime_instr seccomp landlock_create_ruleset",
	"landlock_add_rule landlock_restrict_self ptrace process_vm_readv",
	"process_vm_writev process_mrelease pidfd_open pidfd_send_signal getcpu",
	/* signals and time */
	"kill tkill tgkill rt_sigaction rt_sigpending rt_sigprocmask",
	"rt_sigqueueinfo rt_tgsigqueueinfo rt_sigreturn rt_sigsuspend",
	"rt_sigtimedwait rt_sigtimedwait_time64 sigaction signal sigpending",
	"sigprocmask sigreturn sigsuspend sigaltstack alarm getitimer setitimer",
	"time times gettimeofday adjtimex clock_adjtime clock_adjtime64",
	"clock_getres clock_getres_time64 clock_gettime clock_gettime64",
	"clock_nanosleep clock_nanosleep_time64 nanosleep timer_create",
	"timer_delete timer_getoverrun timer_gettime timer_gettime64",
	"timer_settime timer_settime64",
	/* limits and scheduling */
	"getrlimit ugetrlimit setrlimit prlimit64 getrusage getpriority",
	"setpriority nice ioprio_get ioprio_set sched_getaffinity",
	"sched_setaffinity sched_getattr sched_setattr sched_getparam",
	"sched_setparam sched_getscheduler sched_setscheduler",
	"sched_get_priority_max sched_get_priority_min sched_rr_get_interval",
	"sched_rr_get_interval_time64 sched_yield sysinfo uname getrandom",
	/* sockets (socket itself is below) and System V */
	"socketcall socketpair bind listen accept accept4 connect shutdown",
	"getsockname getpeername getsockopt setsockopt send sendto sendmsg",
	"sendmmsg recv recvfrom recvmsg recvmmsg recvmmsg_time64 ipc msgctl",
	"msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64",
	"shmat shmctl shmdt shmget mq_getsetattr mq_notify mq_open",
	"mq_timedreceive mq_timedreceive_time64 mq_timedsend",
	"mq_timedsend_time64 mq_unlink",
};

/* These exist, and say that they are not for you: EPERM. */
static const char *const refused[] = {
	"mount umount umount2 pivot_root mount_setattr move_mount open_tree",
	"open_tree_attr fsopen fsconfig fsmount fspick unshare setns",
	"sethostname setdomainname add_key request_key keyctl bpf",
	"perf_event_open fanotify_init userfaultfd open_by_handle_at kcmp",
	"pidfd_getfd process_madvise get_mempolicy set_mempolicy mbind",
	"set_mempolicy_home_node move_pages migrate_pages acct quotactl",
	"quotactl_fd swapon swapoff reboot kexec_load kexec_file_load",
	"init_module finit_module delete_module iopl ioperm settimeofday stime",
	"clock_settime clock_settime64 vhangup syslog",
};

/* What a supervisor answers where only one id exists (sandbox/emulate.c). */
static const char *const emulated[] = {
	"chown fchown fchownat lchown stat lstat fstat newfstatat statx",
	"mkdir mkdirat mknod mknodat symlink symlinkat creat openat2 rename",
	"renameat renameat2 link linkat bind",
	"setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid",
	"setgroups getuid geteuid getgid getegid getresuid getresgid getgroups",
	"capset execve execveat chroot setxattr lsetxattr fsetxattr getxattr",
	"lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr",
	"lremovexattr fremovexattr",
	/* of 32-bit programs */
	"chown32 fchown32 lchown32 stat64 lstat64 fstat64 fstatat64 setuid32",
	"setgid32 setreuid32 setregid32 setresuid32 setresgid32 setfsuid32",
	"setfsgid32 setgroups32 getuid32 geteuid32 getgid32 getegid32",
	"getresuid32 getresgid32 getgroups32 socketcall",
};

/* The same if one argument, or bits of it, say so: O_CREAT, PR_SET_KEEPCAPS,
 * SO_PEERCRED (17) and SO_PEERGROUPS (59), RLIMIT_LOCKS. */
static const struct {
	const char *name;
	unsigned argument;
	uint32_t mask;		/* 0: the whole argument */
	uint64_t value;
} emulated_if[] = {
	{ "open", 1, O_CREAT, O_CREAT },
	{ "openat", 2, O_CREAT, O_CREAT },
	{ "prctl", 0, 0, 8 },
	/* All that look like both, which are 8: the others of them pass. */
	{ "getsockopt", 2, ~(uint32_t)(17 ^ 59), 17 & 59 },
	{ "prlimit64", 1, 0, 10 },
	{ "getrlimit", 0, 0, 10 },
	{ "ugetrlimit", 0, 0, 10 },
	{ "setrlimit", 0, 0, 10 },
};

/* Is the filter that is being made the one for emulation? */
static bool emulates;
/* Or the one for programs that are traced? */
static bool traces;

static const uint64_t namespaces[] = {
	CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
	CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET,
};

/* personality(2): Linux, Linux32, with and without UNAME26; a question. */
static const uint64_t personalities[] = {
	0, 0x8, 0x20000, 0x20008, 0xffffffff,
};

static void
check(int r, const char *what)
{
	if (r >= 0)
		return;
	(void)fprintf(stderr, "mkfilter: %s: %s\n", what, strerror(-r));
	exit(1);
}

/* Is `name` a word of `line`? */
static bool
has_word(const char *line, const char *name)
{
	size_t len = strlen(name);
	const char *at;

	for (at = strstr(line, name); at; at = strstr(at + 1, name))
		if ((at == line || at[-1] == ' ') &&
			(at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

static bool
is_emulated(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(emulated) / sizeof(emulated[0]); i++)
		if (has_word(emulated[i], name))
			return true;
	for (i = 0; i < sizeof(emulated_if) / sizeof(emulated_if[0]); i++)
		if (strcmp(emulated_if[i].name, name) == 0)
			return true;
	return false;
}

/* A tracer is told what is executed: sandbox/rewrite.h. */
static bool
is_traced(const char *name)
{
	return traces && has_word("execve execveat", name);
}

static void
add_name(scmp_filter_ctx filter, uint32_t action, const char *name)
{
	int number = seccomp_syscall_resolve_name(name);

	if (emulates && action == SCMP_ACT_ALLOW && is_emulated(name))
		return;

	if (number == __NR_SCMP_ERROR)
		return;
	if (is_traced(name))
		action = SCMP_ACT_TRACE(0);
	/* A call of another machine than this has a negative number. */
	check(seccomp_rule_add(filter, action, number, 0), name);
}

static void
add_names(scmp_filter_ctx filter, uint32_t action, const char *line)
{
	char name[64];
	size_t len;

	while (*line) {
		len = strcspn(line, " ");
		(void)snprintf(name, sizeof(name), "%.*s", (int)len, line);
		add_name(filter, action, name);
		line += len + strspn(line + len, " ");
	}
}

static void
add_rule(scmp_filter_ctx filter, uint32_t action, int number,
	struct scmp_arg_cmp argument)
{
	check(seccomp_rule_add_array(filter, action, number, 1, &argument),
		"argument rule");
}

static void
add_emulated_if(scmp_filter_ctx filter, size_t i)
{
	int number = seccomp_syscall_resolve_name(emulated_if[i].name);
	unsigned at = emulated_if[i].argument;
	uint64_t value = emulated_if[i].value;
	uint64_t mask = emulated_if[i].mask, bit;

	if (number == __NR_SCMP_ERROR)
		return;
	if (mask) {
		add_rule(filter, SCMP_ACT_NOTIFY, number,
			SCMP_CMP64(at, SCMP_CMP_MASKED_EQ, mask, value));
		for (bit = 1; bit <= UINT32_MAX; bit <<= 1)
			if (mask & bit)
				add_rule(filter, SCMP_ACT_ALLOW, number,
					SCMP_CMP64(at, SCMP_CMP_MASKED_EQ, bit,
						~value & bit));
		return;
	}
	add_rule(filter, SCMP_ACT_NOTIFY, number,
		SCMP_CMP64(at, SCMP_CMP_EQ, value));
	add_rule(filter, SCMP_ACT_ALLOW, number,
		SCMP_CMP64(at, SCMP_CMP_NE, value));
}

static void
add_emulated(scmp_filter_ctx filter)
{
	size_t i;

	for (i = 0; i < sizeof(emulated) / sizeof(emulated[0]); i++)
		add_names(filter, SCMP_ACT_NOTIFY, emulated[i]);
	for (i = 0; i < sizeof(emulated_if) / sizeof(emulated_if[0]); i++)
		add_emulated_if(filter, i);
}

/* New processes, but no new namespaces. clone3 keeps its flags in memory,
 * where no filter sees them: it does not exist, so that libc uses clone. */
static void
add_clone(scmp_filter_ctx filter)
{
	uint32_t native = seccomp_arch_native();
	/* s390 swaps the first two arguments, clone(2). */
	unsigned at = native == SCMP_ARCH_S390X || native == SCMP_ARCH_S390;
	uint64_t all = 0;
	size_t i;

	for (i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++) {
		add_rule(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone),
			SCMP_CMP64(at, SCMP_CMP_MASKED_EQ, namespaces[i],
				namespaces[i]));
		all |= namespaces[i];
	}
	add_rule(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone),
		SCMP_CMP64(at, SCMP_CMP_MASKED_EQ, all, 0));
}

/* Families up to AF_CAIF but for AF_ALG (38) and what came after it. On
 * machines with socketcall(2) its arguments are in memory and not seen. */
static void
add_socket(scmp_filter_ctx filter)
{
	const uint64_t af_alg = 38;

	add_rule(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket),
		SCMP_CMP64(0, SCMP_CMP_LT, af_alg));
	add_rule(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket),
		SCMP_CMP64(0, SCMP_CMP_GE, af_alg));
}

/*
 * Every ioctl but TIOCSTI (0x5412) and TIOCLINUX (0x541c). Only the low 32 bits
 * count for the kernel, and the only comparison that looks at part of an
 * argument is "equal under a mask": so allowed is what differs in one of the
 * 28 bits both have in common, or ends in another digit than theirs.
 */
static void
add_ioctl(scmp_filter_ctx filter)
{
	const uint64_t common = 0x5410;
	uint64_t i, bit;

	add_rule(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl),
		SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, UINT32_MAX, 0x5412));
	add_rule(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl),
		SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, UINT32_MAX, 0x541c));
	for (i = 4; i < 32; i++) {
		bit = UINT64_C(1) << i;
		add_rule(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl),
			SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, bit,
				~common & bit));
	}
	for (i = 0; i < 16; i++) {
		if (i == 0x2 || i == 0xc)
			continue;
		add_rule(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl),
			SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, 0xf, i));
	}
}

static void
add_personality(scmp_filter_ctx filter)
{
	size_t i;

	for (i = 0; i < sizeof(personalities) / sizeof(personalities[0]); i++)
		add_rule(filter, SCMP_ACT_ALLOW, SCMP_SYS(personality),
			SCMP_CMP64(0, SCMP_CMP_EQ, personalities[i]));
}

/* The machine's 32-bit programs run too. */
static void
add_machines(scmp_filter_ctx filter)
{
	static const uint32_t pairs[][2] = {
		{ SCMP_ARCH_X86_64, SCMP_ARCH_X86 },
		{ SCMP_ARCH_AARCH64, SCMP_ARCH_ARM },
		{ SCMP_ARCH_S390X, SCMP_ARCH_S390 },
		{ SCMP_ARCH_MIPS64, SCMP_ARCH_MIPS },
		{ SCMP_ARCH_MIPSEL64, SCMP_ARCH_MIPSEL },
	};
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (pairs[i][0] == seccomp_arch_native())
			check(seccomp_arch_add(filter, pairs[i][1]), "arch");
	}
}

static void
add_rules(scmp_filter_ctx filter)
{
	size_t i;

	/* First, as libseccomp makes rules of its own for socketcall(2) unless
	 * there is one already. */
	if (emulates)
		add_emulated(filter);
	for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		add_names(filter, SCMP_ACT_ALLOW, allowed[i]);
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		add_names(filter, SCMP_ACT_ERRNO(EPERM), refused[i]);
	add_clone(filter);
	add_socket(filter);
	add_ioctl(filter);
	add_personality(filter);
}

/* libseccomp writes the program to a descriptor. */
static void
print_program(scmp_filter_ctx filter, const char *name)
{
	struct sock_filter f;
	FILE *program = tmpfile();

	if (!program)
		check(-errno, "temporary file");
	check(seccomp_export_bpf(filter, fileno(program)), "export");
	rewind(program);
	(void)printf("static const struct sock_filter %s[] = {\n", name);
	while (fread(&f, sizeof(f), 1, program) == 1)
		(void)printf("\t{ 0x%02x, %u, %u, 0x%08x },\n", f.code, f.jt,
			f.jf, f.k);
	(void)printf("};\n");
	(void)fclose(program);
}

static void
make_filter(const char *name)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));

	if (!filter)
		check(-ENOMEM, "seccomp_init");
	check(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
		      SCMP_ACT_ERRNO(ENOSYS)), "bad architecture action");
	/* A binary tree over the numbers: installing costs what a linear list
	 * costs divided by four. */
	check(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2),
		"binary tree");
	add_machines(filter);
	add_rules(filter);
	print_program(filter, name);
	seccomp_release(filter);
}

int
main(void)
{
	(void)printf("/* Written by sandbox/mkfilter.c. */\n");
	make_filter("default_filter");
	traces = true;
	make_filter("default_traced_filter");
	traces = false;
	emulates = true;
	/* Whatever the kernel we are built on: that of 5.0 has notification. */
	check(seccomp_api_set(5), "interface level");
	make_filter("emulation_filter");
	traces = true;
	make_filter("emulation_traced_filter");
	if (fflush(stdout) || ferror(stdout)) {
		(void)fprintf(stderr, "mkfilter: cannot write\n");
		return 1;
	}
	return 0;
}
