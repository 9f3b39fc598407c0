/* SPDX-License-Identifier: Apache-2.0 */
/* Programs in a sandbox with one id, which believe in all. The test program
 * itself runs inside: it is what the sandbox starts, with a word of what to
 * do. */
#include "tests/sandbox/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#define KEEP ((uid_t)-1)
#define ACL "system.posix_acl_access"

/* Inside: cmocka is for outside. */
#define CHECK(what)                                                            \
	do {                                                                   \
		if (!(what)) {                                                 \
			(void)printf("%s: %d\n", #what, errno);                \
			(void)fflush(stdout);                                  \
			_exit(1);                                              \
		}                                                              \
	} while (0)

static bool
is_owned(const char *path, uid_t uid, gid_t gid)
{
	struct statx x;
	struct stat st;

	CHECK(lstat(path, &st) == 0);
	CHECK(statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS,
		      &x) == 0);
	CHECK(x.stx_uid == st.st_uid && x.stx_gid == st.st_gid);
	return st.st_uid == uid && st.st_gid == gid;
}

static int
make_file(const char *path)
{
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
}

static void
owners(void)
{
	struct stat st;
	int fd = make_file("/f");

	CHECK(fd >= 0 && chmod("/f", 06755) == 0);
	CHECK(chown("/f", 33, 44) == 0 && is_owned("/f", 33, 44));
	CHECK(stat("/f", &st) == 0 && (st.st_mode & 07777) == 0755);
	CHECK(fchown(fd, KEEP, 5) == 0 && is_owned("/f", 33, 5));
	CHECK(fstat(fd, &st) == 0 && st.st_gid == 5);
	CHECK(link("/f", "/g") == 0 && rename("/f", "/h") == 0);
	CHECK(is_owned("/g", 33, 5) && is_owned("/h", 33, 5));
	CHECK(chown("/h", 0, 0) == 0 && is_owned("/g", 0, 0));
	CHECK(symlink("h", "/l") == 0 && lchown("/l", 1, 2) == 0);
	CHECK(rename("/l", "/m") == 0 && is_owned("/m", 1, 2));
	CHECK(is_owned("/h", 0, 0));
	CHECK(mkfifo("/p", 0600) == 0 && chown("/p", 3, 4) == 0);
	CHECK(is_owned("/p", 3, 4));
	/* What is deleted leaves nothing to its successor. */
	CHECK(unlink("/p") == 0 && mkfifo("/p", 0600) == 0);
	CHECK(is_owned("/p", 0, 0));
	CHECK(chown("/nowhere", 1, 1) == -1 && errno == ENOENT);
	CHECK(fchown(99, 1, 1) == -1 && errno == EBADF);
	CHECK(chown((char *)1, 1, 1) == -1 && errno == EFAULT);
}

static void
devices(void)
{
	struct stat st;

	CHECK(mknod("/c", S_IFCHR | 0666, makedev(1, 3)) == 0);
	CHECK(mknod("/b", S_IFBLK | 0640, makedev(8, 16)) == 0);
	CHECK(stat("/c", &st) == 0 && S_ISCHR(st.st_mode));
	CHECK(st.st_rdev == makedev(1, 3) && (st.st_mode & 0777) == 0644);
	CHECK(stat("/b", &st) == 0 && S_ISBLK(st.st_mode));
	CHECK(mknod("/c", S_IFCHR, makedev(1, 3)) == -1 && errno == EEXIST);
	CHECK(setuid(7) == 0);
	CHECK(mknod("/d", S_IFCHR, makedev(1, 3)) == -1 && errno == EPERM);
}

