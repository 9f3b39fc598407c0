/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>
#include <sys/xattr.h>

#include "builder/content.h"
#include "builder/context.h"
#include "builder/walk.h"
#include "util/buf.h"

/* A context with everything that matters in it. */
static struct unit_dir
make_tree(void)
{
	struct unit_dir d = unit_dir_make();

	unit_write(d.fd, "a.txt", "a");
	unit_write(d.fd, "b.txt", "b");
	unit_mkdir(d.fd, "dir");
	unit_write(d.fd, "dir/c.txt", "c");
	unit_write(d.fd, "dir/d.log", "d");
	unit_mkdir(d.fd, "dir/sub");
	unit_write(d.fd, "dir/sub/e.txt", "e");
	unit_mkdir(d.fd, "dir/zzz");
	unit_mkdir(d.fd, "dir2");
	unit_write(d.fd, "dir2/f.txt", "f");
	unit_symlink(d.fd, "link", "dir");
	unit_symlink(d.fd, "filelink", "/dir/../dir/c.txt");
	unit_symlink(d.fd, "out", "../../../../etc/passwd");
	unit_symlink(d.fd, "loop", "loop");
	unit_symlink(d.fd, "dangling", "nowhere");
	unit_symlink(d.fd, "dir/inner", "c.txt");
	return d;
}

static void
remove_tree(struct unit_dir *d)
{
	unit_dir_remove(d);
}

#define autotree cleanup_value(remove_tree) struct unit_dir

static struct ignore *
patterns(const char *text)
{
	autoerror err = { 0 };
	struct ignore *i = NULL;

	assert_ok(ignore_parse(".dockerignore", text, strlen(text), &i, &err),
		&err);
	return i;
}

/* The walk as "path path/ path@ ...", directories and links marked. */
static char *
walked(int root_fd, const char *start, const char *ignored,
	const char *excluded)
{
	cleanup(ignore_free) struct ignore *ignore = patterns(ignored);
	cleanup(ignore_free) struct ignore *exclude = patterns(excluded);
	struct walk_filter filter = { .ignore = ignore, .exclude = exclude };
	cleanup(walk_free) struct walk *w = NULL;
	cleanup_value(buf_release) struct buf text = { 0 };
	autoerror err = { 0 };
	struct walk_entry e;
	struct stat st;
	int r;

	buf_init(&text, KiB(64));
	assert_ok(walk_open(root_fd, start, &filter, &w, &err), &err);
	while ((r = walk_next(w, &e, &err)) > 0) {
		buf_addf(&text, "%s%s%s", text.len ? " " : "", e.path,
			S_ISDIR(e.stat.st_mode)		? "/" :
				S_ISLNK(e.stat.st_mode) ? "@" :
							  "");
		assert_int_equal(fstatat(e.dir_fd, e.name, &st,
					 AT_SYMLINK_NOFOLLOW),
			0);
		assert_int_equal(st.st_ino, e.stat.st_ino);
		assert_int_equal(S_ISDIR(st.st_mode), e.fd >= 0);
		if (e.root_path[0] == '\0')
			continue;
		assert_int_equal(fstatat(root_fd, e.root_path, &st,
					 AT_SYMLINK_NOFOLLOW),
			0);
		assert_int_equal(st.st_ino, e.stat.st_ino);
	}
	assert_ok(r, &err);
	return buf_steal(&text);
}

static void
walks_come_in_order(void **state)
{
	autotree d = make_tree();

	(void)state;
	assert_text(walked(d.fd, "", "", ""),
		"/ a.txt b.txt dangling@ dir/ dir/c.txt dir/d.log dir/inner@ dir/sub/ dir/sub/e.txt dir/zzz/ dir2/ dir2/f.txt filelink@ link@ loop@ out@");
	assert_text(walked(d.fd, "dir", "", ""),
		"/ c.txt d.log inner@ sub/ sub/e.txt zzz/");
	assert_text(walked(d.fd, "dir/sub", "", ""), "/ e.txt");
}

