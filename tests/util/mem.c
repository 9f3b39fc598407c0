/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

const char *__asan_default_options(void);

/* ASan, if it is there, would else end the program in its own way. */
const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void
nothing_is_not_null(void **state)
{
	autofree void *a = mem_alloc(0), *z = mem_zalloc(0);
	autofree void *n = mem_array(0, 8), *r = mem_resize(NULL, 0, 8);

	(void)state;
	assert_non_null(a);
	assert_non_null(z);
	assert_non_null(n);
	assert_non_null(r);
}

static void
arrays_are_zeroed(void **state)
{
	autofree unsigned *n = mem_array(100, sizeof(*n));

	(void)state;
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(n[i], 0);
}

static void
copies_are_equal(void **state)
{
	autofree char *dup = mem_dup("abc", 4);
	autofree char *grown = mem_resize(mem_strdup("ab"), 100, 1);

	(void)state;
	assert_string_equal(dup, "abc");
	assert_string_equal(grown, "ab");
	assert_null(mem_strdup(NULL));
	assert_null(mem_strndup(NULL, 3));
	assert_text(mem_strdup("abc"), "abc");
	assert_text(mem_strndup("abc", 2), "ab");
	assert_text(mem_strndup("abc", 9), "abc");
	assert_text(mem_printf("%d-%s", 7, "x"), "7-x");
}

static int
overflowing_array(void)
{
	return mem_array(SIZE_MAX / 2, 3) != NULL;
}

static int
overflowing_resize(void)
{
	return mem_resize(NULL, SIZE_MAX / 2, 3) != NULL;
}

static int
huge_alloc(void)
{
	return mem_alloc(SIZE_MAX / 4) != NULL;
}

/* The child says "out of memory" and ends by SIGABRT. */
static void
assert_aborts(int (*allocate)(void))
{
	const struct rlimit no_core = { 0, 0 };
	char said[4096] = "";
	size_t len = 0;
	ssize_t n;
	int status, fds[2];
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &no_core);
		(void)signal(SIGABRT, SIG_DFL);
		(void)dup2(fds[1], 2);
		_exit(allocate());
	}
	(void)close(fds[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	while ((n = read(fds[0], said + len, sizeof(said) - 1 - len)) > 0)
		len += (size_t)n;
	assert_non_null(strstr(said, "slipway: out of memory\n"));
	(void)close(fds[0]);
}

static void
no_memory_aborts(void **state)
{
	(void)state;
	assert_aborts(overflowing_array);
	assert_aborts(overflowing_resize);
	assert_aborts(huge_alloc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_not_null),
		cmocka_unit_test(arrays_are_zeroed),
		cmocka_unit_test(copies_are_equal),
		cmocka_unit_test(no_memory_aborts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
