/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/action.h"
#include "runner/shell.h"
#include "runner/step.h"
#include "util/mem.h"

static const char *tag;
static const struct option_spec options[] = {
	{ 't', "tag", "REF", "a tag", OPT_STRING, &tag },
	{ 0 },
};

/* The commands of the only step in `text`, joined by blanks and "; ". */
static int
commands(const char *text, char **ret, char **ret_cwd, struct error *err)
{
	cleanup_value(strv_release) struct strv global = { 0 };
	cleanup_value(strv_release) struct strv joined = { 0 };
	cleanup_value(step_commands_release) struct step_commands c = { 0 };
	cleanup(task_free) struct task *t = NULL;
	const struct step_context context = { .program = "/bin/x",
		.global = &global, .workspace = "/ws", .workspace_fd = 5,
		.build_options = options };
	autofree char *full =
		mem_printf("version: v1.1.0\nsteps:\n- %s\n", text);
	size_t i;
	int r;

	strv_add(&global, "-G");
	assert_int_equal(task_parse(full, strlen(full), "t", &t, NULL), 0);
	r = step_commands(&t->steps[0], &context, &c, err);
	if (r < 0)
		return r;
	assert_string_equal(c.program, "/bin/x");
	assert_int_equal(c.workspace_fd, 5);
	for (i = 0; i < c.count; i++)
		strv_take(&joined, strv_join(&c.argvs[i], " "));
	*ret = strv_join(&joined, "; ");
	*ret_cwd = mem_strdup(c.cwd);
	return 0;
}

static void
assert_commands(const char *text, const char *wanted, const char *wanted_cwd)
{
	autofree char *line = NULL;
	autofree char *cwd = NULL;
	autoerror err = { 0 };

	if (commands(text, &line, &cwd, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(line, wanted);
	assert_string_equal(cwd, wanted_cwd);
	assert_null(tag);
}

static void
assert_refused(const char *text, const char *message)
{
	autofree char *line = NULL;
	autofree char *cwd = NULL;
	autoerror err = { 0 };

	assert_int_equal(commands(text, &line, &cwd, &err), -EINVAL);
	assert_string_equal(err.text, message);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

static void
builds(void **state)
{
	(void)state;
	assert_commands(
		"build: -t a:1 sub", "slipway -G build -t a:1 sub", ".");
	assert_commands(
		"build: --tag=a:1", "slipway -G build --tag=a:1 .", ".");
	assert_commands("{build: ., workingDirectory: a/../b}",
		"slipway -G build .", "./b");
	assert_commands("build: https://h/r.git#main",
		"slipway -G build https://h/r.git#main", ".");
	assert_refused("build: --tga x .",
		"step 'acb_step_0': build: unknown "
		"option '--tga', did you mean '--tag'?");
	assert_refused("build: ../other",
		"step 'acb_step_0': '../other' leaves the workspace");
	assert_refused("build: /etc",
		"step 'acb_step_0': '/etc' leaves the workspace");
	assert_refused("{build: ., workingDirectory: ../x}",
		"step 'acb_step_0': '../x' leaves the workspace");
}

static void
build_environment(void **state)
{
	cleanup_value(step_commands_release) struct step_commands c = { 0 };
	cleanup(task_free) struct task *t = NULL;
	const char *text =
		"version: v1.1.0\nsteps:\n- {build: ., env: [A=1]}\n";
	const struct strv none = { 0 };
	const struct step_context context = { .program = "x",
		.global = &none, .workspace = "/ws", .workspace_fd = 5,
		.build_options = options };

	(void)state;
	assert_int_equal(task_parse(text, strlen(text), "t", &t, NULL), 0);
	assert_int_equal(step_commands(t->steps, &context, &c, NULL), 0);
	assert_string_equal(strv_env_get(&c.env, "A"), "1");
	assert_non_null(strv_env_get(&c.env, "PATH"));
}

/* The `slipway run` of the first command of a cmd step. */
static void
assert_container(const char *text, const char *wanted)
{
	cleanup_value(strv_release) struct strv global = { 0 };
	cleanup_value(strv_release) struct strv argv = { 0 };
	cleanup_value(strv_release) struct strv words = { 0 };
	cleanup_value(flags_release) struct flags f = { 0 };
	cleanup(task_free) struct task *t = NULL;
	const struct step_context context = { .program = "/bin/x",
		.global = &global, .workspace = "/ws", .workspace_fd = 5 };
	const struct shell_place place = { &global, "/workspace", 5, "." };
	struct action s = { NULL, &context, &place };
	autofree char *full =
		mem_printf("version: v1.1.0\nsteps:\n- %s\n", text);
	autofree char *line = NULL;
	autoerror err = { 0 };

	assert_int_equal(task_parse(full, strlen(full), "t", &t, NULL), 0);
	s.step = t->steps;
	assert_int_equal(shell_split(t->steps->cmd, &words, NULL), 0);
	assert_int_equal(flags_parse(&words, 0, &f, NULL), 0);
	if (action_container_argv(&s, &f, true, &argv, &err) < 0)
		strv_add(&argv, err.text);
	line = strv_join(&argv, " ");
	assert_string_equal(line, wanted);
}

#define RUN "slipway run --mount type=bind,\"source=/ws\",\"target=/workspace\""

static void
containers(void **state)
{
	(void)state;
	assert_container("cmd: img a b", RUN " --workdir /workspace img a b");
	assert_container("{cmd: -t -m 1g img, workingDirectory: sub, user: u, "
			 "entryPoint: /e, network: host, env: [A=1]}",
		RUN " --workdir /workspace/sub --user u --entrypoint /e "
		"--memory=1g img");
	assert_container("{cmd: img, disableWorkingDirectoryOverride: true}",
		RUN " img");
	assert_container("{cmd: img, workingDirectory: /opt}",
		RUN " --workdir /opt img");
	assert_container("cmd: -v ./a,b:/x:ro img",
		RUN " --workdir /workspace --mount type=bind,\"source=/ws\","
		"\"bind-subpath=a,b\",\"target=/x\",readonly img");
	assert_container("cmd: -v a:/x:z,ro -v b:/y:rw img",
		RUN " --workdir /workspace --mount type=bind,\"source=/ws\","
		"\"bind-subpath=a\",\"target=/x\",readonly --mount type=bind,"
		"\"source=/ws\",\"bind-subpath=b\",\"target=/y\" img");
	assert_container("cmd: -v a:/x:rO img",
		RUN " --workdir /workspace volume 'a:/x:rO': "
		"the mode is not ro, rw, z or Z");
	assert_container("cmd: -v ../a:/x img",
		RUN " --workdir /workspace volume '../a:/x': "
		"not in the workspace");
}

static void
pushes(void **state)
{
	(void)state;
	assert_commands("push: [a, 'b:1']",
		"slipway -G push a:latest; slipway -G push b:1", ".");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(builds),
		cmocka_unit_test(build_environment),
		cmocka_unit_test(containers),
		cmocka_unit_test(pushes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
