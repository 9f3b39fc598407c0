/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/git-url.h"

static void
what_is_a_repository(void **state)
{
	static const struct {
		const char *text;
		bool source, context;
	} rows[] = {
		{ "https://h/a.git", true, true },
		{ "https://h/a.git#main:d", true, true },
		{ "https://h/a.git?ref=b", true, true },
		{ "http://h/a.GIT", true, true },
		{ "https://h/a", false, false },
		{ "https://h/a.git/x", false, false },
		{ "https://h/x?a.git", false, false },
		{ "git+https://h/a", true, true },
		{ "git://h/a", true, true },
		{ "ssh://git@h/a", true, true },
		{ "git@h:a", true, true },
		{ "some.one@h.example:a/b", true, true },
		{ "a/b@h:c", false, false },
		{ "git@h", false, false },
		{ "git@h:", false, false },
		{ "github.com/a/b", false, true },
		{ "file:///x/a.git", false, true },
		{ "file:///x/a.tar", false, false },
		{ "https://dev.azure.com/o/p/_git/r", true, true },
		{ "https://u@dev.azure.com/o/p/_git/r#b:d", true, true },
		{ "https://o.visualstudio.com/p/_git/r", true, true },
		{ "https://evil-dev.azure.com/o/_git/r", false, false },
		{ "http://dev.azure.com/o/p/_git/r", false, false },
		{ "dir", false, false },
		{ "", false, false },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		if (git_url_is(rows[n].text) != rows[n].source ||
			git_url_is_context(rows[n].text) != rows[n].context)
			fail_msg("%s", rows[n].text);
	}
}

static void
assert_part(const char *text, const char *have, const char *want)
{
	if ((have && want) ? strcmp(have, want) != 0 : have != want)
		fail_msg("%s: '%s', not '%s'", text, have ? have : "-",
			want ? want : "-");
}

static void
its_parts(void **state)
{
	static const struct {
		const char *text, *remote, *ref, *subdir, *checksum, *user,
			*password;
	} rows[] = {
		{ "https://h/a.git", "https://h/a.git", 0, 0, 0, 0, 0 },
		{ "https://h/a.git#r:d/e", "https://h/a.git", "r", "d/e", 0, 0,
			0 },
		{ "https://h/a.git#:d", "https://h/a.git", 0, "d", 0, 0, 0 },
		{ "https://h/a.git#r:", "https://h/a.git", "r", 0, 0, 0, 0 },
		{ "https://h/a.git#", "https://h/a.git", 0, 0, 0, 0, 0 },
		{ "https://h/a.git#a%2Fb", "https://h/a.git", "a/b", 0, 0, 0,
			0 },
		{ "https://u:p%40@h:8/a.git", "https://h:8/a.git", 0, 0, 0, "u",
			"p@" },
		{ "https://tok@h/a.git", "https://h/a.git", 0, 0, 0, "dummy",
			"tok" },
		{ "https://h/a.git?tag=v1&commit=abcd", "https://h/a.git",
			"refs/tags/v1", 0, "abcd", 0, 0 },
		{ "https://h/a.git?checksum=abcd", "https://h/a.git", "abcd", 0,
			"abcd", 0, 0 },
		{ "https://h/a.git?branch=refs/heads/b&subdir=x",
			"https://h/a.git", "refs/heads/b", "x", 0, 0, 0 },
		{ "git@h:a/b.git#r%:d", "git@h:a/b.git", "r%", "d", 0, 0, 0 },
		{ "ssh://h/a", "ssh://git@h/a", 0, 0, 0, 0, 0 },
		{ "ssh://me@h:22/a", "ssh://me@h:22/a", 0, 0, 0, 0, 0 },
		{ "github.com/a/b#r", "https://github.com/a/b", "r", 0, 0, 0,
			0 },
		{ "git+http://h/a", "http://h/a", 0, 0, 0, 0, 0 },
		{ "file:///x/a.git#v", "file:///x/a.git", "v", 0, 0, 0, 0 },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		cleanup_value(git_url_release) struct git_url u = { 0 };
		const char *t = rows[n].text;
		autoerror err = { 0 };

		assert_ok(git_url_parse(t, &u, &err), &err);
		assert_part(t, u.remote, rows[n].remote);
		assert_part(t, u.ref, rows[n].ref);
		assert_part(t, u.subdir, rows[n].subdir);
		assert_part(t, u.checksum, rows[n].checksum);
		assert_part(t, u.user, rows[n].user);
		assert_part(t, u.password, rows[n].password);
		assert_null(strstr(u.name, "tok"));
	}
}

static void
choices(void **state)
{
	cleanup_value(git_url_release) struct git_url u = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(git_url_parse(
		"https://h/a.git?submodules=0&keep-git-dir", &u, &err), &err);
	assert_int_equal(u.submodules, GIT_NO);
	assert_int_equal(u.keep_dir, GIT_YES);
}

static void
what_is_refused(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "https:///a.git", "no host" },
		{ "https://h", "no host or no path" },
		{ "https://u@/a.git", "no host" },
		{ "file://host/a.git", "no host" },
		{ "ssh://u:p@h/a", "a password" },
		{ "ssh://-x/a", "begins with '-'" },
		{ "ssh://h/a.git#-", "no name of a branch" },
		{ "ssh://u@-x/a", "begins with '-'" },
		{ "git@-x:a", "begins with '-'" },
		{ "git@h:-a", "begins with '-'" },
		{ "https://h/a b.git", "blanks" },
		{ "https://h/a%0Ab.git", "blanks" },
		{ "https://a:b%0ahost=evil@h/x.git", "blanks" },
		{ "https://h/a.git#a~1", "no name of a branch" },
		{ "https://h/a.git#@{1}", "no name of a branch" },
		{ "https://h/a.git#a//b", "no name of a branch" },
		{ "https://h/a.git#r:a%01", "control characters" },
		{ "https://h/a.git?checksum=abc", "no checksum" },
		{ "https://h/a.git?ref=x&tag=y", "tag conflicts" },
		{ "nothing", "a form" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		struct git_url u = { 0 };
		autoerror err = { 0 };
		int r = git_url_parse(rows[n].text, &u, &err);

		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_fails(r, &err, EINVAL, rows[n].message);
		assert_null(u.remote);
	}
}

static void
a_submodule_goes_on_from_its_parent(void **state)
{
	static const struct {
		const char *text, *base, *remote;
	} rows[] = {
		{ "../b.git", "https://h/o/a.git", "https://h/o/b.git" },
		{ "../../b", "https://h/o/a.git/", "https://h/b" },
		{ "./b", "https://h/o/a", "https://h/o/a/b" },
		{ "../b", "git@h:o/a", "git@h:o/b" },
		{ "../b", "git@h:a", "git@h:b" },
		{ "https://x/y", "git@h:a", "https://x/y" },
		{ "../../../b", "https://h/a", NULL },
		{ "../../b", "git@h:a", NULL },
		{ "/etc", "https://h/a", NULL },
		{ "ext::sh", "https://h/a", NULL },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		cleanup_value(git_url_release) struct git_url u = { 0 };
		autoerror err = { 0 };
		int r = git_url_parse_remote(
			rows[n].text, rows[n].base, &u, &err);

		if ((r < 0) != !rows[n].remote)
			fail_msg("%s: %s", rows[n].text, err.text);
		assert_part(rows[n].text, u.remote, rows[n].remote);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_a_repository),
		cmocka_unit_test(its_parts),
		cmocka_unit_test(choices),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(a_submodule_goes_on_from_its_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