static void
walks_leave_out(void **state)
{
	autotree d = make_tree();

	(void)state;
	assert_text(walked(d.fd, ".", "*\n!dir2", ""), "/ dir2/ dir2/f.txt");
	assert_text(walked(d.fd, "", "*\n!**/e.txt", ""),
		"/ dir/ dir/sub/ dir/sub/e.txt");
	assert_text(walked(d.fd, "dir", "dir\n!dir/sub/e.txt", ""),
		"/ sub/ sub/e.txt");
	assert_text(walked(d.fd, "dir", "dir/sub/*\n*.log", ""),
		"/ c.txt d.log inner@ sub/ zzz/");
	assert_text(walked(d.fd, "dir", "", "sub\n*.log"),
		"/ c.txt inner@ zzz/");
	assert_text(walked(d.fd, "dir", "dir/zzz", "*\n!sub/*.txt"),
		"/ sub/ sub/e.txt");
	assert_text(walked(d.fd, "", "**", ""), "/");
}

/* What no exception can bring back is not opened: here it could not be. */
static void
ignored_directories_stay_shut(void **state)
{
	autotree d = make_tree();
	cleanup(ignore_free) struct ignore *ignore =
		patterns("dir\n!dir2/x\n");
	struct walk_filter filter = { .ignore = ignore };
	cleanup(walk_free) struct walk *w = NULL;
	struct stat before, after;
	struct walk_entry e;
	struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1000000000 } };
	autoerror err = { 0 };

	(void)state;
	/* An access time older than the modification changes when read. */
	assert_int_equal(utimensat(d.fd, "dir", old, 0), 0);
	assert_int_equal(fstatat(d.fd, "dir", &before, 0), 0);
	assert_ok(walk_open(d.fd, "", &filter, &w, &err), &err);
	while (walk_next(w, &e, &err) > 0)
		assert_int_not_equal(strncmp(e.path, "dir/", 4), 0);
	assert_int_equal(fstatat(d.fd, "dir", &after, 0), 0);
	assert_int_equal(before.st_atim.tv_sec, after.st_atim.tv_sec);
}

static void
walks_have_a_floor(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(walk_free) struct walk *w = NULL;
	struct walk_entry e;
	autoerror err = { 0 };
	int fd = dup(d.fd), next, r;

	(void)state;
	for (int i = 0; i < WALK_DEPTH_MAX; i++) {
		unit_mkdir(fd, "d");
		next = openat(fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		(void)close(fd);
		fd = next;
	}
	(void)close(fd);
	assert_ok(walk_open(d.fd, "", NULL, &w, &err), &err);
	while ((r = walk_next(w, &e, &err)) > 0)
		;
	assert_fails(r, &err, E2BIG, "is deeper than 400 directories");
	assert_fails(walk_open(d.fd, "nope", NULL, &w, &err), &err, ENOENT,
		"nope");
}

/* What the sources lead to, as "path=name/" and so on. */
static char *
selected(int root_fd, const char *ignored, const char *source,
	struct error *err)
{
	cleanup(ignore_free) struct ignore *ignore = patterns(ignored);
	struct copy_root root = { .fd = root_fd, .name = "context '.'",
		.ignore = ignore, .ignore_file = ".dockerignore" };
	cleanup_value(selection_release) struct selection s = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };

	buf_init(&text, KiB(64));
	if (selection_add(&s, &root, source, err) < 0)
		return NULL;
	for (size_t i = 0; i < s.count; i++)
		buf_addf(&text, "%s%s=%s%s%s", i ? " " : "", s.items[i].path,
			s.items[i].name, S_ISDIR(s.items[i].kind) ? "/" : "",
			s.items[i].is_wildcard ? "*" : "");
	return buf_steal(&text);
}

static void
check_selected(int fd, const char *ignored, const char *source,
	const char *expected)
{
	autoerror err = { 0 };
	char *got = selected(fd, ignored, source, &err);

	if (!got)
		print_error("'%s': %s\n", source, err.text);
	assert_non_null(got);
	assert_text(got, expected);
}

static void
sources_are_found(void **state)
{
	autotree d = make_tree();

	(void)state;
	check_selected(d.fd, "", "a.txt", "a.txt=a.txt");
	check_selected(d.fd, "", "/a.txt/", "a.txt=a.txt");
	check_selected(d.fd, "", "../../a.txt", "a.txt=a.txt");
	check_selected(d.fd, "", ".", ".=./");
	check_selected(d.fd, "", "/", ".=./");
	check_selected(d.fd, "", "dir/sub/..", "dir=dir/");
	check_selected(d.fd, "", "link", "dir=link/");
	check_selected(d.fd, "", "link/inner", "dir/c.txt=inner");
	check_selected(d.fd, "", "filelink", "dir/c.txt=filelink");
}

