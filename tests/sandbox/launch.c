/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sandbox/inside.h"

#include <sched.h>
#include <signal.h>

static void
is_confined(void **state)
{
	static const struct fact {
		const char *script, *output;
	} facts[] = {
		{ "cd /proc/self; grep -E '^(Cap(Inh|Bnd|Amb)|NoNewPrivs|"
		  "Seccomp):' status",
			"CapInh:\t0000000000000000\n"
			"CapBnd:\t00000000a80425fb\n"
			"CapAmb:\t0000000000000000\n"
			"NoNewPrivs:\t1\nSeccomp:\t2\n" },
		/* 0-2, and the directory itself */
		{ "ls /proc/self/fd", "0\n1\n2\n3\n" },
		{ "cat /proc/1/exe 2>&1 || true", "cat: can't open "
			"'/proc/1/exe': Permission denied\n" },
		{ "mount -t tmpfs x /bin 2>&1 || true",
			"mount: permission denied (are you root?)\n" },
		{ "unshare -U true 2>&1 || true",
			"unshare: unshare(0x10000000): Operation not "
			"permitted\n" },
		{ "echo x 2>&1 >/proc/sys/kernel/domainname || true",
			"sh: can't create /proc/sys/kernel/domainname: "
			"Read-only file system\n" },
		{ "touch /sys/x 2>&1 || true",
			"touch: /sys/x: Read-only file system\n" },
		{ "for f in kcore keys timer_list; do "
		  "[ ! -e /proc/$f ] || cat /proc/$f; done; "
		  "ls /sys/firmware", "" },
		{ "ls /dev", "fd\nfull\nmqueue\nnull\nptmx\npts\nrandom\nshm\n"
			"stderr\nstdin\nstdout\ntty\nurandom\nzero\n" },
		{ "echo $$", "2\n" },
		{ "hostname", "slipway\n" },
		{ "pwd", "/\n" },
		{ "umask", "0022\n" },
		{ "cat", "" },
		{ "echo gone >/dev/null; echo out >/dev/stdout", "out\n" },
		{ "cat /etc/hosts", "127.0.0.1\tlocalhost slipway\n"
			"::1\tlocalhost ip6-localhost ip6-loopback\n" },
		{ "touch /etc/hosts 2>&1 || true",
			"touch: /etc/hosts: Read-only file system\n" },
	};
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	autoerror err = { 0 };

	(void)state;
	inside_make_layer(&d);
	root = inside_open(&d, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		inside_expect(root, facts[i].script, facts[i].output);
	assert_int_equal(rootfs_is_unchanged(root, &err), 1);
}

/* CVE-2021-3602: nothing of the caller's. */
static void
environment_is_exact(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	cleanup_value(inside_release) struct inside_run run;
	autoerror err = { 0 };

	(void)state;
	inside_make_layer(&d);
	root = inside_open(&d, NULL);
	inside_init(&run, root, "");
	strv_release(&run.argv);
	strv_add(&run.argv, "env");
	strv_add(&run.env, "EMPTY=");
	assert_ok(inside_go(&run, &err), &err);
	assert_string_equal(buf_text(&run.output), "PATH=/bin\nEMPTY=\n");
}

/* Images whose own links would lead mounts to other places. */
static void
hostile_links_do_no_harm(void **state)
{
	static const char *const places[] = { "proc", "sys", "dev" };
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	inside_make_layer(&d);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		cleanup_value(inside_release) struct inside_run run;
		cleanup(rootfs_close) struct rootfs *root = NULL;
		autofree char *layer = mem_printf("trees/%zu", i);
		autofree char *link = mem_printf("%s/%s", layer, places[i]);

		unit_mkdir(d.fd, layer);
		unit_symlink(d.fd, link, "/../../../../../../../tmp");
		root = inside_open(&d, layer + strlen("trees/"));
		inside_init(&run, root, "true");
		assert_fails(inside_go(&run, &err), &err, ELOOP,
			"is no directory");
	}
	unit_mkdir(d.fd, "trees/etc");
	unit_mkdir(d.fd, "trees/etc/etc");
	unit_symlink(d.fd, "trees/etc/etc/hosts", "/../../../../etc/hosts2");
	unit_symlink(d.fd, "trees/etc/etc/resolv.conf", "../dev/zero");
	cleanup(rootfs_close) struct rootfs *root = inside_open(&d, "etc");

	inside_expect(root, "cat /etc/hosts | grep -c slipway", "1\n");
	assert_int_equal(access("/etc/hosts2", F_OK), -1);
}