static void
users(void)
{
	const gid_t groups[] = { 7, 8 };
	uid_t r, e, s;
	gid_t got[4];

	CHECK(getuid() == 0 && getegid() == 0);
	CHECK(setgroups(2, groups) == 0 && getgroups(4, got) == 2);
	CHECK(got[1] == 8 && getgroups(1, got) == -1 && errno == EINVAL);
	CHECK(setresgid(10, 11, 12) == 0 && getgid() == 10 && getegid() == 11);
	CHECK(setresuid(1, 2, 0) == 0 && getresuid(&r, &e, &s) == 0);
	CHECK(r == 1 && e == 2 && s == 0);
	CHECK(setresuid(KEEP, 0, KEEP) == 0 && geteuid() == 0);
	CHECK(setfsuid(5) == 0 && setfsuid(KEEP) == 5 && setfsuid(0) == 5);
	CHECK(setreuid(1, 2) == 0 && getresuid(&r, &e, &s) == 0 && s == 2);
	CHECK(setuid(0) == -1 && errno == EPERM);
	CHECK(setgroups(0, NULL) == -1 && errno == EPERM);
	CHECK(setgid(99) == -1 && errno == EPERM);
	CHECK(setuid(KEEP) == -1 && errno == EINVAL);
}

static void
new_files(void)
{
	struct stat st;
	int fd, status;

	CHECK(mkdir("/open", 0777) == 0 && chmod("/open", 0777) == 0);
	CHECK(mkdir("/group", 0777) == 0 && chown("/group", 0, 50) == 0);
	CHECK(chmod("/group", 02777) == 0);
	CHECK(close(make_file("/group/r")) == 0 && is_owned("/group/r", 0, 50));
	CHECK(mkdir("/group/d", 0777) == 0 && is_owned("/group/d", 0, 50));
	CHECK(setgid(6) == 0 && setuid(5) == 0);
	fd = make_file("/open/f");
	CHECK(fd >= 0 && write(fd, "x", 1) == 1 && is_owned("/open/f", 5, 6));
	CHECK(fstat(fd, &st) == 0 && st.st_uid == 5 && st.st_size == 1);
	CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	CHECK(open("/open/f", O_CREAT | O_EXCL | O_RDWR, 0600) == -1 &&
		errno == EEXIST);
	CHECK(close(make_file("/open/f")) == 0);
	CHECK(mkdir("/open/d", 0777) == 0 && is_owned("/open/d", 5, 6));
	CHECK(stat("/open/d", &st) == 0 && (st.st_mode & 0777) == 0755);
	CHECK(symlink("x", "/open/l") == 0 && is_owned("/open/l", 5, 6));
	CHECK(mkfifo("/open/p", 0600) == 0 && is_owned("/open/p", 5, 6));
	CHECK(close(make_file("/group/f")) == 0 && is_owned("/group/f", 5, 50));
	CHECK(chown("/open/f", 0, KEEP) == -1 && errno == EPERM);
	CHECK(chown("/open/f", KEEP, 7) == -1 && errno == EPERM);
	CHECK(chown("/open/f", 5, 6) == 0);
	/* Children are who we are. */
	if (fork() == 0)
		_exit(getuid() == 5 ? 0 : 1);
	CHECK(wait(&status) > 0 && status == 0);
}

static void
attributes(void)
{
	/* Version 2; user:rw-, user 1000:r--, group:r--, mask:r--, other:--- */
	static const unsigned char acl[] = {
		2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255,
		2, 0, 4, 0, 232, 3, 0, 0, 4, 0, 4, 0, 255, 255, 255, 255,
		16, 0, 4, 0, 255, 255, 255, 255, 32, 0, 0, 0, 255, 255, 255,
		255,
	};
	char value[128], list[256];
	struct stat st;

	CHECK(close(make_file("/f")) == 0 && chown("/f", 3, 4) == 0);
	CHECK(listxattr("/f", list, sizeof(list)) == 0);
	CHECK(getxattr("/f", "user.slipway.owner", value, 128) == -1);
	CHECK(errno == ENODATA);
	CHECK(setxattr("/f", "user.slipway.owner", "0:0", 3, 0) == -1);
	CHECK(errno == EPERM && is_owned("/f", 3, 4));
	CHECK(setxattr("/f", "user.mine", "x", 1, 0) == 0);
	CHECK(setxattr("/f", ACL, acl, sizeof(acl), 0) == 0);
	CHECK(getxattr("/f", ACL, value, 128) == (ssize_t)sizeof(acl));
	CHECK(memcmp(value, acl, sizeof(acl)) == 0);
	CHECK(getxattr("/f", ACL, value, 4) == -1 && errno == ERANGE);
	CHECK(getxattr("/f", ACL, NULL, 0) == (ssize_t)sizeof(acl));
	CHECK(stat("/f", &st) == 0 && (st.st_mode & 0777) == 0640);
	CHECK(listxattr("/f", list, sizeof(list)) ==
		sizeof(ACL) + sizeof("user.mine"));
}