static void
wildcards_match(void **state)
{
	autotree d = make_tree();

	(void)state;
	check_selected(d.fd, "", "*.txt", "a.txt=a.txt* b.txt=b.txt*");
	check_selected(d.fd, "", "[^a].txt", "b.txt=b.txt*");
	check_selected(d.fd, "", "dir?", "dir2=dir2/*");
	check_selected(d.fd, "", "link/*.txt", "dir/c.txt=c.txt*");
	check_selected(d.fd, "", "*/*.txt",
		"dir/c.txt=c.txt* dir2/f.txt=f.txt*");
	check_selected(d.fd, "", "**/*.txt",
		"dir/c.txt=c.txt* dir2/f.txt=f.txt*");
	check_selected(d.fd, "", "*/sub/*", "dir/sub/e.txt=e.txt*");
	check_selected(d.fd, "", "filel*", "dir/c.txt=filelink*");
	check_selected(d.fd, "", "missing*", "");
	check_selected(d.fd, "", "no/such/*", "");
	check_selected(d.fd, "", "a.txt/*", "");
	check_selected(d.fd, "a*\ndir", "*.txt", "b.txt=b.txt*");
	check_selected(d.fd, "dir", "*/*.txt", "dir2/f.txt=f.txt*");
	check_selected(d.fd, "dir\n!dir/sub", "di[r]", "dir=dir/*");
}

static void
check_missing(int fd, const char *ignored, const char *source,
	const char *message, int code)
{
	autoerror err = { 0 };

	assert_null(selected(fd, ignored, source, &err));
	assert_fails(-err.code, &err, code, message);
}

static void
missing_sources_are_named(void **state)
{
	autotree d = make_tree();

	(void)state;
	check_missing(d.fd, "", "nope", "\"/nope\": not found in context '.'",
		ENOENT);
	check_missing(d.fd, "", "a.txt/x", "\"/a.txt/x\": not found", ENOENT);
	check_missing(d.fd, "a.txt", "a.txt",
		"\"/a.txt\": not found in context '.': it is left out by '.dockerignore'",
		ENOENT);
	check_missing(d.fd, "dir", "dir", "left out by", ENOENT);
	check_missing(d.fd, "dir\n!dir/nothing", "dir", "left out by", ENOENT);
	check_missing(d.fd, "link", "link/c.txt", "left out by", ENOENT);
	check_missing(d.fd, "dir", "link", "left out by", ENOENT);
	check_missing(d.fd, "", "dangling", "\"/dangling\": not found",
		ENOENT);
	/* The links lead out of the context, where nothing is. */
	check_missing(d.fd, "", "out", "\"/out\": not found", ENOENT);
	check_missing(d.fd, "", "loop", "more than 40 links", ELOOP);
	check_missing(d.fd, "", "a[", "syntax error in pattern 'a['", EINVAL);
}

static void
digest_of_sources(const struct copy_root *root, const char *source,
	const char *excluded, struct digest *ret)
{
	cleanup_value(selection_release) struct selection s = { 0 };
	cleanup(ignore_free) struct ignore *exclude = patterns(excluded);
	autoerror err = { 0 };

	assert_ok(selection_add(&s, root, source, &err), &err);
	assert_ok(content_digest(root, &s, exclude, ret, &err), &err);
}

/* Does what was done change the digest? */
static void
check_changed(const struct copy_root *root, const char *source,
	struct digest *last, bool changed)
{
	struct digest now;

	digest_of_sources(root, source, "", &now);
	assert_int_equal(!digest_equal(&now, last), changed);
	*last = now;
}

