/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "runner/container.h"

static const struct strv none;

static struct digest
write_text(struct store *s, const char *text)
{
	struct digest d = { 0 };
	autoerror err = { 0 };

	assert_ok(store_write_blob(s, text, strlen(text), &d, &err), &err);
	return d;
}

/* An image without layers; `settings` is what its config says. */
static struct image *
load(const char *path, const char *settings)
{
	cleanup(store_free) struct store *s = NULL;
	autofree char *config = mem_printf(
		"{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":%s,"
		"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}", settings);
	autofree char *manifest = NULL;
	char text[DIGEST_TEXT_SIZE];
	struct image *i = NULL;
	autoerror err = { 0 };
	struct digest d;

	assert_ok(store_open(path, &s, &err), &err);
	d = write_text(s, config);
	manifest = mem_printf("{\"schemaVersion\":2,\"config\":{\"mediaType\":"
		"\"" MEDIA_OCI_CONFIG "\",\"digest\":\"%s\",\"size\":%zu},"
		"\"layers\":[]}", digest_format(&d, text), strlen(config));
	d = write_text(s, manifest);
	assert_ok(image_load(s, &d, NULL, &i, &err), &err);
	return i;
}

#define FULL                                                                   \
	"{\"Entrypoint\":[\"/entry\"],\"Cmd\":[\"a\",\"b\"],"                  \
	"\"Env\":[\"PATH=/p\",\"A=1\"],\"User\":\"5:6\",\"WorkingDir\":"       \
	"\"/work\"}"

static struct container_options
options(void)
{
	return (struct container_options){
		.args = &none, .env = &none, .env_files = &none,
	};
}

static void
make(const char *settings, const struct container_options *o,
	struct container *ret)
{
	unit_dir_auto store = unit_dir_make();
	unit_dir_auto root = unit_dir_make();
	cleanup(image_free) struct image *i = load(store.path, settings);
	autoerror err = { 0 };

	assert_ok(container_make(i, o, root.fd, ret, &err), &err);
}

static void
assert_words(const struct strv *v, const char *words)
{
	assert_text(strv_join(v, " "), words);
}

static void
the_image_decides(void **state)
{
	cleanup_value(container_release) struct container c = { 0 };
	struct container_options o = options();

	(void)state;
	make(FULL, &o, &c);
	assert_words(&c.argv, "/entry a b");
	assert_string_equal(c.cwd, "/work");
	assert_int_equal(c.user.uid, 5);
	assert_int_equal(c.user.gid, 6);
	assert_string_equal(strv_env_get(&c.env, "PATH"), "/p");
	assert_string_equal(strv_env_get(&c.env, "A"), "1");
	assert_non_null(strv_env_get(&c.env, "HOME"));
	assert_null(strv_env_get(&c.env, "TERM"));
}

static void
the_command_line_wins(void **state)
{
	cleanup_value(container_release) struct container c = { 0 };
	cleanup_value(strv_release) struct strv args = { 0 };
	cleanup_value(strv_release) struct strv env = { 0 };
	struct container_options o = options();

	(void)state;
	strv_add(&args, "x");
	strv_add(&env, "A=2");
	strv_add(&env, "HOME=/h");
	o.args = &args;
	o.env = &env;
	o.user = "7:8";
	o.cwd = "sub";
	o.tty = true;
	make(FULL, &o, &c);
	assert_words(&c.argv, "/entry x");
	assert_string_equal(c.cwd, "/work/sub");
	assert_int_equal(c.user.uid, 7);
	assert_string_equal(strv_env_get(&c.env, "A"), "2");
	assert_string_equal(strv_env_get(&c.env, "HOME"), "/h");
	assert_string_equal(strv_env_get(&c.env, "TERM"), "xterm");
}

/* An entrypoint of one's own goes without the image's arguments. */
static void
an_entrypoint_of_ones_own(void **state)
{
	cleanup_value(container_release) struct container own = { 0 };
	cleanup_value(container_release) struct container gone = { 0 };
	cleanup_value(strv_release) struct strv args = { 0 };
	struct container_options o = options();

	(void)state;
	o.entrypoint = "/own";
	make(FULL, &o, &own);
	assert_words(&own.argv, "/own");
	strv_add(&args, "sh");
	o.args = &args;
	o.entrypoint = "";
	make(FULL, &o, &gone);
	assert_words(&gone.argv, "sh");
}

static void
variables_of_files_and_ours(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autofree char *path = mem_printf("%s/file", d.path);
	cleanup_value(container_release) struct container c = { 0 };
	cleanup_value(strv_release) struct strv files = { 0 };
	cleanup_value(strv_release) struct strv env = { 0 };
	struct container_options o = options();

	(void)state;
	unit_write(d.fd, "file", "# no\n\nA=file\n  B=with blanks \nOURS\n");
	assert_int_equal(setenv("OURS", "here", 1), 0);
	assert_int_equal(unsetenv("ABSENT"), 0);
	strv_add(&files, path);
	strv_add(&env, "ABSENT");
	o.env_files = &files;
	o.env = &env;
	make("{\"Cmd\":[\"c\"],\"Env\":[\"A=1\",\"ABSENT=1\"]}", &o, &c);
	assert_string_equal(strv_env_get(&c.env, "A"), "file");
	assert_string_equal(strv_env_get(&c.env, "B"), "with blanks ");
	assert_string_equal(strv_env_get(&c.env, "OURS"), "here");
	assert_null(strv_env_get(&c.env, "ABSENT"));
	assert_non_null(strstr(strv_env_get(&c.env, "PATH"), "/usr/bin"));
	assert_string_equal(c.cwd, "/");
}

static void
fails(const struct container_options *o, const char *settings,
	enum error_kind kind, const char *text)
{
	unit_dir_auto store = unit_dir_make();
	unit_dir_auto root = unit_dir_make();
	cleanup(image_free) struct image *i = load(store.path, settings);
	cleanup_value(container_release) struct container c = { 0 };
	autoerror err = { 0 };

	assert_true(container_make(i, o, root.fd, &c, &err) < 0);
	assert_int_equal(err.kind, kind);
	assert_non_null(strstr(err.text, text));
	assert_null(c.cwd);
}

static void
mistakes(void **state)
{
	cleanup_value(strv_release) struct strv files = { 0 };
	cleanup_value(strv_release) struct strv env = { 0 };
	struct container_options o = options();

	(void)state;
	fails(&o, "{}", ERROR_REQUEST, "no command");
	o.user = "nobody-here";
	fails(&o, FULL, ERROR_REQUEST, "nobody-here");
	o = options();
	strv_add(&env, "=x");
	o.env = &env;
	fails(&o, FULL, ERROR_REQUEST, "'=x' is not NAME[=VALUE]");
	o = options();
	strv_add(&files, "/no/such/file");
	o.env_files = &files;
	fails(&o, FULL, ERROR_LOCAL, "/no/such/file");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_image_decides),
		cmocka_unit_test(the_command_line_wins),
		cmocka_unit_test(an_entrypoint_of_ones_own),
		cmocka_unit_test(variables_of_files_and_ours),
		cmocka_unit_test(mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
