/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/mman.h>

#include "oci/tar.h"
#include "oci/tar-block.h"
#include "tests/lib/bytes.h"

/* The bytes of an archive of one member with `data`. */
static void
write_one(const struct tar_entry *e, const char *data, struct buf *ret)
{
	struct bytes_sink sink = bytes_into(ret);
	cleanup(tar_writer_free) struct tar_writer *w =
		tar_writer_new(&sink.sink);

	assert_int_equal(tar_writer_add(w, e, NULL), 0);
	assert_int_equal(tar_writer_data(w, data, strlen(data), NULL), 0);
	assert_int_equal(tar_writer_end(w, NULL), 0);
}

/* What reading the first member of `bytes` gives. */
static int
read_one(const struct buf *bytes, const struct tar_limits *limits,
	struct tar_entry *ret)
{
	cleanup(source_free) struct source *from =
		source_from_memory(bytes->data, bytes->len);
	cleanup(tar_reader_free) struct tar_reader *r =
		tar_reader_new(from, limits);

	return tar_reader_next(r, ret, NULL);
}

static void
assert_same(const struct tar_entry *a, const struct tar_entry *b)
{
	size_t i;

	assert_int_equal(a->kind, b->kind);
	assert_string_equal(a->path, b->path);
	assert_int_equal(!a->link, !b->link);
	if (a->link)
		assert_string_equal(a->link, b->link);
	assert_int_equal(a->mode, b->mode);
	assert_int_equal(a->uid, b->uid);
	assert_int_equal(a->gid, b->gid);
	assert_int_equal(a->major, b->major);
	assert_int_equal(a->minor, b->minor);
	assert_int_equal(a->size, b->size);
	assert_int_equal(a->mtime, b->mtime);
	assert_int_equal(a->mtime_ns, b->mtime_ns);
	assert_int_equal(a->xattr_count, b->xattr_count);
	for (i = 0; i < a->xattr_count; i++) {
		assert_string_equal(a->xattrs[i].name, b->xattrs[i].name);
		assert_int_equal(a->xattrs[i].size, b->xattrs[i].size);
		assert_memory_equal(a->xattrs[i].value, b->xattrs[i].value,
			a->xattrs[i].size);
	}
}

/* Writes it, reads it again, compares; tells how many bytes it took. */
static size_t
round_trip(const struct tar_entry *e)
{
	cleanup_value(tar_entry_release) struct tar_entry back = { 0 };
	cleanup_value(buf_release) struct buf bytes = { 0 };

	write_one(e, "", &bytes);
	assert_int_equal(read_one(&bytes, NULL, &back), 1);
	assert_same(e, &back);
	return bytes.len;
}

static void
test_ustar(void **state)
{
	struct tar_entry e = { .path = (char *)"etc/passwd", .mode = 04755,
		.uid = 2097151, .gid = 7, .mtime = 077777777777 };

	(void)state;
	assert_int_equal(round_trip(&e), 3 * 512);
	e.kind = TAR_DIR;
	assert_int_equal(round_trip(&e), 3 * 512);
	e.kind = TAR_FIFO;
	assert_int_equal(round_trip(&e), 3 * 512);
	e.kind = TAR_CHAR;
	e.major = 4095;
	e.minor = 1048575;
	assert_int_equal(round_trip(&e), 3 * 512);
	e.kind = TAR_BLOCK;
	assert_int_equal(round_trip(&e), 3 * 512);
	e.major = e.minor = 0;
	e.kind = TAR_HARD_LINK;
	e.link = (char *)"etc/shadow";
	assert_int_equal(round_trip(&e), 3 * 512);
	e.kind = TAR_SYMLINK;
	e.link = (char *)"/../x/./y/";
	assert_int_equal(round_trip(&e), 3 * 512);
}

