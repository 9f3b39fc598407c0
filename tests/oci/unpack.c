/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "oci/unpack.h"
#include "tests/lib/bytes.h"
#include "util/owner.h"

#define ENTRIES(...) (const struct tar_entry[]){ __VA_ARGS__, { 0 } }
#define FILE_OF(name, text)                                                    \
	{ .path = (char *)(name), .link = (char *)(text), .mode = 0644,        \
		.size = sizeof(text) - 1 }
#define DIR_OF(name, bits)                                                     \
	{ .kind = TAR_DIR, .path = (char *)(name), .mode = (bits), .mtime = 9 }
#define LINK_OF(name, to)                                                      \
	{ .kind = TAR_SYMLINK, .path = (char *)(name), .link = (char *)(to),   \
		.mode = 0777 }
#define HARD_OF(name, to)                                                      \
	{ .kind = TAR_HARD_LINK, .path = (char *)(name),                       \
		.link = (char *)(to), .mode = 0644 }

/* A tree to unpack into, beside something that must never change. */
struct place {
	struct unit_dir dir;
	int tree;
};

static int
setup(void **state)
{
	struct place *p = mem_alloc(sizeof(*p));

	p->dir = unit_dir_make();
	unit_mkdir(p->dir.fd, "tree");
	unit_mkdir(p->dir.fd, "outside");
	unit_write(p->dir.fd, "outside/secret", "secret");
	p->tree = openat(p->dir.fd, "tree",
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = p;
	return 0;
}

static void
assert_file(int dir, const char *path, const char *text)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	autoerror err = { 0 };

	buf_init(&b, 4096);
	assert_ok(fs_read_file(dir, path, 4096, &b, &err), &err);
	assert_string_equal(buf_text(&b), text);
}

