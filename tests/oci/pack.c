/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include "oci/digest.h"
#include "oci/pack.h"
#include "oci/xattr.h"
#include "tests/lib/bytes.h"

static const struct pack_options no_clamp = { .clamp_mtime = INT64_MAX };

static int
setup(void **state)
{
	struct unit_dir *d = mem_alloc(sizeof(*d));

	*d = unit_dir_make();
	*state = d;
	return 0;
}

static int
teardown(void **state)
{
	unit_dir_remove(*state);
	free(*state);
	return 0;
}

static void
put(int dir, const char *name, const char *text, mode_t mode)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	(void)close(fd);
}

static void
set_mark(int dir, const char *name, const char *mark, const char *value)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(fsetxattr(fd, mark, value, strlen(value), 0), 0);
	(void)close(fd);
}

static int
pack(int fd, const struct pack_options *options, struct buf *ret,
	struct error *err)
{
	struct bytes_sink sink = bytes_into(ret);

	return pack_tree(fd, options, &sink.sink, err);
}

/* "d a/b", "f c 5", "l x -> y", a line each, as the tar has them. */
static char *
list(const struct buf *tar)
{
	static const char kinds[] = {
		[TAR_FILE] = 'f', [TAR_HARD_LINK] = 'h', [TAR_SYMLINK] = 'l',
		[TAR_CHAR] = 'c', [TAR_BLOCK] = 'b', [TAR_DIR] = 'd',
		[TAR_FIFO] = 'p',
	};
	cleanup(source_free) struct source *from =
		source_from_memory(tar->data, tar->len);
	cleanup(tar_reader_free) struct tar_reader *r =
		tar_reader_new(from, NULL);
	struct buf text;
	int got;

	buf_init(&text, MiB(1));
	for (;;) {
		cleanup_value(tar_entry_release) struct tar_entry e = { 0 };

		got = tar_reader_next(r, &e, NULL);
		assert_true(got >= 0);
		if (got == 0)
			return buf_steal(&text);
		buf_addf(&text, "%c %s", kinds[e.kind], e.path);
		if (e.link)
			buf_addf(&text, " -> %s", e.link);
		if (e.kind == TAR_FILE && e.size > 0)
			buf_addf(&text, " %llu", (unsigned long long)e.size);
		buf_addc(&text, '\n');
	}
}

static void
assert_listed(int fd, const char *want)
{
	cleanup_value(buf_release) struct buf tar = { 0 };
	autofree char *text = NULL;

	assert_int_equal(pack(fd, &no_clamp, &tar, NULL), 0);
	text = list(&tar);
	assert_string_equal(text, want);
}

static void
test_empty(void **state)
{
	cleanup_value(buf_release) struct buf tar = { 0 };
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	assert_int_equal(pack(((struct unit_dir *)*state)->fd, &no_clamp, &tar,
		NULL), 0);
	digest_of(tar.data, tar.len, &d);
	assert_string_equal(digest_format_hex(&d, hex),
		"5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");
}

static void
test_order(void **state)
{
	int fd = ((struct unit_dir *)*state)->fd;

	/* Made in another order than they come out. */
	assert_int_equal(mkdirat(fd, "b", 0755), 0);
	assert_int_equal(mkdirat(fd, "b/z", 0755), 0);
	put(fd, "b/z/deep", "x", 0644);
	put(fd, "b.txt", "12345", 0644);
	put(fd, "b/a", "", 0600);
	put(fd, "\303\244", "", 0600);
	put(fd, "B", "", 0600);
	assert_int_equal(symlinkat("../no where", fd, "a"), 0);
	assert_int_equal(mkfifoat(fd, "c", 0600), 0);
	assert_listed(fd, "f B\nl a -> ../no where\nd b\nf b/a\nd b/z\n"
		"f b/z/deep 1\nf b.txt 5\np c\nf \303\244\n");
}

