/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/crew.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/proc.h"

struct place {
	char *path;
	int fd;
	struct crew *crew;
};

static int
set_up(void **state)
{
	static struct place p;

	p.path = mem_printf("%s/crew.XXXXXX",
		getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(p.path));
	p.fd = open(p.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(crew_open(p.fd, p.path, &p.crew, NULL), 0);
	*state = &p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	p->crew = crew_free(p->crew, 1000);
	(void)close(p->fd);
	(void)fs_remove_tree(AT_FDCWD, p->path, NULL);
	free(p->path);
	return 0;
}

/* A child that behaves as `slipway run` of a container does. */
static void
start(const char *record, int *ret_fd, struct proc *ret)
{
	int fds[2], dir, lock;
	char byte;

	assert_int_equal(pipe(fds), 0);
	if (proc_fork(ret, NULL) == 0) {
		(void)close(fds[1]);
		if (crew_sign_on(record, &dir, &lock, NULL) < 0 ||
			crew_report_start(dir, getpid(), -1, NULL) < 0)
			_exit(1);
		(void)!read(fds[0], &byte, 1);
		_exit(crew_report_end(dir, lock, 7, NULL) < 0);
	}
	(void)close(fds[0]);
	*ret_fd = fds[1];
}

static void
until_it_runs(struct crew *c, const char *name)
{
	bool runs = false;

	while (!runs) {
		cleanup_value(crew_member_release) struct crew_member m = { 0 };

		assert_int_equal(crew_find(c, name, &m, NULL), 0);
		runs = m.running && m.init;
	}
}

static void
lives(void **state)
{
	struct place *p = *state;
	cleanup_value(crew_member_release) struct crew_member m = { 0 };
	autofree char *record = NULL;
	autofree char *none = NULL;
	autoerror err = { 0 };
	autoproc child = { 0 };
	int fd, status;

	assert_int_equal(
		crew_enlist(p->crew, "one", "img:1", &record, NULL), 0);
	start(record, &fd, &child);
	until_it_runs(p->crew, "one");
	assert_int_equal(crew_enlist(p->crew, "one", "x", &none, &err),
		-EEXIST);
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_int_equal(crew_find(p->crew, "one", &m, NULL), 0);
	assert_string_equal(m.image, "img:1");
	assert_int_equal(m.keeper, child.pid);
	assert_int_equal(crew_wait(&m, 1, &status, NULL), -ETIMEDOUT);
	(void)close(fd);
	assert_int_equal(crew_wait(&m, -1, &status, NULL), 0);
	assert_int_equal(status, 7);
	assert_int_equal(crew_remove(p->crew, "one", NULL), 0);
	error_release(&err);
	assert_int_equal(crew_remove(p->crew, "one", &err), -ENOENT);
	assert_string_equal(err.text, "there is no container 'one' here");
}

/* One that is killed has no status of its own. */
static void
is_killed(void **state)
{
	struct place *p = *state;
	cleanup_value(strv_release) struct strv hosts = { 0 };
	cleanup_value(strv_release) struct strv names = { 0 };
	cleanup_value(crew_member_release) struct crew_member m = { 0 };
	autofree char *record = NULL;
	autoproc child = { 0 };
	int fd, status;

	assert_int_equal(crew_enlist(p->crew, "b", "i", &record, NULL), 0);
	assert_int_equal(crew_set_address(record, "10.0.0.1", NULL), 0);
	start(record, &fd, &child);
	until_it_runs(p->crew, "b");
	crew_hosts(p->crew, &hosts);
	assert_string_equal(hosts.items[0], "b:10.0.0.1");
	assert_int_equal(crew_names(p->crew, &names, NULL), 0);
	assert_int_equal(names.count, 1);
	assert_int_equal(crew_find(p->crew, "b", &m, NULL), 0);
	proc_kill(&child, SIGKILL);
	assert_int_equal(crew_wait(&m, 10000, &status, NULL), 0);
	assert_int_equal(status, 137);
	(void)close(fd);
}

static void
names_and_numbers(void **state)
{
	struct place *p = *state;
	autofree char *path = NULL;
	unsigned n;
	int fd;

	autofree char *of = crew_name_of("t[os=a/b,l=1]");

	assert_string_equal(of, "t-os-a-b-l-1-");
	assert_true(crew_is_name("a_B.c-1"));
	assert_false(crew_is_name(""));
	assert_false(crew_is_name(".."));
	assert_false(crew_is_name("-a"));
	assert_false(crew_is_name("a/b"));
	assert_int_equal(
		crew_enlist(p->crew, "../x", "i", &path, NULL), -EINVAL);
	assert_int_equal(crew_number(p->crew, &n, NULL), 0);
	assert_int_equal(n, 0);
	assert_int_equal(crew_number(p->crew, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(crew_open_log(p->crew, "a", O_RDONLY, &fd, NULL),
		-ENOENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lives),
		cmocka_unit_test(is_killed),
		cmocka_unit_test(names_and_numbers),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
