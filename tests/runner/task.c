/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/task.h"
#include "util/buf.h"
#include "util/mem.h"

#define V "version: v1.1.0\n"

static struct task *
parsed(const char *text)
{
	struct task *t = NULL;
	autoerror err = { 0 };

	if (task_parse(text, strlen(text), "t", &t, &err) < 0)
		fail_msg("%s", err.text);
	return t;
}

static void
assert_refused(const char *text, const char *message)
{
	struct task *t = NULL;
	autoerror err = { 0 };

	assert_int_equal(
		task_parse(text, strlen(text), "t", &t, &err), -EINVAL);
	assert_null(t);
	assert_string_equal(err.text, message);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

/* One step "cmd: x" with `line` added. */
static void
assert_step_refused(const char *line, const char *message)
{
	autofree char *text = mem_printf(V "steps:\n- cmd: x\n  %s\n", line);
	autofree char *full = mem_printf("t:4:%s", message);

	assert_refused(text, full);
}

static void
kinds_and_defaults(void **state)
{
	cleanup(task_free) struct task *t =
		parsed(V "steps:\n"
			 "- build: -t 'a b' .\n- cmd: bash -c 'x y'\n"
			 "- push: [a, 'a:latest', b@sha256:0, h:5000/c]\n");

	(void)state;
	assert_int_equal(t->step_count, 3);
	assert_int_equal(t->steps[0].kind, STEP_BUILD);
	assert_string_equal(t->steps[0].words.items[1], "a b");
	assert_string_equal(t->steps[0].id, "acb_step_0");
	assert_int_equal(t->steps[0].timeout_ms, 600000);
	assert_int_equal(t->steps[1].kind, STEP_CMD);
	assert_int_equal(
		t->steps[1].script->pipelines->commands->word_count, 3);
	assert_int_equal(t->steps[1].retry_delay_ms, 5000);
	assert_int_equal(t->steps[2].kind, STEP_PUSH);
	assert_int_equal(t->steps[2].push.count, 3);
	assert_string_equal(t->steps[2].push.items[0], "a:latest");
	assert_string_equal(t->steps[2].push.items[1], "b@sha256:0");
	assert_string_equal(t->steps[2].push.items[2], "h:5000/c");
}

static void
every_property(void **state)
{
	cleanup(task_free) struct task *t = parsed(
		"version: 1.1\n"
		"stepTimeout: 20\ntotalTimeout: 1h\nworkingDirectory: sub\n"
		"env: [A=1, 'B=2,3']\nsteps:\n"
		"- id: one\n  cmd: x\n  when: ['-']\n  timeout: 1m30s\n"
		"  startDelay: 2\n  retries: 3\n  retryDelay: 500ms\n"
		"  ignoreErrors: yes\n  entryPoint: /e\n  user: 1000\n"
		"  workingDirectory: other\n  network: none\n"
		"  disableWorkingDirectoryOverride: true\n"
		"  env: [\"A='own one'\", C=]\n  isolation: default\n"
		"  expose: ['80']\n  detach: false\n  keep: false\n"
		"- cmd: y\n  when: one\n- build: .\n  cache: Enabled\n");
	const struct step *s = t->steps;

	(void)state;
	assert_int_equal(t->total_timeout_ms, 3600000);
	assert_int_equal(s->timeout_ms, 90000);
	assert_int_equal(s->start_delay_ms, 2000);
	assert_int_equal(s->retries, 3);
	assert_int_equal(s->retry_delay_ms, 500);
	assert_true(s->ignore_errors);
	assert_true(s->disable_working_directory_override);
	assert_string_equal(s->entry_point, "/e");
	assert_string_equal(s->user, "1000");
	assert_string_equal(s->working_directory, "other");
	assert_string_equal(s->network, "none");
	assert_int_equal(s->env.count, 3);
	assert_string_equal(strv_env_get(&s->env, "A"), "own one");
	assert_string_equal(strv_env_get(&s->env, "B"), "2,3");
	assert_string_equal(strv_env_get(&s->env, "C"), "");
	assert_string_equal(s[1].working_directory, "sub");
	assert_string_equal(s[1].when.items[0], "one");
	assert_int_equal(s[1].timeout_ms, 20000);
	assert_string_equal(s[2].cache, "Enabled");
}

static void
versions(void **state)
{
	cleanup(task_free) struct task *old =
		parsed("version: V1.0.0\nsteps: [{cmd: x}]\n");
	cleanup(task_free) struct task *none = parsed("steps: [{cmd: x}]\n");

	(void)state;
	assert_string_equal(old->version, "v1.0.0");
	assert_string_equal(none->version, "v1.1.0");
	assert_refused("version: v2\nsteps: [{cmd: x}]\n",
		"t:1:10: version 'v2' is unknown: v1.0.0 or v1.1.0");
}

static void
a_task_has_steps(void **state)
{
	(void)state;
	assert_refused("", "t:1:1: no steps");
	assert_refused(V, "t:1:1: no steps");
	assert_refused(V "steps: []\n", "t:2:8: no steps");
	assert_refused(V "steps: {}\n", "t:2:8: 'steps' is a map, not a list");
	assert_refused("- a\n", "t:1:1: a task is a list, not a map");
	assert_refused(V "steps:\n- \n", "t:3:2: a step is nothing, not a map");
}

static void
keys_are_known(void **state)
{
	(void)state;
	assert_refused(V "stpes: []\n",
		"t:2:1: unknown key 'stpes', did you mean 'steps'?");
	assert_step_refused("entrypoint: x",
		"3: unknown key 'entrypoint', did you mean 'entryPoint'?");
	assert_step_refused("registryname: x", "3: unknown key 'registryname'");
	assert_step_refused("cmd: y", "3: key 'cmd' is there twice");
}

static void
one_kind_each(void **state)
{
	(void)state;
	assert_refused(V "steps:\n- id: a\n",
		"t:3:3: step 'a' has none of build, cmd and push");
	assert_refused(V "steps:\n- id: a\n  cmd: ''\n",
		"t:3:3: step 'a' has none of build, cmd and push");
	assert_refused(V "steps:\n- {id: a, cmd: x, push: [y]}\n",
		"t:3:3: step 'a' has more than one of build, cmd and push");
}

static void
ids_are_names(void **state)
{
	(void)state;
	assert_refused(V "steps:\n- {cmd: x, id: 'a b'}\n",
		"t:3:3: id 'a b' has a blank");
	assert_refused(V "steps:\n- {cmd: x, id: acb_root}\n",
		"t:3:3: 'acb_root' is not an id: letters, digits, '_', '.', "
		"'-'");
	assert_refused(V "steps:\n- {cmd: x, id: -a}\n",
		"t:3:3: '-a' is not an id: letters, digits, '_', '.', '-'");
	assert_refused(V "steps:\n- {cmd: x, id: a}\n- {cmd: x, id: a}\n",
		"t:4:3: a step above has the id 'a' too");
}

static void
waits_are_for_steps(void **state)
{
	(void)state;
	assert_refused(V "steps:\n- {cmd: x, id: a, when: [a]}\n",
		"t:3:3: step 'a' waits for itself");
	assert_refused(V "steps:\n- {cmd: x, id: a, when: ['-', b]}\n",
		"t:3:3: step 'a' waits for '-' and for others");
	assert_refused(V "steps:\n- {cmd: x, id: a, when: [b]}\n",
		"t:3:25: step 'a' waits for 'b', which is no step");
}

static void
values_have_kinds(void **state)
{
	(void)state;
	assert_step_refused("timeout: 010",
		"12: 'timeout' is '010', not a time like 90, 90s or 1h30m");
	assert_step_refused("timeout: -1s",
		"12: 'timeout' is '-1s', not a time like 90, 90s or 1h30m");
	assert_step_refused("retries: -1",
		"12: 'retries' is '-1', not a whole number up to 1000000");
	assert_step_refused("retries: 2.9",
		"12: 'retries' is '2.9', not a whole number up to 1000000");
	assert_step_refused("ignoreErrors: maybe",
		"17: 'ignoreErrors' is neither true nor false");
	assert_step_refused("ignoreErrors: 'true'",
		"17: 'ignoreErrors' is neither true nor false");
	assert_step_refused(
		"env: [A]", "8: 'env' has 'A', which is not NAME=VALUE");
	assert_step_refused("env: {A: 1}", "8: 'env' is a map, not a list");
	assert_step_refused("user: [a]", "9: 'user' is a list, not a text");
	assert_step_refused("when: [[a]]", "10: 'when' is a list, not a text");
	assert_step_refused(
		"cache: on", "10: cache is 'enabled' or 'disabled', not 'on'");
	assert_step_refused("isolation: hyperv",
		"14: isolation 'hyperv' is for Windows only");
}

static void
steps_may_say_more(void **state)
{
	cleanup(task_free) struct task *t = parsed(
		V "networks: [{name: mine, isDefault: true, internal: yes}]\n"
		  "volumes:\n- {name: v, secret: {a: aGk=}}\n"
		  "- {name: c, cache: {maxSize: 1g, sharing: locked}}\n"
		  "secrets: [{id: s, from: env:S}]\nsteps:\n"
		  "- cmd: x\n  detach: {failFast: true}\n"
		  "  healthcheck: {cmd: test, interval: 1s}\n"
		  "  ports: 80:80\n  cpus: 1.5\n  memory: 64m\n"
		  "  pull: true\n  cmdDownloadRetries: 3\n  repeat: 2\n"
		  "  retryOnErrors: [a, b]\n  keep: true\n"
		  "  volumeMounts: [{name: v, mountPath: /v}]\n");
	const struct step *s = t->steps;

	(void)state;
	assert_string_equal(s->network, "mine");
	assert_true(s->detach && s->fail_fast && s->keep && s->pull);
	assert_string_equal(s->health.cmd, "test");
	assert_int_equal(s->health.interval_ms, 1000);
	assert_int_equal(s->health.retries, 3);
	assert_string_equal(s->ports.items[0], "80:80");
	assert_string_equal(s->cpus, "1.5");
	assert_int_equal(s->memory_bytes, 64 << 20);
	assert_int_equal(s->download_retries, 3);
	assert_int_equal(s->repeat, 2);
	assert_int_equal(s->retry_on_errors.count, 2);
	assert_string_equal(s->mounts[0].mount_path, "/v");
	assert_int_equal(s->place.line, 8);
	assert_string_equal(t->volumes[0].files[0].content.data, "hi");
	assert_int_equal(t->volumes[0].mode, 0400);
	assert_string_equal(t->volumes[1].cache_id, "c");
	assert_int_equal(t->volumes[1].sharing, TASK_VOLUME_LOCKED);
	assert_string_equal(t->secrets[0].from, "env:S");
}

/* The second list of files must not be written behind the first. */
static void
volumes_have_one_source(void **state)
{
	(void)state;
	assert_refused(V "volumes:\n- name: v\n"
			 "  secret: {a: aGk=, b: aGk=, c: aGk=, d: aGk=}\n"
			 "  secretFrom: {e: s}\nsteps:\n- cmd: x\n",
		"t:3:3: volume 'v' has more than one of secret, secretFrom, "
		"cache, tmpfs, host and empty");
}

static void
words_are_split(void **state)
{
	(void)state;
	assert_refused(
		V "steps:\n- cmd: a & b\n", "t:3:8: cmd: '&' needs a shell");
	assert_refused(V "steps:\n- build: 'a\n",
		"t:4:1: found unexpected end of stream");
}

static void
a_command_is_a_task(void **state)
{
	cleanup(task_free) struct task *t = NULL;
	struct task *none = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(task_from_command("img 'a: b' #c", &t, NULL), 0);
	assert_int_equal(t->step_count, 1);
	assert_int_equal(
		t->steps[0].script->pipelines->commands->word_count, 3);
	assert_true(t->steps[0].disable_working_directory_override);
	assert_int_equal(task_from_command(" ", &none, &err), -EINVAL);
	assert_int_equal(task_from_command("a &&", &none, &err), -EINVAL);
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_null(task_free(NULL));
}

static void
steps_are_limited(void **state)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	struct task *t = NULL;
	autoerror err = { 0 };
	int i;

	(void)state;
	buf_init(&b, MiB(1));
	buf_adds(&b, V "steps:\n");
	for (i = 0; i < 1001; i++)
		buf_adds(&b, "- cmd: x\n");
	assert_int_equal(task_parse(b.data, b.len, "t", &t, &err), -EINVAL);
	assert_string_equal(err.text, "t:1003:3: more than 1000 steps");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_and_defaults),
		cmocka_unit_test(every_property),
		cmocka_unit_test(versions),
		cmocka_unit_test(a_task_has_steps),
		cmocka_unit_test(keys_are_known),
		cmocka_unit_test(one_kind_each),
		cmocka_unit_test(ids_are_names),
		cmocka_unit_test(waits_are_for_steps),
		cmocka_unit_test(values_have_kinds),
		cmocka_unit_test(steps_may_say_more),
		cmocka_unit_test(volumes_have_one_source),
		cmocka_unit_test(words_are_split),
		cmocka_unit_test(a_command_is_a_task),
		cmocka_unit_test(steps_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