static void
test_hard_links(void **state)
{
	int fd = ((struct unit_dir *)*state)->fd;

	put(fd, "z", "data", 0644);
	assert_int_equal(mkdirat(fd, "d", 0755), 0);
	assert_int_equal(linkat(fd, "z", fd, "d/first", 0), 0);
	assert_int_equal(linkat(fd, "z", fd, "e", 0), 0);
	assert_int_equal(symlinkat("t", fd, "l1"), 0);
	assert_int_equal(linkat(fd, "l1", fd, "l2", 0), 0);
	assert_listed(fd, "d d\nf d/first 4\nh e -> d/first\nl l1 -> t\n"
		"h l2 -> l1\nh z -> d/first\n");
}

static void
test_whiteouts(void **state)
{
	int fd = ((struct unit_dir *)*state)->fd;

	assert_int_equal(mkdirat(fd, "d", 0755), 0);
	set_mark(fd, "d", "user.overlay.opaque", "y");
	put(fd, "d/a", "", 0644);
	put(fd, "-first", "", 0644);
	assert_int_equal(mknodat(fd, "gone", S_IFCHR, makedev(0, 0)), 0);
	assert_int_equal(mknodat(fd, "away", S_IFCHR, makedev(0, 0)), 0);
	assert_listed(fd, "f .wh.away\nf .wh.gone\nf -first\nd d\n"
		"f d/.wh..wh..opq\nf d/a\n");
	set_mark(fd, ".", "user.overlay.opaque", "y");
	assert_listed(fd, "f .wh..wh..opq\nf .wh.away\nf .wh.gone\n"
		"f -first\nd d\nf d/.wh..wh..opq\nf d/a\n");
}

static void
test_whiteouts_by_attribute(void **state)
{
	int fd = ((struct unit_dir *)*state)->fd;

	put(fd, "gone", "", 0644);
	set_mark(fd, "gone", "user.overlay.whiteout", "");
	put(fd, "here", "", 0644);
	/* It counts only where the directory says so. */
	assert_listed(fd, "f gone\nf here\n");
	set_mark(fd, ".", "user.overlay.opaque", "x");
	assert_listed(fd, "f .wh.gone\nf here\n");
}

static void
test_reserved_name(void **state)
{
	int fd = ((struct unit_dir *)*state)->fd;
	cleanup_value(buf_release) struct buf tar = { 0 };
	autoerror err = { 0 };

	assert_int_equal(mkdirat(fd, "d", 0755), 0);
	put(fd, "d/.wh.x", "", 0644);
	assert_int_equal(pack(fd, &no_clamp, &tar, &err), -EINVAL);
	assert_non_null(strstr(err.text, "'d/.wh.x'"));
}

static void
test_too_long(void **state)
{
	int fd = ((struct unit_dir *)*state)->fd, at = dup(fd), next, i;
	cleanup_value(buf_release) struct buf tar = { 0 };
	char name[201];

	memset(name, 'n', 200);
	name[200] = '\0';
	for (i = 0; i < 21; i++) {
		assert_int_equal(mkdirat(at, name, 0755), 0);
		next = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		(void)close(at);
		at = next;
	}
	(void)close(at);
	assert_int_equal(pack(fd, &no_clamp, &tar, NULL), -ENAMETOOLONG);
}

/* More levels than descriptors. */
static void
test_deep(void **state)
{
	int fd = ((struct unit_dir *)*state)->fd, at = dup(fd), next, i;
	cleanup_value(buf_release) struct buf tar = { 0 };

	for (i = 0; i < 2000; i++) {
		assert_int_equal(mkdirat(at, "d", 0755), 0);
		next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		(void)close(at);
		at = next;
	}
	(void)close(at);
	assert_int_equal(pack(fd, &no_clamp, &tar, NULL), 0);
	put(fd, "e", "", 0644);
	assert_int_equal(pack(fd, &no_clamp, &tar, NULL), 0);
}