/* Whatever a test did: the neighbours are as they were. */
static int
teardown(void **state)
{
	struct place *p = *state;
	cleanup_value(strv_release) struct strv names = { 0 };
	autoclose int outside = openat(p->dir.fd, "outside",
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	assert_int_equal(fs_list(p->dir.fd, 10, &names, NULL), 0);
	assert_int_equal(names.count, 2);
	strv_release(&names);
	assert_int_equal(fs_list(outside, 10, &names, NULL), 0);
	assert_int_equal(names.count, 1);
	assert_file(p->dir.fd, "outside/secret", "secret");
	assert_int_equal(fstatat(outside, "secret", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(st.st_nlink, 1);
	(void)close(p->tree);
	unit_dir_remove(&p->dir);
	free(p);
	return 0;
}

/* The data of a file stands in its `link`. */
static void
add(struct tar_writer *w, const struct tar_entry *from)
{
	struct tar_entry e = *from;
	const char *data = e.link;
	autoerror err = { 0 };

	if (e.kind == TAR_FILE)
		e.link = NULL;
	if (e.uid == 0)
		e.uid = geteuid();
	if (e.gid == 0)
		e.gid = getegid();
	assert_ok(tar_writer_add(w, &e, &err), &err);
	if (e.kind == TAR_FILE)
		assert_ok(tar_writer_data(w, data, e.size, &err), &err);
}

static void
write_tar(const struct tar_entry *entries, struct buf *ret)
{
	struct bytes_sink sink = bytes_into(ret);
	cleanup(tar_writer_free) struct tar_writer *w =
		tar_writer_new(&sink.sink);

	for (; entries->path; entries++)
		add(w, entries);
	assert_int_equal(tar_writer_end(w, NULL), 0);
}

static int
unpack_with(const struct place *p, const struct unpack_options *options,
	const struct tar_entry *entries, struct error *err)
{
	cleanup_value(buf_release) struct buf tar = { 0 };
	cleanup(source_free) struct source *from = NULL;

	write_tar(entries, &tar);
	from = source_from_memory(tar.data, tar.len);
	return unpack_tar(from, p->tree, options, err);
}

static int
unpack(const struct place *p, enum unpack_form form,
	const struct tar_entry *entries, struct error *err)
{
	struct unpack_options options = { .form = form, .keep_owners = true };

	return unpack_with(p, &options, entries, err);
}

static void
unpack_ok(const struct place *p, enum unpack_form form,
	const struct tar_entry *entries)
{
	autoerror err = { 0 };

	assert_ok(unpack(p, form, entries, &err), &err);
}

static void
refused(const struct place *p, const struct tar_entry *entries,
	const char *text)
{
	static const enum unpack_form forms[] = {
		UNPACK_LAYER, UNPACK_ROOT, UNPACK_ARCHIVE,
	};
	autoerror err = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(forms); i++)
		assert_fails(unpack(p, forms[i], entries, &err), &err, EBADMSG,
			text);
}

static struct stat
stat_of(const struct place *p, const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(p->tree, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st;
}

static void
assert_gone(const struct place *p, const char *name)
{
	assert_int_equal(faccessat(p->tree, name, F_OK, AT_SYMLINK_NOFOLLOW),
		-1);
	assert_int_equal(errno, ENOENT);
}

static bool
is_opaque(const struct place *p, const char *name)
{
	autoclose int fd = openat(p->tree, name, O_RDONLY | O_CLOEXEC);
	char value;

	return fgetxattr(fd, "user.overlay.opaque", &value, 1) == 1 &&
		value == 'y';
}

static bool
is_whiteout(const struct place *p, const char *name)
{
	struct stat st = stat_of(p, name);

	return S_ISCHR(st.st_mode) && st.st_rdev == makedev(0, 0);
}

static void
test_all_kinds(void **state)
{
	struct place *p = *state;
	char link[8] = { 0 };
	struct stat st;

	(void)umask(077);
	unpack_ok(p, UNPACK_LAYER, ENTRIES(
		DIR_OF("", 0711), DIR_OF("d", 01777),
		FILE_OF("d/f", "data"), HARD_OF("d/h", "d/f"),
		LINK_OF("d/l", "/f"),
		{ .kind = TAR_FILE, .path = (char *)"suid", .mode = 06777 },
		{ .kind = TAR_FIFO, .path = (char *)"p", .mode = 0622,
			.mtime = 5 },
		{ .kind = TAR_FILE, .path = (char *)"x/y/z", .mode = 0,
			.mtime = -7, .mtime_ns = 5 }));
	(void)umask(022);
	assert_int_equal(stat_of(p, ".").st_mode & 07777, 0711);
	assert_int_equal(stat_of(p, "d").st_mode & 07777, 01777);
	assert_int_equal(stat_of(p, "d").st_mtime, 9);
	assert_int_equal(stat_of(p, ".").st_mtime, 9);
	assert_file(p->tree, "d/f", "data");
	assert_int_equal(stat_of(p, "d/f").st_ino, stat_of(p, "d/h").st_ino);
	assert_int_equal(stat_of(p, "d/f").st_mode & 07777, 0644);
	assert_int_equal(stat_of(p, "suid").st_mode & 07777, 06777);
	assert_int_equal(readlinkat(p->tree, "d/l", link, 8), 2);
	st = stat_of(p, "p");
	assert_true(S_ISFIFO(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0622);
	assert_int_equal(st.st_mtime, 5);
	st = stat_of(p, "x/y/z");
	assert_int_equal(st.st_mode & 07777, 0);
	assert_int_equal(st.st_mtime, -7);
	assert_int_equal(stat_of(p, "x/y").st_mode & 07777, 0755);
}

static void
test_closed_directories(void **state)
{
	struct place *p = *state;

	/* Filled although their modes forbid it; the last entry counts. */
	unpack_ok(p, UNPACK_LAYER, ENTRIES(DIR_OF("d", 0), DIR_OF("d/e", 0500),
		FILE_OF("d/e/f", "1"), DIR_OF("d/e", 0111)));
	assert_int_equal(stat_of(p, "d").st_mode & 07777, 0);
	assert_int_equal(fchmodat(p->tree, "d", 0700, 0), 0);
	assert_int_equal(stat_of(p, "d/e").st_mode & 07777, 0111);
}

static void
test_attributes(void **state)
{
	struct place *p = *state;
	struct tar_xattr x[] = {
		{ (char *)"user.a", (char *)"v", 1 },
		{ (char *)"user.overlay.opaque", (char *)"y", 1 },
		{ (char *)"user.overlay.redirect", (char *)"/etc", 4 },
	};
	struct tar_entry file = FILE_OF("f", "x");
	struct tar_entry dir = DIR_OF("d", 0555);
	char value[8];

	file.xattrs = dir.xattrs = x;
	file.xattr_count = dir.xattr_count = 3;
	file.mode = 0444;
	unpack_ok(p, UNPACK_LAYER, ENTRIES(file, dir));
	assert_int_equal(stat_of(p, "f").st_mode & 07777, 0444);
	autoclose int f = openat(p->tree, "f", O_RDONLY | O_CLOEXEC);
	autoclose int d = openat(p->tree, "d", O_RDONLY | O_CLOEXEC);
	assert_int_equal(fgetxattr(f, "user.a", value, 8), 1);
	assert_int_equal(fgetxattr(d, "user.a", value, 8), 1);
	/* Marks of overlayfs are ours to make, not a stranger's. */
	assert_int_equal(fgetxattr(d, "user.overlay.opaque", value, 8), -1);
	assert_int_equal(fgetxattr(d, "user.overlay.redirect", value, 8), -1);
}

static void
test_owners(void **state)
{
	struct place *p = *state;
	uint64_t lost = 99;
	struct unpack_options options = { .form = UNPACK_LAYER,
		.keep_owners = true, .ret_lost_owners = &lost };
	struct tar_entry e = FILE_OF("f", "x");
	struct stat st;
	uid_t expected;

	e.uid = 1234;
	e.gid = 4321;
	e.mode = 04755;
	assert_int_equal(unpack_with(p, &options, ENTRIES(e), NULL), 0);
	/* Real root, and root of a range of ids, may; others record it. */
	st = stat_of(p, "f");
	owner_look_at(p->tree, "f", &st);
	assert_true(lost == 0 || lost == 1);
	expected = lost == 0 ? 1234 : geteuid();
	assert_int_equal(st.st_uid, expected);
	assert_int_equal(st.st_mode & 07777, 04755);
	options.keep_owners = false;
	assert_int_equal(unpack_with(p, &options, ENTRIES(e), NULL), 0);
	assert_int_equal(lost, 0);
	assert_int_equal(stat_of(p, "f").st_uid, geteuid());
	options.force_owner = true;
	options.uid = geteuid();
	options.gid = getegid();
	assert_int_equal(unpack_with(p, &options, ENTRIES(e), NULL), 0);
	assert_int_equal(lost, 0);
}

static void
test_later_wins(void **state)
{
	struct place *p = *state;

	unpack_ok(p, UNPACK_LAYER, ENTRIES(FILE_OF("a", "one"),
		FILE_OF("a", "two"),
		FILE_OF("b", "file"), DIR_OF("b", 0755), FILE_OF("b/x", "x"),
		DIR_OF("c", 0700), FILE_OF("c/x", "x"), FILE_OF("c", "file"),
		LINK_OF("d", "a"), FILE_OF("d", "not through the link"),
		FILE_OF("e", "e"), HARD_OF("f", "e"), HARD_OF("f", "e"),
		HARD_OF("e", "e"), HARD_OF("a", "e"),
		DIR_OF("g", 0700), LINK_OF("g", "b")));
	assert_file(p->tree, "a", "e");
	assert_file(p->tree, "b/x", "x");
	assert_file(p->tree, "c", "file");
	assert_file(p->tree, "d", "not through the link");
	assert_int_equal(stat_of(p, "e").st_nlink, 3);
	/* What was asked for "g" when it was a directory is not done to "b". */
	assert_int_equal(stat_of(p, "b").st_mode & 07777, 0755);
}

static void
test_merging(void **state)
{
	struct place *p = *state;

	unit_mkdir(p->tree, "d");
	unit_write(p->tree, "d/old", "old");
	unit_write(p->tree, "d/both", "old");
	unit_symlink(p->tree, "link", "d");
	unpack_ok(p, UNPACK_ARCHIVE, ENTRIES(DIR_OF("", 0123), DIR_OF("d", 0710),
		FILE_OF("d/both", "new"), FILE_OF("link/x", "x")));
	assert_file(p->tree, "d/old", "old");
	assert_file(p->tree, "d/both", "new");
	assert_file(p->tree, "d/x", "x");
	assert_int_equal(stat_of(p, "d").st_mode & 07777, 0710);
	/* An archive says nothing of the directory it is unpacked into. */
	assert_int_equal(stat_of(p, ".").st_mode & 07777, 0755);
}

static void
test_layer_whiteouts(void **state)
{
	struct place *p = *state;

	unpack_ok(p, UNPACK_LAYER, ENTRIES(FILE_OF(".wh.gone", ""),
		DIR_OF("d", 0755), FILE_OF("d/.wh..wh..opq", ""),
		FILE_OF("d/new", "new"), FILE_OF("d/.wh.new", ""),
		FILE_OF(".wh.file", ""), FILE_OF("file", "again"),
		FILE_OF(".wh.dir", ""), DIR_OF("dir", 0755),
		DIR_OF("later", 0755), FILE_OF(".wh.later", ""),
		FILE_OF(".wh..wh.plnk/1.2", "aufs"), FILE_OF(".wh.twice", ""),
		FILE_OF(".wh.twice", "")));
	assert_true(is_whiteout(p, "gone"));
	assert_true(is_whiteout(p, "twice"));
	assert_true(is_opaque(p, "d"));
	assert_file(p->tree, "d/new", "new");
	assert_file(p->tree, "file", "again");
	assert_true(is_opaque(p, "dir"));
	assert_true(is_opaque(p, "later"));
	assert_gone(p, ".wh..wh.plnk");
	unpack_ok(p, UNPACK_LAYER, ENTRIES(FILE_OF(".wh..wh..opq", "")));
	assert_true(is_opaque(p, "."));
}

static void
test_root_whiteouts(void **state)
{
	struct place *p = *state;

	unit_mkdir(p->tree, "d");
	unit_write(p->tree, "d/old", "");
	unit_mkdir(p->tree, "d/sub");
	unit_write(p->tree, "d/sub/old", "");
	unit_mkdir(p->tree, "e");
	unit_write(p->tree, "e/old", "");
	unit_write(p->tree, "f", "old");
	unit_symlink(p->tree, "l", "../outside");
	unpack_ok(p, UNPACK_ROOT, ENTRIES(FILE_OF("d/new", "new"),
		FILE_OF("d/sub/new", "new"), FILE_OF("d/.wh..wh..opq", ""),
		FILE_OF(".wh.e", ""), FILE_OF("f", "new"), FILE_OF(".wh.f", ""),
		FILE_OF(".wh.l", ""), FILE_OF(".wh.never", "")));
	assert_file(p->tree, "d/new", "new");
	assert_file(p->tree, "d/sub/new", "new");
	assert_gone(p, "d/old");
	assert_gone(p, "d/sub/old");
	assert_gone(p, "e");
	assert_file(p->tree, "f", "new");
	assert_gone(p, "l");
	unpack_ok(p, UNPACK_ROOT, ENTRIES(FILE_OF(".wh..wh..opq", "")));
	assert_gone(p, "d");
}

static void
test_bad_whiteouts(void **state)
{
	struct place *p = *state;

	refused(p, ENTRIES(FILE_OF(".wh.", "")), "");
	refused(p, ENTRIES(FILE_OF(".wh..", "")), "");
	refused(p, ENTRIES(FILE_OF("a/.wh...", "")), "");
	refused(p, ENTRIES(FILE_OF(".wh.x/y", "")), "'.wh.'");
	refused(p, ENTRIES(FILE_OF(".wh.../../outside/secret", "")), "");
	assert_int_equal(unpack(p, UNPACK_ARCHIVE,
		ENTRIES(FILE_OF("etc/.wh.passwd", "")), NULL), -EBADMSG);
}

static void
test_ways_out_are_refused(void **state)
{
	struct place *p = *state;

	refused(p, ENTRIES(FILE_OF("../outside/new", "x")),
		"'../outside/new': it leads out");
	refused(p, ENTRIES(FILE_OF("a/../../outside/new", "x")), "leads out");
	refused(p, ENTRIES(DIR_OF("..", 0777)), "leads out");
	refused(p, ENTRIES(HARD_OF("h", "../outside/secret")), "leads out");
	refused(p, ENTRIES(HARD_OF("h", "nowhere")), "not in this tar");
	refused(p, ENTRIES(DIR_OF("d", 0755), HARD_OF("h", "d")), "directory");
	refused(p, ENTRIES(LINK_OF("", "../outside")), "root of the tree");
	refused(p, ENTRIES(FILE_OF("", "x")), "root of the tree");
	refused(p, ENTRIES(FILE_OF("f", "x"), FILE_OF("f/g", "x")),
		"'f' is not a directory");
	refused(p, ENTRIES(LINK_OF("loop", "loop"), FILE_OF("loop/g", "x")),
		"not a directory");
}

/* Links lead where they would lead in the image, never to the host. */
static void
test_links_stay_inside(void **state)
{
	struct place *p = *state;
	char absolute[128], below[140];

	(void)snprintf(absolute, sizeof(absolute), "%s/outside",
		p->dir.path);
	struct tar_entry evil = LINK_OF("evil", absolute);
	struct tar_entry hard = HARD_OF("h", "up/secret");

	unpack_ok(p, UNPACK_LAYER, ENTRIES(
		/* As if the tree were "/": "../outside" is tree/outside. */
		DIR_OF("outside", 0755), FILE_OF("outside/secret", "inside"),
		LINK_OF("up", "../../outside"), FILE_OF("up/new", "new"),
		FILE_OF("up/secret", "changed"), hard));
	assert_file(p->tree, "outside/new", "new");
	assert_file(p->tree, "h", "changed");
	/* The same path, but below the tree; what is missing there is made. */
	unpack_ok(p, UNPACK_LAYER, ENTRIES(evil, FILE_OF("evil/new", "x")));
	(void)snprintf(below, sizeof(below), "%s/new", absolute + 1);
	assert_file(p->tree, below, "x");
	/* Written over, not written through. */
	unpack_ok(p, UNPACK_LAYER, ENTRIES(LINK_OF("s", "../outside/secret"),
		FILE_OF("s", "mine")));
	assert_file(p->tree, "s", "mine");
	/* A hard link to a link is a second link, not its target. */
	unpack_ok(p, UNPACK_LAYER, ENTRIES(LINK_OF("t", "../outside/secret"),
		HARD_OF("u", "t"), DIR_OF("t", 0777)));
	assert_true(S_ISLNK(stat_of(p, "u").st_mode));
	/* Attributes put off until the end meet another inode there. */
	unpack_ok(p, UNPACK_LAYER, ENTRIES(DIR_OF("v", 0777),
		LINK_OF("v", "../outside")));
}

static void
test_devices(void **state)
{
	struct place *p = *state;
	uint64_t lost = 99;
	struct unpack_options options = { .form = UNPACK_LAYER,
		.keep_owners = true, .ret_lost_devices = &lost };
	struct tar_entry null = { .kind = TAR_CHAR, .path = (char *)"null",
		.mode = 0666, .major = 1, .minor = 3 };
	struct tar_entry zero = { .kind = TAR_CHAR, .path = (char *)"zero" };

	assert_int_equal(unpack_with(p, &options, ENTRIES(null, zero), NULL),
		0);
	/* 0/0 would be a whiteout, which a tar says in another way. */
	assert_gone(p, "zero");
	if (lost == 1)
		assert_int_equal(stat_of(p, "null").st_rdev, makedev(1, 3));
	else
		assert_gone(p, "null");
}

static void
test_limits(void **state)
{
	struct place *p = *state;
	struct unpack_options options = { .form = UNPACK_LAYER,
		.limits = tar_default_limits };
	autoerror err = { 0 };

	options.limits.entries = 1;
	assert_fails(unpack_with(p, &options, ENTRIES(FILE_OF("a", ""),
		FILE_OF("b", "")), &err), &err, E2BIG, "members");
	options.limits = tar_default_limits;
	options.limits.total_bytes = 3;
	assert_fails(unpack_with(p, &options, ENTRIES(FILE_OF("a", "12"),
		FILE_OF("b", "12")), &err), &err, EFBIG, "bytes");
	options.limits = tar_default_limits;
	options.limits.path_bytes = 4;
	assert_fails(unpack_with(p, &options, ENTRIES(FILE_OF("abcde", "")),
		&err), &err, EFBIG, "path");
}

static void
test_damage(void **state)
{
	struct place *p = *state;
	struct unpack_options options = { .form = UNPACK_LAYER };
	cleanup_value(buf_release) struct buf tar = { 0 };
	autoerror err = { 0 };
	size_t len;

	write_tar(ENTRIES(FILE_OF("f", "some data"), FILE_OF("g", "x")), &tar);
	for (len = 1; len < 1024; len += 100) {
		cleanup(source_free) struct source *from =
			source_from_memory(tar.data, len);

		assert_fails(unpack_tar(from, p->tree, &options, &err), &err,
			EBADMSG, "middle of a member");
	}
}

int
main(void)
{
#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_all_kinds),
		IN_PLACE(test_closed_directories),
		IN_PLACE(test_attributes),
		IN_PLACE(test_owners),
		IN_PLACE(test_later_wins),
		IN_PLACE(test_merging),
		IN_PLACE(test_layer_whiteouts),
		IN_PLACE(test_root_whiteouts),
		IN_PLACE(test_bad_whiteouts),
		IN_PLACE(test_ways_out_are_refused),
		IN_PLACE(test_links_stay_inside),
		IN_PLACE(test_devices),
		IN_PLACE(test_limits),
		IN_PLACE(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