static void
limits(void)
{
	struct rlimit limit = { 1, 1 };

	CHECK(setuid(5) == 0);
	CHECK(setrlimit(RLIMIT_LOCKS, &limit) == 0 && getuid() == 5);
	CHECK(getrlimit(RLIMIT_LOCKS, &limit) == 0);
	CHECK(limit.rlim_cur == RLIM_INFINITY);
}

static void
peers(void)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	gid_t groups[4] = { 7, 8 };
	int fds[2];

	CHECK(setgroups(2, groups) == 0);
	CHECK(setgid(6) == 0 && setuid(5) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	CHECK(getsockopt(fds[0], SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0);
	CHECK(peer.uid == 5 && peer.gid == 6 && peer.pid == getpid());
	len = sizeof(groups);
	CHECK(getsockopt(fds[0], SOL_SOCKET, SO_PEERGROUPS, groups, &len) == 0);
	CHECK(len == 2 * sizeof(gid_t) && groups[1] == 8);
	len = 4;
	CHECK(getsockopt(fds[0], SOL_SOCKET, SO_PEERGROUPS, groups, &len) ==
		-1 && errno == ERANGE && len == 8);
	CHECK(getsockopt(fds[0], SOL_SOCKET, SO_TYPE, groups, &len) == 0);
}

/* Started by the next one: set-user-id 7, by user 5. */
static void
other_user(void)
{
	CHECK(getuid() == 5 && geteuid() == 7 && getegid() == 8);
	CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	CHECK(setuid(5) == 0 && setuid(0) == -1);
}

static void
set_ids(void)
{
	int from = open("/play", O_RDONLY | O_CLOEXEC);
	int to = open("/other", O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	autoerror err = { 0 };

	CHECK(fs_copy_data(from, to, UINT64_MAX, NULL, &err) == 0);
	CHECK(chown("/other", 7, 8) == 0 && chmod("/other", 06755) == 0);
	CHECK(close(to) == 0 && setuid(5) == 0);
	(void)execl("/other", "/other", "other_user", NULL);
	CHECK(false);
}

/* What has no attributes of its own keeps its owner wherever it goes. */
static void
names(void)
{
	CHECK(mkdir("/a", 0777) == 0 && mkdir("/b", 0777) == 0);
	CHECK(symlink("x", "/a/l") == 0 && lchown("/a/l", 5, 6) == 0);
	CHECK(symlink("x", "/a/r") == 0 && is_owned("/a/r", 0, 0));
	CHECK(rename("/a/l", "/b/m") == 0 && is_owned("/b/m", 5, 6));
	CHECK(symlink("x", "/a/l") == 0 && is_owned("/a/l", 0, 0));
	CHECK(link("/b/m", "/a/n") == 0 && is_owned("/a/n", 5, 6));
	/* Over one of somebody else's. */
	CHECK(rename("/a/r", "/b/m") == 0 && is_owned("/b/m", 0, 0));
	CHECK(renameat2(AT_FDCWD, "/b/m", AT_FDCWD, "/a/n",
		      RENAME_EXCHANGE) == 0);
	CHECK(is_owned("/b/m", 5, 6) && is_owned("/a/n", 0, 0));
	CHECK(unlink("/b/m") == 0 && symlink("y", "/b/m") == 0);
	CHECK(is_owned("/b/m", 0, 0));
	CHECK(symlink("x", "/a/s/") == -1 && errno == ENOENT);
}

/* More of them than there is room for on ext4. */
static void
many_links(void)
{
	char name[64];

	CHECK(mkdir("/many", 0777) == 0);
	for (int i = 0; i < 400; i++) {
		(void)snprintf(name, sizeof(name), "/many/some-link-%d", i);
		CHECK(symlink("x", name) == 0 && lchown(name, 5, 6) == 0);
	}
	CHECK(is_owned("/many/some-link-0", 5, 6));
	CHECK(symlink("x", "/many/root") == 0 && is_owned("/many/root", 0, 0));
	CHECK(setgid(6) == 0 && setuid(5) == 0);
	CHECK(symlink("x", "/many/own") == 0 && is_owned("/many/own", 5, 6));
}

static void
descriptors(void)
{
	int fd = make_file("/f");
	char name[64];

	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	CHECK(chown(name, 3, 4) == 0 && is_owned("/f", 3, 4));
	(void)snprintf(name, sizeof(name), "/dev/fd/%d", fd);
	CHECK(chown(name, 5, 6) == 0 && is_owned("/f", 5, 6));
	CHECK(chown("/dev/null", 7, 8) == 0 && chown("/dev/stdin", 1, 1) == 0);
}

/* A list for new files in a directory, of a user that does not exist. */
static void
inherited(void)
{
	/* user:rwx, user 1000:rwx, group:r-x, mask:rwx, other:--- */
	static const unsigned char acl[] = {
		2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255,
		2, 0, 7, 0, 232, 3, 0, 0, 4, 0, 5, 0, 255, 255, 255, 255,
		16, 0, 7, 0, 255, 255, 255, 255, 32, 0, 0, 0, 255, 255, 255,
		255,
	};
	unsigned char value[128];
	struct stat st;

	CHECK(mkdir("/d", 0777) == 0);
	CHECK(setxattr("/d", "system.posix_acl_default", acl, sizeof(acl),
		      0) == 0);
	CHECK(close(make_file("/d/f")) == 0 && stat("/d/f", &st) == 0);
	CHECK((st.st_mode & 07777) == 0640);
	CHECK(getxattr("/d/f", ACL, value, 128) == (ssize_t)sizeof(acl));
	CHECK(value[6] == 6 && value[14] == 7 && value[30] == 4);
	CHECK(mkdir("/d/e", 0777) == 0 && stat("/d/e", &st) == 0);
	CHECK((st.st_mode & 07777) == 0770);
	CHECK(getxattr("/d/e", "system.posix_acl_default", value, 128) ==
		(ssize_t)sizeof(acl) && memcmp(value, acl, sizeof(acl)) == 0);
	CHECK(chmod("/d/f", 0600) == 0);
	CHECK(getxattr("/d/f", ACL, value, 128) > 0 && value[30] == 0);
	CHECK(removexattr("/d/f", ACL) == 0);
	CHECK(getxattr("/d/f", ACL, value, 128) == -1 && errno == ENODATA);
	CHECK(removexattr("/d/f", "user.slipway.owner") == -1);
}

static void
sockets(void)
{
	struct sockaddr_un name = { AF_UNIX, "/t/s" }, found;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	socklen_t len = sizeof(found);

	CHECK(mkdir("/t", 0777) == 0 && chmod("/t", 0777) == 0);
	CHECK(setgid(6) == 0 && setuid(5) == 0 && umask(077) == 022);
	CHECK(bind(fd, (struct sockaddr *)&name, sizeof(name)) == 0);
	CHECK(is_owned("/t/s", 5, 6));
	CHECK(getsockname(fd, (struct sockaddr *)&found, &len) == 0);
	CHECK(strcmp(found.sun_path, "/t/s") == 0);
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	CHECK(chdir("/t") == 0);
	name.sun_path[0] = 'r';
	CHECK(bind(fd, (struct sockaddr *)&name,
		      offsetof(struct sockaddr_un, sun_path) + 1) == 0);
	CHECK(is_owned("/t/r", 5, 6));
	CHECK(bind(fd, (struct sockaddr *)&name, 4) == -1);
}

#ifdef __x86_64__
/* As a program of 32 bits makes it: below 4 GiB, by the old numbers. */
static long
call32(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result)
		: "a"(number), "b"(a), "c"(b), "d"(c)
		: "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}

static void
programs32(void)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	uint32_t *words = (uint32_t *)(low + 1024);
	long at = (long)(uintptr_t)low, there = at + 1024;

	CHECK(low != MAP_FAILED);
	if (call32(20, 0, 0, 0) == -ENOSYS)
		return;		/* a kernel without them */
	memcpy(low, "/f", 3);
	CHECK(close(make_file("/f")) == 0);
	CHECK(call32(212, at, 33, 44) == 0 && is_owned("/f", 33, 44));
	CHECK(call32(195, at, there, 0) == 0);	/* stat64 */
	CHECK(words[6] == 33 && words[7] == 44 && words[4] == 0100644);
	CHECK(call32(182, at, 0xffff, 7) == 0 && is_owned("/f", 33, 7));
	words[0] = 11, words[1] = 12;
	CHECK(call32(206, 2, there, 0) == 0);	/* setgroups32 */
	words[0] = words[1] = 0;
	CHECK(call32(205, 2, there, 0) == 2 && words[1] == 12);
	CHECK(call32(191, RLIMIT_LOCKS, there, 0) == 0);
	CHECK(words[0] == UINT32_MAX && words[1] == UINT32_MAX);
	CHECK(call32(214, 6, 0, 0) == 0 && call32(213, 5, 0, 0) == 0);
	CHECK(getuid() == 5 && call32(199, 0, 0, 0) == 5);
	CHECK(call32(213, 0, 0, 0) == -EPERM);
	CHECK(call32(39, at, 0755, 0) == -EEXIST);
	/* What x32 has is refused: the same numbers with a bit set. */
	CHECK(syscall(0x40000000 | SYS_getpid) == -1 && errno == ENOSYS);
}

/* socketcall(2), as their libc has it. */
static void
sockets32(void)
{
	uint32_t *words = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long at = (long)(uintptr_t)words;
	int fds[2];

	CHECK(words != MAP_FAILED);
	if (call32(20, 0, 0, 0) == -ENOSYS)
		return;
	CHECK(setgid(6) == 0 && setuid(5) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	words[0] = (uint32_t)fds[0], words[1] = SOL_SOCKET;
	words[2] = SO_PEERCRED, words[3] = (uint32_t)at + 64;
	words[4] = (uint32_t)at + 128, words[32] = 12;
	CHECK(call32(102, 15, at, 0) == 0);
	CHECK(words[16] == (uint32_t)getpid() && words[17] == 5 &&
		words[18] == 6);
	words[0] = AF_UNIX, words[1] = SOCK_STREAM, words[2] = 0;
	CHECK(call32(102, 1, at, 0) >= 0);
}
#else
static void
programs32(void)
{
}

static void
sockets32(void)
{
}
#endif

/* Several at once have several who answer them. */
static void
crowd(void)
{
	char name[32];
	int status;

	CHECK(mkdir("/c", 0777) == 0 && chmod("/c", 0777) == 0);
	for (int n = 0; n < 8; n++) {
		if (fork() > 0)
			continue;
		CHECK(setgid(100 + (gid_t)n) == 0 && setuid((uid_t)n) == 0);
		for (int i = 0; i < 400; i++) {
			(void)snprintf(name, sizeof(name), "/c/%d-%d", n, i);
			CHECK(symlink("x", name) == 0);
			CHECK(is_owned(name, (uid_t)n, 100 + (gid_t)n));
			CHECK(getuid() == (uid_t)n);
			CHECK(i % 20 == 0 || unlink(name) == 0);
		}
		_exit(0);
	}
	for (int n = 0; n < 8; n++)
		CHECK(wait(&status) > 0 && status == 0);
	for (int n = 0; n < 8; n++) {
		(void)snprintf(name, sizeof(name), "/c/%d-%d", n, 380);
		CHECK(is_owned(name, (uid_t)n, 100 + (gid_t)n));
	}
}

static volatile sig_atomic_t alarms;

static void
count_alarm(int number)
{
	(void)number;
	alarms++;
}

/* A signal in the middle of a call must not have it made twice. */
static void
signals(void)
{
	const struct sigaction action = { .sa_handler = count_alarm };
	const struct itimerval often = { { 0, 150 }, { 0, 150 } };
	char name[32];

	CHECK(mkdir("/s", 0777) == 0 && setuid(5) == 0 && chdir("/s") == 0);
	CHECK(sigaction(SIGALRM, &action, NULL) == 0);
	CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
	for (int i = 0; i < 3000; i++) {
		(void)snprintf(name, sizeof(name), "d%d", i);
		CHECK(mkdir(name, 0755) == 0 || errno == EINTR);
	}
	CHECK(alarms > 0);
}

static const struct {
	const char *name;
	void (*run)(void);
} scenes[] = {
	{ "owners", owners }, { "devices", devices }, { "users", users },
	{ "new_files", new_files }, { "attributes", attributes },
	{ "limits", limits }, { "set_ids", set_ids },
	{ "other_user", other_user }, { "peers", peers }, { "signals", signals },
	{ "names", names }, { "many_links", many_links },
	{ "descriptors", descriptors }, { "inherited", inherited },
	{ "sockets", sockets }, { "programs32", programs32 },
	{ "sockets32", sockets32 }, { "crowd", crowd },
};

/* As the program of a sandbox: what is written on the standard output went
 * wrong. */
static int
play(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++)
		if (strcmp(scenes[i].name, name) == 0)
			scenes[i].run();
	return 0;
}

/* The host's libraries, read-only, and ourselves as /bin/play. */
static void
add_mounts(struct inside_run *run, struct sandbox_mount mounts[8])
{
	static const char *const dirs[] = { "/lib", "/lib64", "/usr" };
	static char self[4096];
	size_t count = 0;
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	assert_true(len > 0);
	self[len] = '\0';
	mounts[count++] = (struct sandbox_mount){ self, "/play", true };
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (access(dirs[i], F_OK) == 0)
			mounts[count++] = (struct sandbox_mount){
				dirs[i], dirs[i], true };
	run->spec.mounts = mounts;
	run->spec.mount_count = count;
}

static void
run_scene(const char *name)
{
	cleanup_value(inside_release) struct inside_run run;
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	struct sandbox_mount mounts[8];
	autoerror err = { 0 };

	inside_make_layer(&d);
	unit_mkdir(d.fd, "trees/bb/lib");
	unit_mkdir(d.fd, "trees/bb/lib64");
	unit_mkdir(d.fd, "trees/bb/usr");
	inside_copy(d.fd, "trees/bb/play", BUSYBOX);
	root = inside_open(&d, NULL);
	inside_init(&run, root, "");
	strv_release(&run.argv);
	strv_add(&run.argv, "/play");
	strv_add(&run.argv, name);
	add_mounts(&run, mounts);
	assert_ok(inside_go(&run, &err), &err);
	assert_string_equal(buf_text(&run.output), "");
	assert_int_equal(proc_end_status(&run.end), 0);
}

static void
test_scenes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++)
		if (scenes[i].run != other_user)
			run_scene(scenes[i].name);
}

static int
enter_single(void **state)
{
	autoerror err = { 0 };
	struct userns ns;

	(void)state;
	(void)umask(022);
	assert_ok(userns_enter(IDENTITY_SINGLE, &ns, &err), &err);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scenes),
	};

	if (argc > 1)
		return play(argv[1]);
	return cmocka_run_group_tests(tests, enter_single, NULL);
}