static void
test_sockets_are_left_out(void **state)
{
	struct unit_dir *p = *state;
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	autoclose int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s/sock", p->path);
	assert_int_equal(bind(s, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_listed(p->fd, "");
}

static void
test_attributes(void **state)
{
	int fd = ((struct unit_dir *)*state)->fd;
	cleanup_value(tar_entry_release) struct tar_entry e = { 0 };
	cleanup_value(buf_release) struct buf tar = { 0 };
	cleanup(source_free) struct source *from = NULL;
	cleanup(tar_reader_free) struct tar_reader *r = NULL;
	struct timespec times[2] = { { 5, 5 }, { 77, 999999999 } };

	put(fd, "f", "x", 02751);
	set_mark(fd, "f", "user.b", "2");
	set_mark(fd, "f", "user.a", "1");
	set_mark(fd, "f", "user.overlay.origin", "no");
	set_mark(fd, "f", "user.slipway", "no");
	assert_int_equal(utimensat(fd, "f", times, 0), 0);
	assert_int_equal(pack(fd, &no_clamp, &tar, NULL), 0);
	from = source_from_memory(tar.data, tar.len);
	r = tar_reader_new(from, NULL);
	assert_int_equal(tar_reader_next(r, &e, NULL), 1);
	assert_int_equal(e.mode, 02751);
	assert_int_equal(e.uid, geteuid());
	assert_int_equal(e.mtime, 77);
	assert_int_equal(e.mtime_ns, 0);
	assert_int_equal(e.xattr_count, 2);
	assert_string_equal(e.xattrs[0].name, "user.a");
	assert_string_equal(e.xattrs[1].name, "user.b");
}

static void
test_clamp(void **state)
{
	int fd = ((struct unit_dir *)*state)->fd;
	struct pack_options clamp = { .clamp_mtime = 100 };
	cleanup_value(buf_release) struct buf one = { 0 };
	cleanup_value(buf_release) struct buf other = { 0 };
	struct timespec early[2] = { { 5, 0 }, { 50, 0 } };
	struct stat st;

	assert_int_equal(mkdirat(fd, "d", 0755), 0);
	put(fd, "d/new", "", 0644);
	put(fd, "d/old", "", 0644);
	assert_int_equal(symlinkat("x", fd, "d/link"), 0);
	assert_int_equal(utimensat(fd, "d/old", early, 0), 0);
	assert_int_equal(pack(fd, &clamp, &one, NULL), 0);
	assert_int_equal(fstatat(fd, "d/new", &st, 0), 0);
	assert_true(st.st_mtime > 100);

	clamp.change_tree = true;
	assert_int_equal(pack(fd, &clamp, &other, NULL), 0);
	assert_int_equal(one.len, other.len);
	assert_memory_equal(one.data, other.data, one.len);
	buf_release(&other);
	assert_int_equal(pack(fd, &no_clamp, &other, NULL), 0);
	assert_memory_equal(one.data, other.data, one.len);
	assert_int_equal(fstatat(fd, "d/old", &st, 0), 0);
	assert_int_equal(st.st_mtime, 50);
}

static int
refuse(struct sink *s, const void *data, size_t len, struct error *err)
{
	(void)s;
	(void)data;
	(void)len;
	return error_set(err, ENOSPC, "full");
}

static void
test_failing_sink(void **state)
{
	struct sink full = { .write = refuse };

	assert_int_equal(pack_tree(((struct unit_dir *)*state)->fd, &no_clamp,
		&full, NULL), -ENOSPC);
	assert_int_equal(pack_tree(-1, &no_clamp, &full, NULL), -EBADF);
}

static void
test_what_travels(void **state)
{
	(void)state;
	assert_true(xattr_travels("user.x"));
	assert_true(xattr_travels("security.capability"));
	assert_true(xattr_travels("system.posix_acl_default"));
	assert_false(xattr_travels("user.overlay.opaque"));
	assert_false(xattr_travels("user.slipway.owner"));
	assert_false(xattr_travels("trusted.overlay.opaque"));
	assert_false(xattr_travels("security.selinux"));
}

int
main(void)
{
#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_empty),
		IN_PLACE(test_order),
		IN_PLACE(test_hard_links),
		IN_PLACE(test_whiteouts),
		IN_PLACE(test_whiteouts_by_attribute),
		IN_PLACE(test_reserved_name),
		IN_PLACE(test_too_long),
		IN_PLACE(test_deep),
		IN_PLACE(test_sockets_are_left_out),
		IN_PLACE(test_attributes),
		IN_PLACE(test_clamp),
		IN_PLACE(test_failing_sink),
		cmocka_unit_test(test_what_travels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