/* Exactly these bytes, for ever: they are part of every digest. */
static void
test_header_bytes(void **state)
{
	cleanup_value(buf_release) struct buf bytes = { 0 };
	struct tar_entry e = { .path = (char *)"a", .mode = 0644, .size = 2,
		.mtime = 1 };

	(void)state;
	write_one(&e, "hi", &bytes);
	assert_int_equal(bytes.len, 4 * 512);
	assert_memory_equal(bytes.data, "a\0", 2);
	assert_memory_equal(bytes.data + 100,
		"0000644\0" "0000000\0" "0000000\0" "00000000002\0"
		"00000000001\0" "007341\0 " "0", 57);
	assert_memory_equal(bytes.data + 257, "ustar\0" "00", 8);
	assert_memory_equal(bytes.data + 329, "0000000\0" "0000000\0", 16);
	assert_memory_equal(bytes.data + 512, "hi\0", 3);
}

static void
test_long_names(void **state)
{
	struct tar_entry e = { 0 };
	char path[600];
	size_t len;

	(void)state;
	for (len = 1; len < sizeof(path); len++) {
		memset(path, 'x', len);
		path[len] = '\0';
		e.path = path;
		e.kind = TAR_FILE;
		/* One component: up to the name field, then a record. */
		assert_true((round_trip(&e) == 1536) == (len <= 100));
		if (len > 2)
			path[len / 2] = '/';
		(void)round_trip(&e);
		e.kind = TAR_DIR;
		(void)round_trip(&e);
		e.kind = TAR_HARD_LINK;
		e.link = path;
		(void)round_trip(&e);
		e.link = NULL;
	}
}

static void
test_split(void **state)
{
	cleanup_value(buf_release) struct buf bytes = { 0 };
	struct tar_entry e = { 0 };
	char path[300];

	(void)state;
	memset(path, 'p', sizeof(path));
	path[155] = '/';
	path[256] = '\0';
	e.path = path;
	write_one(&e, "", &bytes);
	assert_int_equal(bytes.len, 1536);
	assert_memory_equal(bytes.data, path + 156, 100);
	assert_memory_equal(bytes.data + 345, path, 155);
	assert_int_equal(round_trip(&e), 1536);
	/* As a directory the slash makes it one too long. */
	e.kind = TAR_DIR;
	assert_int_equal(round_trip(&e), 2560);
}

static void
test_pax_numbers(void **state)
{
	struct tar_entry e = { .path = (char *)"n" };

	(void)state;
	e.uid = 2097152;
	e.gid = UINT32_MAX - 1;
	assert_int_equal(round_trip(&e), 2560);
	e.uid = e.gid = 0;
	e.mtime = -1;
	assert_int_equal(round_trip(&e), 2560);
	e.mtime_ns = 999999999;
	assert_int_equal(round_trip(&e), 2560);
	e.mtime = 100000000000;
	e.mtime_ns = 1;
	assert_int_equal(round_trip(&e), 2560);
	e.mtime = -62135596800;
	e.mtime_ns = 500000000;
	assert_int_equal(round_trip(&e), 2560);
}

static void
test_large_size(void **state)
{
	cleanup_value(tar_entry_release) struct tar_entry back = { 0 };
	cleanup_value(buf_release) struct buf bytes = { 0 };
	struct bytes_sink sink = bytes_into(&bytes);
	cleanup(tar_writer_free) struct tar_writer *w =
		tar_writer_new(&sink.sink);
	struct tar_entry e = { .path = (char *)"big", .size = GiB(8) };
	static char piece[1 << 20];

	(void)state;
	assert_int_equal(tar_writer_add(w, &e, NULL), 0);
	assert_int_equal(tar_writer_data(w, piece, sizeof(piece), NULL), 0);
	assert_int_equal(read_one(&bytes, NULL, &back), 1);
	assert_int_equal(back.size, GiB(8));
	assert_memory_equal(bytes.data + 512, "19 size=8589934592\n", 19);
}

static void
test_xattrs(void **state)
{
	char value[] = "\0=\n\x01";
	struct tar_xattr x[] = {
		{ (char *)"security.capability", value, sizeof(value) },
		{ (char *)"user.empty", (char *)"", 0 },
		{ (char *)"user.z", (char *)"1", 1 },
	};
	struct tar_entry e = { .path = (char *)"x", .xattrs = x,
		.xattr_count = 3 };
	cleanup_value(buf_release) struct buf bytes = { 0 };
	struct bytes_sink sink = bytes_into(&bytes);
	cleanup(tar_writer_free) struct tar_writer *w =
		tar_writer_new(&sink.sink);

	(void)state;
	assert_int_equal(round_trip(&e), 2560);
	x[0].name = (char *)"user.a=b";
	assert_int_equal(tar_writer_add(w, &e, NULL), -EINVAL);
}