static void
starts_where_it_should(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	cleanup_value(inside_release) struct inside_run run;
	autoerror err = { 0 };
	char path[32];

	(void)state;
	inside_make_layer(&d);
	root = inside_open(&d, NULL);
	inside_init(&run, root, "pwd; stat -c %a .");
	run.spec.cwd = "/new/dir";
	assert_ok(inside_go(&run, &err), &err);
	assert_string_equal(buf_text(&run.output), "/new/dir\n755\n");
	for (int fd = 3; fd < 20; fd++) {
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		run.spec.cwd = path;
		assert_true(inside_go(&run, &err) < 0);
		assert_non_null(strstr(err.text, "working directory"));
		error_release(&err);
	}
}

static void
tells_how_it_ended(void **state)
{
	static const struct row {
		const char *argv[4];
		int status, signal;
	} rows[] = {
		{ { "true" }, 0, 0 },
		{ { "sh", "-c", "exit 7" }, 7, 0 },
		{ { "sh", "-c", "kill -TERM $$" }, 0, SIGTERM },
		{ { "/bin/nothing" }, 127, 0 },
		{ { "nothing" }, 127, 0 },
		{ { "" }, 127, 0 },
		{ { "/etc" }, 126, 0 },
		{ { "/etc/plain" }, 126, 0 },
		{ { "/etc/script" }, 127, 0 },
		{ { "/proc/self/exe" }, 126, 0 },
		{ { "/etc/magic" }, 126, 0 },
		{ { "/etc/link" }, 126, 0 },
	};
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	autoerror err = { 0 };

	(void)state;
	inside_make_layer(&d);
	unit_write(d.fd, "trees/bb/etc/plain", "x");
	unit_write(d.fd, "trees/bb/etc/script", "#!/bin/bash\n");
	unit_write(d.fd, "trees/bb/etc/magic", "#!/proc/self/exe\n");
	unit_symlink(d.fd, "trees/bb/etc/link", "/proc/self/exe");
	assert_int_equal(fchmodat(d.fd, "trees/bb/etc/script", 0755, 0), 0);
	assert_int_equal(fchmodat(d.fd, "trees/bb/etc/magic", 0755, 0), 0);
	root = inside_open(&d, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cleanup_value(inside_release) struct inside_run run;

		inside_init(&run, root, "");
		strv_release(&run.argv);
		for (size_t n = 0; rows[i].argv[n]; n++)
			strv_add(&run.argv, rows[i].argv[n]);
		assert_ok(inside_go(&run, &err), &err);
		assert_int_equal(run.end.status, rows[i].status);
		assert_int_equal(run.end.signal, rows[i].signal);
		if (rows[i].status > 100)
			assert_non_null(strstr(buf_text(&run.output),
				"slipway: exec '"));
	}
}

static void
needs_a_command(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	cleanup_value(inside_release) struct inside_run run;
	autoerror err = { 0 };

	(void)state;
	inside_make_layer(&d);
	root = inside_open(&d, NULL);
	inside_init(&run, root, "");
	strv_release(&run.argv);
	assert_fails(inside_go(&run, &err), &err, EINVAL, "no command");
}