static void
digests_know_what_is_copied(void **state)
{
	autotree d = make_tree();
	struct copy_root root = { .fd = d.fd, .name = "context '.'" };
	struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	struct digest last;

	(void)state;
	digest_of_sources(&root, "dir", "", &last);
	check_changed(&root, "dir", &last, false);
	assert_int_equal(utimensat(d.fd, "dir/c.txt", times, 0), 0);
	check_changed(&root, "dir", &last, false);
	unit_write(d.fd, "a.txt", "elsewhere");
	check_changed(&root, "dir", &last, false);
	unit_write(d.fd, "dir/c.txt", "C");
	check_changed(&root, "dir", &last, true);
	assert_int_equal(fchmodat(d.fd, "dir/c.txt", 0755, 0), 0);
	check_changed(&root, "dir", &last, true);
	assert_int_equal(renameat(d.fd, "dir/c.txt", d.fd, "dir/c2.txt"), 0);
	check_changed(&root, "dir", &last, true);
	assert_int_equal(unlinkat(d.fd, "dir/inner", 0), 0);
	unit_symlink(d.fd, "dir/inner", "other");
	check_changed(&root, "dir", &last, true);
	unit_mkdir(d.fd, "dir/new");
	check_changed(&root, "dir", &last, true);
	assert_int_equal(mknodat(d.fd, "dir/fifo", S_IFIFO | 0600, 0), 0);
	check_changed(&root, "dir", &last, true);
	/* A directory's own name is nowhere in what is copied. */
	assert_int_equal(renameat(d.fd, "dir", d.fd, "renamed"), 0);
	check_changed(&root, "renamed", &last, false);
}

static void
digests_know_file_names(void **state)
{
	autotree d = make_tree();
	struct copy_root root = { .fd = d.fd, .name = "context '.'" };
	struct digest one, other;

	(void)state;
	unit_write(d.fd, "dir/same.txt", "a");
	unit_write(d.fd, "dir2/same.txt", "a");
	digest_of_sources(&root, "dir/same.txt", "", &one);
	digest_of_sources(&root, "dir2/same.txt", "", &other);
	assert_true(digest_equal(&one, &other));
	digest_of_sources(&root, "a.txt", "", &other);
	assert_false(digest_equal(&one, &other));
}

static void
digests_know_exclusions(void **state)
{
	autotree d = make_tree();
	struct copy_root root = { .fd = d.fd, .name = "context '.'" };
	struct digest whole, part, again;

	(void)state;
	digest_of_sources(&root, "dir", "", &whole);
	digest_of_sources(&root, "dir", "*.log", &part);
	assert_false(digest_equal(&whole, &part));
	assert_int_equal(unlinkat(d.fd, "dir/d.log", 0), 0);
	digest_of_sources(&root, "dir", "", &again);
	assert_true(digest_equal(&part, &again));
	digest_of_sources(&root, "*.txt", "a*", &part);
	digest_of_sources(&root, "b*.txt", "", &again);
	/* A file that is excluded is still a source that was named. */
	assert_false(digest_equal(&part, &again));
}

static void
digests_know_owners_when_they_count(void **state)
{
	autotree d = make_tree();
	struct copy_root root = { .fd = d.fd, .name = "stage 'x'",
		.keep_owners = true };
	struct digest last;

	(void)state;
	if (fchownat(d.fd, "a.txt", 4711, 4712, 0) < 0)
		skip();
	digest_of_sources(&root, "a.txt", "", &last);
	assert_int_equal(fchownat(d.fd, "a.txt", 4711, 4713, 0), 0);
	check_changed(&root, "a.txt", &last, true);
	root.keep_owners = false;
	check_changed(&root, "a.txt", &last, true);
	assert_int_equal(fchownat(d.fd, "a.txt", 0, 0, 0), 0);
	check_changed(&root, "a.txt", &last, false);
}

static void
digests_know_attributes(void **state)
{
	autotree d = make_tree();
	autofree char *file = mem_printf("%s/dir/c.txt", d.path);
	autofree char *sub = mem_printf("%s/dir/sub", d.path);
	struct copy_root root = { .fd = d.fd, .name = "context '.'" };
	struct digest last;

	(void)state;
	digest_of_sources(&root, "dir", "", &last);
	if (setxattr(file, "user.test", "1", 1, 0) < 0)
		skip();
	check_changed(&root, "dir", &last, true);
	assert_int_equal(setxattr(file, "user.test", "2", 1, 0), 0);
	check_changed(&root, "dir", &last, true);
	assert_int_equal(setxattr(sub, "user.test", "2", 1, 0), 0);
	check_changed(&root, "dir", &last, true);
	assert_int_equal(setxattr(file, "user.overlay.x", "2", 1, 0), 0);
	check_changed(&root, "dir", &last, false);
}