/* The length of a record counts its own digits: around 10, 100, 1000. */
static void
test_record_lengths(void **state)
{
	char value[1100];
	struct tar_xattr x = { (char *)"a", value, 0 };
	struct tar_entry e = { .path = (char *)"x", .xattrs = &x,
		.xattr_count = 1 };

	(void)state;
	memset(value, 'v', sizeof(value));
	for (x.size = 0; x.size < sizeof(value); x.size++)
		(void)round_trip(&e);
}

static void
test_writer_misuse(void **state)
{
	struct tar_entry e = { .path = (char *)"f", .size = 4 };
	cleanup_value(buf_release) struct buf bytes = { 0 };
	struct bytes_sink sink = bytes_into(&bytes);
	cleanup(tar_writer_free) struct tar_writer *w =
		tar_writer_new(&sink.sink);

	(void)state;
	assert_int_equal(tar_writer_add(w, &e, NULL), 0);
	assert_int_equal(tar_writer_add(w, &e, NULL), -EINVAL);
	assert_int_equal(tar_writer_data(w, "12345", 5, NULL), -EINVAL);
	assert_int_equal(tar_writer_data(w, "123", 3, NULL), 0);
	assert_int_equal(tar_writer_end(w, NULL), -EINVAL);
	assert_int_equal(tar_writer_data(w, "4", 1, NULL), 0);
	assert_int_equal(tar_writer_end(w, NULL), 0);
	e.kind = TAR_CHAR;
	e.major = 1 << 21;
	assert_int_equal(tar_writer_add(w, &e, NULL), -EINVAL);
	assert_null(tar_writer_free(NULL));
}

static void
test_data_from(void **state)
{
	autoclose int fd = memfd_create("tar", MFD_CLOEXEC);
	struct tar_entry e = { .path = (char *)"f", .size = 700000 };
	cleanup_value(buf_release) struct buf bytes = { 0 };
	struct bytes_sink sink = bytes_into(&bytes);
	cleanup(tar_writer_free) struct tar_writer *w =
		tar_writer_new(&sink.sink);

	(void)state;
	assert_int_equal(ftruncate(fd, 700000), 0);
	assert_int_equal(pwrite(fd, "end", 3, 699997), 3);
	assert_int_equal(tar_writer_add(w, &e, NULL), 0);
	assert_int_equal(tar_writer_data_from(w, fd, NULL), 0);
	e.size = 1;
	assert_int_equal(tar_writer_add(w, &e, NULL), 0);
	/* It stands at its end, as if it had become shorter. */
	assert_int_equal(tar_writer_data_from(w, fd, NULL), -EBUSY);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(tar_writer_data_from(w, fd, NULL), 0);
	assert_int_equal(tar_writer_end(w, NULL), 0);
	assert_memory_equal(bytes.data + 512 + 699997, "end", 3);
	assert_int_equal(tar_writer_add(w, &e, NULL), 0);
	assert_int_equal(tar_writer_data_from(w, -1, NULL), -EBADF);
}