static void
has_a_network_of_its_own(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	cleanup_value(inside_release) struct inside_run run;
	autoerror err = { 0 };

	(void)state;
	inside_make_layer(&d);
	root = inside_open(&d, NULL);
	inside_init(&run, root, "ls /sys/class/net; ifconfig lo | "
		"grep -c 127.0.0.1");
	run.spec.network = NETWORK_NONE;
	assert_ok(inside_go(&run, &err), &err);
	assert_string_equal(buf_text(&run.output), "lo\n1\n");
}

static void
shows_mounts(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	cleanup_value(inside_release) struct inside_run run;
	autofree char *source = mem_printf("%s/shared", d.path);
	struct sandbox_mount mounts[] = {
		{ source, "/etc", false }, { source, "/bin/../home", true },
	};
	autoerror err = { 0 };

	(void)state;
	inside_make_layer(&d);
	unit_mkdir(d.fd, "shared");
	unit_mkdir(d.fd, "trees/bb/home");
	root = inside_open(&d, NULL);
	inside_init(&run, root, "echo hi >/etc/a; cat /home/a; "
		"touch /home/b 2>&1 || true");
	run.spec.mounts = mounts;
	run.spec.mount_count = 2;
	assert_ok(inside_go(&run, &err), &err);
	assert_string_equal(buf_text(&run.output),
		"hi\ntouch: /home/b: Read-only file system\n");
	assert_int_equal(faccessat(d.fd, "shared/a", F_OK, 0), 0);
	mounts[1].target = "/missing";
	assert_fails(inside_go(&run, &err), &err, ENOENT, "on '/missing'");
	mounts[1].source = "/nonexistent/x";
	assert_fails(inside_go(&run, &err), &err, ENOENT, "/nonexistent/x");
}

static void
can_be_read_only(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	cleanup_value(inside_release) struct inside_run run;
	autoerror err = { 0 };

	(void)state;
	inside_make_layer(&d);
	root = inside_open(&d, NULL);
	inside_init(&run, root, "touch /x 2>&1; touch /dev/shm/x && echo ok");
	run.spec.read_only = true;
	assert_ok(inside_go(&run, &err), &err);
	assert_string_equal(buf_text(&run.output),
		"touch: /x: Read-only file system\nok\n");
	inside_expect(root, "touch /x && echo ok", "ok\n");
}

static void
becomes_the_user(void **state)
{
	struct account user = { .uid = 5, .gid = 6 };
	uint32_t groups[] = { 7, 8 };
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	cleanup_value(inside_release) struct inside_run run;
	autoerror err = { 0 };
	struct userns ns;

	(void)state;
	assert_ok(userns_enter(IDENTITY_AUTO, &ns, &err), &err);
	inside_make_layer(&d);
	root = inside_open(&d, NULL);
	user.groups = groups;
	user.group_count = 2;
	inside_init(&run, root, "id; cd /proc/self; grep CapEff status; "
		"echo open >/dev/stdout");
	run.spec.user = &user;
	if (ns.identity == IDENTITY_SINGLE) {
		user.group_count = 0;
		assert_fails(inside_go(&run, &err), &err, ENOTSUP,
			"no user 5:6");
		return;
	}
	assert_ok(inside_go(&run, &err), &err);
	assert_string_equal(buf_text(&run.output),
		"uid=5 gid=6 groups=7,8\nCapEff:\t0000000000000000\nopen\n");
}

static void
new_privileges_when_asked_for(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	cleanup_value(inside_release) struct inside_run run;
	autoerror err = { 0 };

	(void)state;
	inside_make_layer(&d);
	root = inside_open(&d, NULL);
	inside_init(&run, root, "cd /proc/self; grep -E "
		"'^(CapEff|NoNewPrivs|Seccomp):' status");
	run.spec.new_privileges = true;
	run.spec.cap_mask = 0x3;
	assert_ok(inside_go(&run, &err), &err);
	assert_string_equal(buf_text(&run.output),
		"CapEff:\t0000000000000003\nNoNewPrivs:\t0\nSeccomp:\t2\n");
}

