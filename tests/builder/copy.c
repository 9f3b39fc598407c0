/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>

#include "builder/copy.h"

static const struct platform amd64 = { "linux", "amd64", "" };

/* One instruction of a stage from scratch, read. */
struct parsed {
	struct dockerfile *file;
	struct state s;
	struct copy c;
};

static void
parsed_release(struct parsed *p)
{
	copy_release(&p->c);
	state_release(&p->s);
	dockerfile_free(p->file);
}

static int
parse(struct parsed *p, const char *line, struct error *err)
{
	autofree char *text = mem_printf("FROM scratch\n%s\n", line);

	assert_ok(dockerfile_parse("Dockerfile", text, strlen(text), NULL,
			  &p->file, err),
		err);
	state_from_nothing(&amd64, '\\', &p->s);
	strv_env_set(&p->s.vars, "V", "value");
	return copy_parse(&p->s, &p->file->stages[0].instrs[0], &p->c, err);
}

static void
words_become_a_copy(void **state)
{
	static const struct {
		const char *line, *dest;
		bool is_dir;
		const char *history;
	} rows[] = {
		{ "COPY a /b", "/b", false, "COPY a /b # buildkit" },
		{ "COPY a b/", "/b", true, "COPY a b/ # buildkit" },
		{ "COPY a .", "/", true, "COPY a . # buildkit" },
		{ "COPY a $V/.", "/value", true, "COPY a value/. # buildkit" },
		{ "COPY --chown=1:2 --chmod=u+x $V c /../d/", "/d", true,
			"COPY --chown=1:2 --chmod=u+x value c /../d/ # buildkit" },
		{ "ADD [\"a b\", \"/c d\"]", "/c d", false,
			"ADD a b /c d # buildkit" },
		{ "COPY <<one /x\nbody\none", "/x", false,
			"COPY <<one /x # buildkit" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		cleanup_value(parsed_release) struct parsed p = { 0 };
		autoerror err = { 0 };
		struct buf text = { 0 };

		assert_ok(parse(&p, rows[n].line, &err), &err);
		assert_string_equal(p.c.dest, rows[n].dest);
		assert_int_equal(p.c.dest_is_dir, rows[n].is_dir);
		buf_init(&text, KiB(4));
		copy_add_history(&p.c, &text);
		assert_text(buf_steal(&text), rows[n].history);
	}
}

static void
what_cannot_be_done_is_refused(void **state)
{
	static const struct {
		const char *line;
		int code;
		const char *message;
	} rows[] = {
		{ "COPY --exclude=[ a b", EINVAL, "--exclude" },
		{ "COPY --exclude=! a b", EINVAL, "illegal exclusion" },
		{ "ADD --checksum=sha256:x a b", EINVAL, "--checksum" },
		{ "ADD --checksum=x http://example.test/x b", EINVAL,
			"--checksum" },
		{ "ADD http://example.test/.. /", EINVAL, "names no file" },
		{ "ADD https://example.test/x.git?a=b /", EINVAL,
			"unexpected query 'a'" },
		{ "ADD git@example.test:x#-x /", EINVAL, "no name of a" },
		{ "ADD --checksum=x git@example.test:x /", EINVAL,
			"no checksum of a commit" },
		{ "COPY git@example.test:x /", EINVAL, "can't be a git" },
		{ "COPY https://example.test/x /", EINVAL, "can't be a git" },
		{ "COPY --chmod=9 a b", EINVAL, "invalid chmod parameter" },
		{ "COPY ${X a b", EINVAL, "" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		cleanup_value(parsed_release) struct parsed p = { 0 };
		autoerror err = { 0 };
		int r = parse(&p, rows[n].line, &err);

		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_fails(r, &err, rows[n].code, rows[n].message);
	}
}

static void
the_key_has_what_decides(void **state)
{
	static const char *const lines[] = { "COPY a /b", "COPY a /b/",
		"COPY a /c", "COPY --chown=1 a /b", "COPY --chmod=1 a /b",
		"COPY --chmod=u+x a /b", "ADD a /b", "COPY <<a /b\nx\na",
		"COPY <<a /b\ny\na" };
	struct digest digests[ARRAY_SIZE(lines)];

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(lines); n++) {
		cleanup_value(parsed_release) struct parsed p = { 0 };
		cleanup_value(key_release) struct key k = { 0 };
		autoerror err = { 0 };

		assert_ok(parse(&p, lines[n], &err), &err);
		copy_add_key(&p.c, &k);
		key_digest(&k, &digests[n]);
		for (size_t other = 0; other < n; other++)
			assert_false(digest_equal(&digests[n],
				&digests[other]));
	}
}

/* Copy by `line` from `from` into the tree `to`. */
static int
perform(const char *line, int from, int to, struct error *err)
{
	cleanup_value(parsed_release) struct parsed p = { 0 };
	cleanup_value(selection_release) struct selection s = { 0 };
	cleanup(target_free) struct target *t = target_to_tree(to);
	const struct copy_root root = { .fd = from, .name = "here" };
	const struct copy_owner owner = { .is_forced = true,
		.uid = getuid(), .gid = getgid() };
	int r;

	r = parse(&p, line, err);
	if (r == 0)
		r = copy_select(&p.c, &root, &s, err);
	if (r == 0)
		r = copy_perform(&p.c, &root, &s, &owner, t, to, err);
	return r < 0 ? r : target_finish(t, err);
}

static bool
is_there(int fd, const char *path)
{
	return faccessat(fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
files_and_directories_go_where_the_rules_say(void **state)
{
	unit_dir_auto from = unit_dir_make();
	unit_dir_auto to = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	unit_write(from.fd, "file", "x");
	unit_mkdir(from.fd, "dir");
	unit_write(from.fd, "dir/inner", "x");
	unit_symlink(from.fd, "link", "file");
	unit_mkdir(to.fd, "there");
	assert_ok(perform("COPY file /new", from.fd, to.fd, &err), &err);
	assert_true(is_there(to.fd, "new"));
	assert_ok(perform("COPY file /there", from.fd, to.fd, &err), &err);
	assert_true(is_there(to.fd, "there/file"));
	assert_ok(perform("COPY link /there/", from.fd, to.fd, &err), &err);
	assert_true(is_there(to.fd, "there/link"));
	assert_ok(perform("COPY file dir /a/b/", from.fd, to.fd, &err), &err);
	assert_true(is_there(to.fd, "a/b/file"));
	assert_true(is_there(to.fd, "a/b/inner"));
	assert_ok(perform("COPY <<EOF <<TWO /h/\nx\nEOF\ny\nTWO", from.fd,
			  to.fd, &err),
		&err);
	assert_true(is_there(to.fd, "h/EOF") && is_there(to.fd, "h/TWO"));
}

/* A tree of x/y/{a.txt,b.md}, x/c.txt and top.txt. */
static void
make_sources(int fd)
{
	static const char *const files[] = { "x/y/a.txt", "x/y/b.md",
		"x/c.txt", "top.txt" };

	unit_mkdir(fd, "x");
	unit_mkdir(fd, "x/y");
	for (size_t n = 0; n < ARRAY_SIZE(files); n++)
		unit_write(fd, files[n], "x");
}

static void
flags_choose_what_comes(void **state)
{
	static const struct {
		const char *line, *there, *not_there;
	} rows[] = {
		{ "COPY --parents x/y/a.txt /d", "d/x/y/a.txt", "d/x/c.txt" },
		{ "COPY --parents ./x/./y/*.txt /d", "d/y/a.txt", "d/y/b.md" },
		{ "COPY --parents ./x/y/./*.txt /d/", "d/a.txt", "d/b.md" },
		{ "COPY --parents **/*.txt /d/", "d/x/y/a.txt", "d/x/y/b.md" },
		{ "COPY --parents x/*/./a.txt /d/", "d/a.txt", "d/x" },
		{ "COPY --parents nothing* t*/./* /d/", "", "d/top.txt" },
		{ "COPY --parents x ./ /d/", "d/x/y/b.md", "d/y" },
		{ "COPY --parents --exclude=**/y x /d/", "d/x/c.txt", "d/x/y" },
		{ "COPY --exclude=y x /d/", "d/c.txt", "d/y" },
		{ "COPY --exclude=* --exclude=!top.txt . /d/", "d/top.txt",
			"d/x" },
		{ "COPY --exclude=*.txt to* x /d/", "d/y", "d/top.txt" },
		{ "COPY --if-exists gone top.txt /d/", "d/top.txt", "d/gone" },
		{ "COPY --if-exists gone /e", "", "e" },
		{ "COPY --parents --if-exists gone x /d/", "d/x/c.txt",
			"d/gone" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		unit_dir_auto from = unit_dir_make();
		unit_dir_auto to = unit_dir_make();
		autoerror err = { 0 };

		make_sources(from.fd);
		assert_ok(perform(rows[n].line, from.fd, to.fd, &err), &err);
		if (*rows[n].there && !is_there(to.fd, rows[n].there))
			fail_msg("%s: no %s", rows[n].line, rows[n].there);
		if (is_there(to.fd, rows[n].not_there))
			fail_msg("%s: %s", rows[n].line, rows[n].not_there);
	}
}

static void
impossible_destinations_are_refused(void **state)
{
	unit_dir_auto from = unit_dir_make();
	unit_dir_auto to = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	unit_write(from.fd, "file", "x");
	unit_mkdir(from.fd, "dir");
	unit_write(to.fd, "taken", "x");
	assert_fails(perform("COPY --parents missing /x", from.fd, to.fd,
			     &err),
		&err, ENOENT, "\"/missing\": not found");
	assert_fails(perform("COPY --parents missing/./x /x", from.fd, to.fd,
			     &err),
		&err, ENOENT, "\"/missing\": not found");
	assert_fails(perform("COPY --parents file/./x /x", from.fd, to.fd,
			     &err),
		&err, ENOTDIR, "'/file' is not a directory");
	assert_fails(perform("COPY file dir /new", from.fd, to.fd, &err), &err,
		EINVAL, "must be a directory and end with a /");
	assert_fails(perform("COPY dir /taken", from.fd, to.fd, &err), &err,
		ENOTDIR, "cannot copy to non-directory");
	assert_fails(perform("COPY file /taken/", from.fd, to.fd, &err), &err,
		ENOTDIR, "cannot copy to non-directory");
	assert_fails(perform("COPY file /taken/x", from.fd, to.fd, &err), &err,
		ENOTDIR, "is not a directory");
	assert_fails(perform("COPY missing /x", from.fd, to.fd, &err), &err,
		ENOENT, "\"/missing\": not found");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_become_a_copy),
		cmocka_unit_test(what_cannot_be_done_is_refused),
		cmocka_unit_test(the_key_has_what_decides),
		cmocka_unit_test(files_and_directories_go_where_the_rules_say),
		cmocka_unit_test(flags_choose_what_comes),
		cmocka_unit_test(impossible_destinations_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