static void
test_read_all(void **state)
{
	cleanup_value(buf_release) struct buf bytes = { 0 };
	struct bytes_sink sink = bytes_into(&bytes);
	cleanup(tar_writer_free) struct tar_writer *w =
		tar_writer_new(&sink.sink);
	cleanup(source_free) struct source *from = NULL;
	cleanup(tar_reader_free) struct tar_reader *r = NULL;
	char name[16], data[8] = { 0 };
	struct tar_entry e = { .path = name, .size = 3 };
	int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		(void)snprintf(name, sizeof(name), "f%d", i);
		assert_int_equal(tar_writer_add(w, &e, NULL), 0);
		assert_int_equal(tar_writer_data(w, "abc", 3, NULL), 0);
	}
	assert_int_equal(tar_writer_end(w, NULL), 0);
	/* Writers fill up to their record size; it is read, and of no use. */
	buf_add(&bytes, "rubbish", 7);

	from = source_from_memory(bytes.data, bytes.len);
	r = tar_reader_new(from, NULL);
	for (i = 0; i < 2000; i++) {
		struct tar_entry got = { 0 };

		(void)snprintf(name, sizeof(name), "f%d", i);
		assert_int_equal(tar_reader_next(r, &got, NULL), 1);
		assert_string_equal(got.path, name);
		tar_entry_release(&got);
		/* Data left over is skipped. */
		if (i % 2)
			continue;
		assert_int_equal(tar_reader_data(r, data, 2, NULL), 2);
		assert_memory_equal(data, "ab", 2);
		assert_int_equal(tar_reader_data(r, data, 8, NULL), 1);
		assert_int_equal(tar_reader_data(r, data, 8, NULL), 0);
	}
	assert_int_equal(tar_reader_next(r, &e, NULL), 0);
	assert_int_equal(tar_reader_next(r, &e, NULL), 0);
	assert_int_equal(source_read(from, data, 1, NULL), 0);
}

/* An empty header block of a type, to be spoilt and sealed. */
static struct tar_block
block(char type, const char *name)
{
	struct tar_block b = { .type = type };

	memcpy(b.name, name, strlen(name));
	memcpy(b.mode, "0000644", 8);
	memcpy(b.size, "00000000000", 12);
	tar_block_seal(&b);
	return b;
}

static int
read_block(const struct tar_block *b, struct tar_entry *ret)
{
	struct buf bytes = { .data = (char *)(uintptr_t)b,
		.len = sizeof(*b) };

	return read_one(&bytes, NULL, ret);
}

static void
test_paths_are_cleaned(void **state)
{
	static const char *const cases[][2] = {
		{ "./", "" }, { "/", "" }, { "", "" }, { "./a", "a" },
		{ "/a", "a" }, { "//a//b///", "a/b" }, { "././a/.", "a" },
		{ "a/../b", "a/../b" }, { "..", ".." }, { ".a/.b", ".a/.b" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_value(tar_entry_release) struct tar_entry e = { 0 };
		struct tar_block b = block('5', cases[i][0]);

		assert_int_equal(read_block(&b, &e), 1);
		assert_string_equal(e.path, cases[i][1]);
	}
}

static void
test_old_directory(void **state)
{
	cleanup_value(tar_entry_release) struct tar_entry e = { 0 };
	struct tar_block b = block('\0', "dir/");

	(void)state;
	memset(b.magic, 0, 8);
	memset(b.checksum, ' ', 8);
	(void)tar_octal_format(b.checksum, 7, tar_block_sum(&b));
	assert_int_equal(read_block(&b, &e), 1);
	assert_int_equal(e.kind, TAR_DIR);
	assert_string_equal(e.path, "dir");
}

static void
test_numbers(void **state)
{
	static const struct {
		const char *field;
		int r;
		int64_t value;
	} cases[] = {
		{ "0000644\0", 0, 0644 }, { "    644 ", 0, 0644 },
		{ "\0\0\0\0\0\0\0\0", 0, 0 }, { "77777777", 0, 077777777 },
		{ "644 \0\0\0", 0, 0644 }, { "64x4   ", -EBADMSG, 0 },
		{ "-1     ", -EBADMSG, 0 }, { "8      ", -EBADMSG, 0 },
		{ "1 1    ", -EBADMSG, 0 },
		{ "\x80\0\0\0\0\0\x01\x02", 0, 258 },
		{ "\xff\xff\xff\xff\xff\xff\xff\xfe", 0, -2 },
		{ "\x81\0\0\0\0\0\0\0", -EBADMSG, 0 },
		{ "\xc0\0\0\0\0\0\0\0", -EBADMSG, 0 },
	};
	int64_t value = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(tar_number_parse(cases[i].field, 8, &value,
			NULL), cases[i].r);
		if (cases[i].r == 0)
			assert_int_equal(value, cases[i].value);
	}
	assert_int_equal(tar_number_parse("\x80\0\0\0\x80\0\0\0\0\0\0\0", 12,
		&value, NULL), -EBADMSG);
	assert_int_equal(tar_number_parse("\x80\0\0\0\x7f\xff\xff\xff\xff\xff"
		"\xff\xff", 12, &value, NULL), 0);
	assert_int_equal(value, INT64_MAX);
}

