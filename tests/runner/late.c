/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/fulfil.h"
#include "runner/late.h"
#include "runner/template.h"
#include "runner/variables.h"
#include "util/mem.h"

static struct variables *variables;
static struct late *late;

static int
make(void **state)
{
	const struct run_words words = { .id = "r1" };

	(void)state;
	variables = variables_new(&words);
	late = late_new();
	return variables_set(variables, VARIABLES_TEXT, "k=v", NULL);
}

static int
release(void **state)
{
	(void)state;
	variables = variables_free(variables);
	late = late_free(late);
	return 0;
}

static int
render(const char *text, char **ret, struct error *err)
{
	const struct template_data data = { .root = variables_root(variables),
		.late = late };
	cleanup_value(buf_release) struct buf out = { 0 };
	int r;

	buf_init(&out, MiB(1));
	r = template_render(text, strlen(text), "f", &data, &out, err);
	if (r == 0)
		*ret = buf_steal(&out);
	return r;
}

static char *
fulfilled(const char *text, unsigned known)
{
	char *done = NULL;
	autoerror err = { 0 };

	if (fulfil_text(late, text, "f", known, variables_root(variables),
		    &done, &err) < 0)
		fail_msg("%s", err.text);
	return done;
}

static void
actions_wait(void **state)
{
	cleanup_value(strv_release) struct strv outputs = { 0 };
	autofree char *text = NULL;
	autofree char *shown = NULL;
	autofree char *done = NULL;

	(void)state;
	assert_int_equal(
		render("{{.Run.ID}} {{- .Steps.s.Outputs.a | upper }}"
		       "{{range .Run.ID | list}}{{$.Secrets.x}}{{end}}",
			&text, NULL),
		0);
	assert_int_equal(late_of_text(late, text), LATE_STEPS | LATE_SECRETS);
	assert_int_equal(late_of_all(late), LATE_STEPS | LATE_SECRETS);
	shown = late_restore(late, text);
	assert_string_equal(
		shown, "r1{{.Steps.s.Outputs.a | upper}}{{$.Secrets.x}}");
	strv_add(&outputs, "a={{.Run.ID}} 'x'");
	variables_set_step(variables, "s", "Succeeded", 0, &outputs);
	done = fulfilled(text, LATE_STEPS);
	assert_int_equal(late_of_text(late, done), LATE_SECRETS);
	assert_memory_equal(done, "r1{{.RUN.ID}} 'X'", 17);
}

static void
secrets(void **state)
{
	autofree char *text = NULL;
	autofree char *done = NULL;

	(void)state;
	assert_int_equal(render("-p {{.Secrets.s}}", &text, NULL), 0);
	variables_set_secret(variables, "s", "{{hush}}");
	assert_true(strv_has(variables_secrets(variables), "{{hush}}"));
	done = fulfilled(text, LATE_SECRETS);
	assert_string_equal(done, "-p {{hush}}");
}

static void
a_matrix(void **state)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	cleanup_value(strv_release) struct strv values = { 0 };
	autofree char *text = NULL;
	autofree char *done = NULL;

	(void)state;
	assert_int_equal(render("{{printf \"%s-%s\" .Matrix.os .Values.k}}",
				 &text, NULL),
		0);
	strv_add(&names, "os");
	strv_add(&values, "linux");
	variables_set_matrix(variables, &names, &values);
	done = fulfilled(text, LATE_MATRIX);
	assert_string_equal(done, "linux-v");
}

static void
assert_refused(const char *text, const char *message)
{
	autofree char *out = NULL;
	autoerror err = { 0 };

	assert_int_equal(render(text, &out, &err), -EINVAL);
	assert_string_equal(err.text, message);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

static void
mistakes(void **state)
{
	autofree char *text = NULL;
	autofree char *out = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_refused("{{if .Steps.a}}x{{end}}",
		"f:1:6: this is known only later: not for if, range, with");
	assert_refused("{{$x := 1}}{{printf \"%v\" $x .Steps.a}}",
		"f:1:14: this is known only later, without variables of now");
	assert_refused("\xee\x80\x80",
		"f has the character U+E000, which is kept for slipway");
	assert_int_equal(render("{{.Steps.no.Status}}", &text, NULL), 0);
	assert_int_equal(fulfil_text(late, text, "step 'a'", LATE_STEPS,
				 variables_root(variables), &out, &err),
		-EINVAL);
	assert_string_equal(
		err.text, "step 'a':1:3: there is no '.Steps.no.Status'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(actions_wait, make, release),
		cmocka_unit_test_setup_teardown(secrets, make, release),
		cmocka_unit_test_setup_teardown(a_matrix, make, release),
		cmocka_unit_test_setup_teardown(mistakes, make, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