static void
unreadable_files_are_named(void **state)
{
	autotree d = make_tree();
	struct copy_root root = { .fd = d.fd, .name = "context '.'" };
	cleanup_value(selection_release) struct selection s = { 0 };
	struct digest digest;
	autoerror err = { 0 };

	(void)state;
	assert_ok(selection_add(&s, &root, "a.txt", &err), &err);
	assert_int_equal(unlinkat(d.fd, "a.txt", 0), 0);
	assert_fails(content_digest(&root, &s, NULL, &digest, &err), &err,
		ENOENT, "context '.': cannot look at 'a.txt'");
}

static bool
ignores(const struct context *c, const char *path)
{
	struct copy_root root;

	context_root(c, &root);
	return ignore_matches(root.ignore, path);
}

static void
ignore_files_are_found(void **state)
{
	autotree d = make_tree();
	autofree char *web = mem_printf("%s/dir/web.Dockerfile", d.path);
	autofree char *other = mem_printf("%s/Dockerfile", d.path);
	cleanup(context_free) struct context *c = NULL;
	struct copy_root root;
	autoerror err = { 0 };

	(void)state;
	assert_ok(context_open_dir(d.path, &c, &err), &err);
	assert_string_equal(context_name(c), d.path);
	assert_ok(context_find_ignore(c, other, false, &err), &err);
	assert_false(ignores(c, "x"));
	unit_write(d.fd, ".dockerignore", "x\n");
	unit_write(d.fd, "dir/web.Dockerfile.dockerignore", "y\n");
	assert_ok(context_find_ignore(c, NULL, false, &err), &err);
	assert_true(ignores(c, "x"));
	assert_ok(context_find_ignore(c, web, false, &err), &err);
	assert_true(ignores(c, "y"));
	assert_false(ignores(c, "x"));
	assert_ok(context_find_ignore(c, other, false, &err), &err);
	assert_true(ignores(c, "x"));
	context_root(c, &root);
	assert_string_equal(root.ignore_file, ".dockerignore");
	assert_int_equal(root.fd, context_root_fd(c));
	assert_false(root.keep_owners);

	unit_write(d.fd, ".dockerignore", "ok\n[\n");
	assert_fails(context_find_ignore(c, other, false, &err), &err, EINVAL,
		".dockerignore:2: syntax error in pattern '['");
	unit_write(d.fd, "mine", "z\n");
	assert_fails(context_read_ignore(c, "/nonexistent/ignore", &err), &err,
		ENOENT, "cannot open ignore file '/nonexistent/ignore'");
}

/* An ignore file that is a link is read inside the context or not at all. */
static void
ignore_files_stay_inside(void **state)
{
	autotree d = make_tree();
	cleanup(context_free) struct context *c = NULL;
	autoerror err = { 0 };

	(void)state;
	unit_symlink(d.fd, ".dockerignore", "/etc/passwd");
	assert_ok(context_open_dir(d.path, &c, &err), &err);
	assert_ok(context_find_ignore(c, NULL, false, &err), &err);
	assert_false(ignores(c, "a"));
}

static void
contexts_must_be_directories(void **state)
{
	autotree d = make_tree();
	autofree char *file = mem_printf("%s/a.txt", d.path);
	struct context *c = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(context_open_dir("/nonexistent", &c, &err), -ENOENT);
	assert_int_equal(err.kind, ERROR_LOCAL);
	assert_fails(-ENOENT, &err, ENOENT,
		"cannot open context '/nonexistent'");
	assert_fails(context_open_dir(file, &c, &err), &err, ENOTDIR,
		"cannot open context");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_come_in_order),
		cmocka_unit_test(walks_leave_out),
		cmocka_unit_test(ignored_directories_stay_shut),
		cmocka_unit_test(walks_have_a_floor),
		cmocka_unit_test(sources_are_found),
		cmocka_unit_test(wildcards_match),
		cmocka_unit_test(missing_sources_are_named),
		cmocka_unit_test(digests_know_what_is_copied),
		cmocka_unit_test(digests_know_file_names),
		cmocka_unit_test(digests_know_exclusions),
		cmocka_unit_test(digests_know_owners_when_they_count),
		cmocka_unit_test(digests_know_attributes),
		cmocka_unit_test(unreadable_files_are_named),
		cmocka_unit_test(ignore_files_are_found),
		cmocka_unit_test(ignore_files_stay_inside),
		cmocka_unit_test(contexts_must_be_directories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