/* Spoils one field of a good header. */
static void
assert_refused(size_t at, const char *field, size_t len, int code)
{
	struct tar_entry e = { 0 };
	struct tar_block b = block('0', "x");

	memcpy((char *)&b + at, field, len);
	memset(b.checksum, ' ', 8);
	(void)tar_octal_format(b.checksum, 7, tar_block_sum(&b));
	assert_int_equal(read_block(&b, &e), code);
}

static void
test_damaged_headers(void **state)
{
	struct tar_entry e = { 0 };
	struct tar_block b = block('0', "x");

	(void)state;
#define REFUSED(field, text, code)                                             \
	assert_refused(offsetof(struct tar_block, field), text,                \
		sizeof(text) - 1, code)
	REFUSED(size, "12345678901z", -EBADMSG);
	REFUSED(size, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		-EBADMSG);
	REFUSED(size, "\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", -EFBIG);
	REFUSED(uid, "\x80\0\0\x01\0\0\0\0", -EBADMSG);
	REFUSED(uid, "\x80\0\0\0\xff\xff\xff\xff", -EBADMSG);
	REFUSED(gid, "\xff\xff\xff\xff\xff\xff\xff\xff", -EBADMSG);
	REFUSED(mode, "abc", -EBADMSG);
	REFUSED(mtime, "  9", -EBADMSG);
	REFUSED(type, "S", -EBADMSG);
	REFUSED(type, "V", -EBADMSG);
	REFUSED(type, "1", -EBADMSG);	/* a link without target */
	REFUSED(type, "2", -EBADMSG);
#undef REFUSED
	b.name[1] = 'y';		/* and the checksum is wrong */
	assert_int_equal(read_block(&b, &e), -EBADMSG);
}

static void
test_cut_short(void **state)
{
	cleanup_value(buf_release) struct buf bytes = { 0 };
	struct tar_entry e = { .path = (char *)"a", .size = 600,
		.mtime_ns = 5 };
	char data[601] = { 0 };
	size_t whole;

	(void)state;
	memset(data, 'd', 600);
	write_one(&e, data, &bytes);
	/* Everything but between members, and behind them, is damage. */
	whole = 3 * 512 + 1024;
	for (bytes.len = 0; bytes.len < whole + 1024; bytes.len += 64) {
		cleanup(source_free) struct source *from =
			source_from_memory(bytes.data, bytes.len);
		cleanup(tar_reader_free) struct tar_reader *r =
			tar_reader_new(from, NULL);
		bool good = bytes.len == 0 || bytes.len == whole ||
			bytes.len == whole + 512;
		struct tar_entry got = { 0 };
		int n;

		while ((n = tar_reader_next(r, &got, NULL)) > 0)
			tar_entry_release(&got);
		assert_int_equal(n, good ? 0 : -EBADMSG);
	}
}

static void
test_zero_block_inside(void **state)
{
	cleanup_value(buf_release) struct buf bytes = { 0 };
	struct tar_entry e = { 0 };
	struct tar_block blocks[2] = { { .type = 0 }, block('0', "x") };

	(void)state;
	buf_init(&bytes, 4096);
	buf_add(&bytes, blocks, sizeof(blocks));
	assert_int_equal(read_one(&bytes, NULL, &e), -EBADMSG);
}

/* An extension member of `type` with `text`, then the member "x". */
static int
read_extended(char type, const char *text, size_t len,
	const struct tar_limits *limits, struct tar_entry *ret)
{
	cleanup_value(buf_release) struct buf bytes = { 0 };
	struct tar_block b = block(type, "ext");
	static const char zeros[512];

	buf_init(&bytes, MiB(8));
	(void)tar_octal_format(b.size, sizeof(b.size), len);
	memset(b.checksum, ' ', 8);
	tar_block_seal(&b);
	buf_add(&bytes, &b, sizeof(b));
	buf_add(&bytes, text, len);
	buf_add(&bytes, zeros, tar_padding(len));
	b = block('0', "x");
	buf_add(&bytes, &b, sizeof(b));
	return read_one(&bytes, limits, ret);
}