/* Three hundred that left their session and heed no request. */
static void
kills_all_of_it(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	cleanup(sandbox_free) struct sandbox *s = NULL;
	cleanup_value(inside_release) struct inside_run run;
	autoclose int from = -1;
	autoerror err = { 0 };
	struct proc_end end;
	char line[8];
	int fds[2];

	(void)state;
	inside_make_layer(&d);
	root = inside_open(&d, NULL);
	inside_init(&run, root, "trap '' TERM; i=0; "
		"while [ $i -lt 300 ]; do (trap '' TERM; sleep 1000) & "
		"i=$((i+1)); done; echo ready; wait");
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	from = fds[0];
	run.spec.out_fd = fds[1];
	assert_ok(sandbox_launch(&run.spec, &s, &err), &err);
	(void)close(fds[1]);
	assert_int_equal(read(from, line, 6), 6);
	assert_int_equal(sandbox_wait(s, 0, &end, NULL), -ETIMEDOUT);
	sandbox_signal(s, SIGTERM);
	sandbox_kill(s);
	assert_ok(sandbox_wait(s, 10000, &end, &err), &err);
	assert_int_equal(end.signal, SIGKILL);
	/* The last holder of the pipe is gone with the last of them. */
	assert_int_equal(read(from, line, 1), 0);
}

static void
passes_signals_on(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	cleanup(sandbox_free) struct sandbox *s = NULL;
	cleanup_value(inside_release) struct inside_run run;
	autoclose int from = -1;
	autoerror err = { 0 };
	struct proc_end end;
	char line[8];
	int fds[2];

	(void)state;
	inside_make_layer(&d);
	root = inside_open(&d, NULL);
	inside_init(&run, root, "trap 'exit 42' USR1; echo ready; "
		"sleep 1000 & wait");
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	from = fds[0];
	run.spec.out_fd = fds[1];
	assert_ok(sandbox_launch(&run.spec, &s, &err), &err);
	(void)close(fds[1]);
	assert_int_equal(read(from, line, 6), 6);
	sandbox_signal(s, SIGUSR1);
	assert_ok(sandbox_wait(s, 10000, &end, &err), &err);
	assert_int_equal(end.status, 42);
	assert_ok(sandbox_wait(s, 0, &end, &err), &err);
	assert_int_equal(end.status, 42);
}

/* Whoever started it is killed: nothing goes on. */
static void
dies_with_its_starter(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoproc starter = { .pid_fd = -1 };
	autoclose int from = -1;
	autoerror err = { 0 };
	char line[8];
	int fds[2], r;

	(void)state;
	inside_make_layer(&d);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	from = fds[0];
	r = proc_fork(&starter, &err);
	if (r == 0 && unshare(CLONE_NEWNS) == 0) {
		struct rootfs *root = inside_open(&d, NULL);
		struct inside_run run;
		struct sandbox *s;

		inside_init(&run, root, "echo ready; sleep 1000");
		run.spec.out_fd = fds[1];
		if (sandbox_launch(&run.spec, &s, &err) < 0)
			_exit(1);
		(void)pause();
		_exit(1);
	}
	(void)close(fds[1]);
	assert_int_equal(read(from, line, 6), 6);
	proc_release(&starter);
	assert_int_equal(read(from, line, 1), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_confined),
		cmocka_unit_test(environment_is_exact),
		cmocka_unit_test(hostile_links_do_no_harm),
		cmocka_unit_test(starts_where_it_should),
		cmocka_unit_test(tells_how_it_ended),
		cmocka_unit_test(needs_a_command),
		cmocka_unit_test(has_a_network_of_its_own),
		cmocka_unit_test(shows_mounts),
		cmocka_unit_test(can_be_read_only),
		cmocka_unit_test(becomes_the_user),
		cmocka_unit_test(new_privileges_when_asked_for),
		cmocka_unit_test(kills_all_of_it),
		cmocka_unit_test(passes_signals_on),
		cmocka_unit_test(dies_with_its_starter),
	};

	return cmocka_run_group_tests(tests, inside_enter, NULL);
}
