/* SPDX-License-Identifier: Apache-2.0 */
/* inside: layers of busybox, and programs run on them. */
#ifndef TESTS_SANDBOX_INSIDE_H
#define TESTS_SANDBOX_INSIDE_H

#include "tests/lib/unit.h"

#include <sys/stat.h>

#include "sandbox/launch.h"
#include "sandbox/userns.h"

#define BUSYBOX "/bin/busybox"

/* For cmocka's group setup: the test program enters for good. */
static inline int
inside_enter(void **state)
{
	autoerror err = { 0 };
	struct userns ns;

	(void)state;
	(void)umask(022);
	assert_ok(userns_enter(IDENTITY_AUTO, &ns, &err), &err);
	return 0;
}

static inline void
inside_copy(int dir_fd, const char *name, const char *from)
{
	autoclose int source = open(from, O_RDONLY | O_CLOEXEC);
	autoclose int target = openat(dir_fd, name,
		O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	autoerror err = { 0 };
	uint64_t copied;

	if (source < 0)
		skip();		/* the host has no static busybox */
	assert_ok(fs_copy_data(source, target, UINT64_MAX, &copied, &err),
		&err);
}

/* dir/trees/bb: a busybox with its names; dir/tmp: scratch. */
static inline void
inside_make_layer(const struct unit_dir *d)
{
	static const char *const names[] = {
		"sh", "cat", "true", "id", "ls", "mount", "touch", "grep",
		"sleep", "mkdir", "env", "hostname", "unshare", "chmod", "rm",
		"kill", "stat", "ifconfig", "pwd", "tty",
	};

	unit_mkdir(d->fd, "tmp");
	unit_mkdir(d->fd, "trees");
	unit_mkdir(d->fd, "trees/bb");
	unit_mkdir(d->fd, "trees/bb/bin");
	unit_mkdir(d->fd, "trees/bb/etc");
	inside_copy(d->fd, "trees/bb/bin/busybox", BUSYBOX);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		autofree char *name = mem_printf("trees/bb/bin/%s", names[i]);

		unit_symlink(d->fd, name, "busybox");
	}
}

static inline struct rootfs *
inside_open(const struct unit_dir *d, const char *layer)
{
	autofree char *base = mem_printf("%s/trees", d->path);
	autofree char *scratch = mem_printf("%s/tmp", d->path);
	const char *lowers[] = { "bb", layer };
	autoerror err = { 0 };
	struct rootfs *r = NULL;

	assert_ok(rootfs_open(base, lowers, layer ? 2 : 1, scratch, &r, &err),
		&err);
	return r;
}

/* One run of `sh -c script`: what it printed on stdout and stderr. */
struct inside_run {
	struct sandbox_spec spec;
	struct strv argv, env;
	struct buf output;
	struct proc_end end;
};

static inline void
inside_init(struct inside_run *run, struct rootfs *root, const char *script)
{
	*run = (struct inside_run){ 0 };
	run->spec = (struct sandbox_spec){
		.rootfs = root, .argv = &run->argv, .env = &run->env,
		.in_fd = -1, .out_fd = -1, .error_fd = -1,
	};
	strv_add(&run->argv, "sh");
	strv_add(&run->argv, "-c");
	strv_add(&run->argv, script);
	strv_add(&run->env, "PATH=/bin");
	buf_init(&run->output, MiB(1));
}

static inline void
inside_release(struct inside_run *run)
{
	strv_release(&run->argv);
	strv_release(&run->env);
	buf_release(&run->output);
}

static inline int
inside_go(struct inside_run *run, struct error *err)
{
	cleanup(sandbox_free) struct sandbox *s = NULL;
	autoclose int from = -1;
	autoclose int to = -1;
	int fds[2], r;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	from = fds[0];
	to = fds[1];
	run->spec.out_fd = run->spec.error_fd = to;
	r = sandbox_launch(&run->spec, &s, err);
	(void)close(take_fd(&to));
	if (r == 0)
		r = fs_read_fd(from, run->output.max, &run->output, err);
	if (r == 0)
		r = sandbox_wait(s, 30000, &run->end, err);
	return r;
}

/* The script prints exactly this, and succeeds. */
static inline void
inside_expect(struct rootfs *root, const char *script, const char *output)
{
	cleanup_value(inside_release) struct inside_run run;
	autoerror err = { 0 };

	inside_init(&run, root, script);
	assert_ok(inside_go(&run, &err), &err);
	assert_string_equal(buf_text(&run.output), output);
	assert_int_equal(proc_end_status(&run.end), 0);
}

#endif