static void
test_damaged_records(void **state)
{
#define CASE(text) { text, sizeof(text) - 1 }
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		CASE("5 a=b\n"), CASE("7 a=b\n"), CASE("6 a=b"),
		CASE("6 ab \n"), CASE("6 =bc\n"), CASE("x a=b\n"),
		CASE(" 6 a=b\n"), CASE("99999999999999999999 a=b\n"),
		CASE("0 a=b\n"), CASE("4 a="), CASE("10 uid=-1\n"),
		CASE("14 uid=abcdef\n"), CASE("18 uid=4294967295\n"),
		CASE("28 size=9223372036854775808\n"),
		CASE("13 mtime=1.x\n"), CASE("11 mtime=x\n"),
		CASE("12 path=a\0b\n"), CASE("22 GNU.sparse.major=1\n"),
		CASE("28 GNU.sparse.realsize=1234\n"),
		CASE("18 SCHILY.xattr.=\n"),
		CASE("20 SCHILY.xattr.u=1\n" "20 SCHILY.xattr.u=2\n"),
	};
#undef CASE
	struct tar_entry e = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(read_extended('x', cases[i].text,
			cases[i].len, NULL, &e), -EBADMSG);
}

static void
test_long_link_and_global(void **state)
{
	cleanup_value(tar_entry_release) struct tar_entry e = { 0 };

	(void)state;
	assert_int_equal(read_extended('L', "long/name\0", 10, NULL, &e), 1);
	assert_string_equal(e.path, "long/name");
	tar_entry_release(&e);
	assert_int_equal(read_extended('g', "11 path=no\n", 11, NULL, &e), 1);
	assert_string_equal(e.path, "x");
	tar_entry_release(&e);
	assert_int_equal(read_extended('x', "12 path=yes\n"
		"17 comment=hello\n" "15 mtime=-1.25\n", 44, NULL, &e), 1);
	assert_string_equal(e.path, "yes");
	assert_int_equal(e.mtime, -2);
	assert_int_equal(e.mtime_ns, 750000000);
}

static void
test_limits(void **state)
{
	struct tar_limits limits = tar_default_limits;
	static char text[4098];
	struct tar_entry e = { 0 };
	struct tar_block b = block('0', "x");
	struct buf bytes = { .data = (char *)&b, .len = sizeof(b) };

	(void)state;
	memset(text, 'l', sizeof(text));
	assert_int_equal(read_extended('L', text, 4096, NULL, &e), 1);
	tar_entry_release(&e);
	assert_int_equal(read_extended('L', text, 4097, NULL, &e), -EFBIG);
	limits.header_bytes = 4607;
	assert_int_equal(read_extended('L', text, 4096, &limits, &e), -EFBIG);
	limits.header_bytes = 4608;
	assert_int_equal(read_extended('L', text, 4096, &limits, &e), 1);
	tar_entry_release(&e);
	limits.entries = 1;
	assert_int_equal(read_extended('L', text, 4096, &limits, &e), -E2BIG);
	limits.total_bytes = 9;
	(void)tar_octal_format(b.size, sizeof(b.size), 10);
	memset(b.checksum, ' ', 8);
	tar_block_seal(&b);
	assert_int_equal(read_one(&bytes, &limits, &e), -EFBIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ustar),
		cmocka_unit_test(test_header_bytes),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_pax_numbers),
		cmocka_unit_test(test_large_size),
		cmocka_unit_test(test_xattrs),
		cmocka_unit_test(test_record_lengths),
		cmocka_unit_test(test_writer_misuse),
		cmocka_unit_test(test_data_from),
		cmocka_unit_test(test_read_all),
		cmocka_unit_test(test_paths_are_cleaned),
		cmocka_unit_test(test_old_directory),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_damaged_headers),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_zero_block_inside),
		cmocka_unit_test(test_damaged_records),
		cmocka_unit_test(test_long_link_and_global),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
