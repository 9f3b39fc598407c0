/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>

#include "builder/filehash.h"
#include "util/path.h"

/* A store beside a tree of files. */
struct place {
	struct unit_dir dir;
	struct store *store;
	char *root;
	int root_fd;
};

static struct place
make_place(void)
{
	struct place p = { .dir = unit_dir_make() };
	autofree char *store = mem_printf("%s/store", p.dir.path);
	autoerror err = { 0 };

	p.root = mem_printf("%s/tree", p.dir.path);
	unit_mkdir(p.dir.fd, "tree");
	p.root_fd = openat(p.dir.fd, "tree",
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(p.root_fd >= 0);
	assert_ok(store_open(store, &p.store, &err), &err);
	return p;
}

static void
place_release(struct place *p)
{
	store_free(p->store);
	(void)close(p->root_fd);
	free(p->root);
	unit_dir_remove(&p->dir);
}

#define autoplace cleanup_value(place_release) struct place

static struct filehash *
open_records(const struct place *p)
{
	struct filehash *h = NULL;
	autoerror err = { 0 };

	assert_ok(filehash_open(p->store, p->root, &h, &err), &err);
	return h;
}

static void
save_records(struct filehash *h)
{
	autoerror err = { 0 };

	assert_ok(filehash_save(h, &err), &err);
}

static void
get(struct filehash *h, const struct place *p, const char *name,
	struct digest *ret)
{
	struct stat st;
	autoerror err = { 0 };

	assert_int_equal(fstatat(p->root_fd, name, &st, AT_SYMLINK_NOFOLLOW),
		0);
	assert_ok(filehash_get(h, name, &st, p->root_fd, name, ret, &err),
		&err);
}

static void
check(struct filehash *h, const struct place *p, const char *name,
	const char *content)
{
	struct digest got, expected;

	get(h, p, name, &got);
	digest_of(content, strlen(content), &expected);
	assert_true(digest_equal(&got, &expected));
}

/* Wait until the clock of the file system has passed what is there, so that
 * nothing is too young to be recorded: no longer than it says. */
static void
let_files_age(void)
{
	struct timespec pause = { .tv_nsec = 40000000 };

	(void)nanosleep(&pause, NULL);
}

/* How many files a session that asks for all of `names` reads. */
static unsigned long
count_reads(const struct place *p, const char *const *names, size_t count)
{
	cleanup(filehash_free) struct filehash *h = open_records(p);
	struct digest d;

	for (size_t i = 0; i < count; i++)
		get(h, p, names[i], &d);
	save_records(h);
	return filehash_read_count(h);
}

static const char *const three[] = { "a", "a-b", "c" };

static void
write_three(const struct place *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(three); i++)
		unit_write(p->root_fd, three[i], three[i]);
}

static void
files_are_read_once(void **state)
{
	autoplace p = make_place();
	cleanup(filehash_free) struct filehash *h = NULL;

	(void)state;
	write_three(&p);
	let_files_age();
	assert_int_equal(count_reads(&p, three, 3), 3);
	assert_int_equal(count_reads(&p, three, 3), 0);
	h = open_records(&p);
	check(h, &p, "c", "c");
	check(h, &p, "a", "a");
	check(h, &p, "a-b", "a-b");
	assert_int_equal(filehash_read_count(h), 0);
}

static void
changed_files_are_read_again(void **state)
{
	autoplace p = make_place();
	struct timespec times[2] = { { .tv_sec = 5 }, { .tv_sec = 5 } };

	(void)state;
	write_three(&p);
	let_files_age();
	assert_int_equal(count_reads(&p, three, 3), 3);
	unit_write(p.root_fd, "a", "A");
	assert_int_equal(fchmodat(p.root_fd, "c", 0600, 0), 0);
	let_files_age();
	assert_int_equal(count_reads(&p, three, 3), 2);
	assert_int_equal(count_reads(&p, three, 3), 0);
	/* The same size and an old time: only the ctime tells. */
	unit_write(p.root_fd, "a", "B");
	assert_int_equal(utimensat(p.root_fd, "a", times, 0), 0);
	let_files_age();
	assert_int_equal(count_reads(&p, three, 3), 1);
	/* Another file under the name. */
	unit_write(p.root_fd, "new", "c");
	assert_int_equal(renameat(p.root_fd, "new", p.root_fd, "c"), 0);
	let_files_age();
	assert_int_equal(count_reads(&p, three, 3), 1);
}

/* Changed in the moment it was read: it is not believed the next time, however
 * its stat data looks. */
static void
young_files_are_not_recorded(void **state)
{
	autoplace p = make_place();
	cleanup(filehash_free) struct filehash *h = open_records(&p);
	cleanup(filehash_free) struct filehash *next = NULL;

	(void)state;
	unit_write(p.root_fd, "a", "1");
	check(h, &p, "a", "1");
	unit_write(p.root_fd, "a", "2");
	check(h, &p, "a", "2");
	save_records(h);
	next = open_records(&p);
	check(next, &p, "a", "2");
	assert_int_equal(filehash_read_count(next), 1);
}

/* A file system without nanoseconds is given two seconds. */
static void
coarse_clocks_are_given_time(void **state)
{
	autoplace p = make_place();
	cleanup(filehash_free) struct filehash *h = filehash_new();
	struct stat st;
	struct digest d;
	autoerror err = { 0 };

	(void)state;
	unit_write(p.root_fd, "a", "1");
	assert_int_equal(fstatat(p.root_fd, "a", &st, 0), 0);
	st.st_mtim.tv_nsec = st.st_ctim.tv_nsec = 0;
	st.st_mtim.tv_sec--;
	st.st_ctim.tv_sec--;
	assert_ok(filehash_get(h, "a", &st, p.root_fd, "a", &d, &err), &err);
	assert_ok(filehash_get(h, "a", &st, p.root_fd, "a", &d, &err), &err);
	assert_int_equal(filehash_read_count(h), 2);
}

static void
within_a_session_files_are_read_once(void **state)
{
	autoplace p = make_place();
	cleanup(filehash_free) struct filehash *h = NULL;

	(void)state;
	unit_write(p.root_fd, "a", "1");
	let_files_age();
	h = filehash_new();
	check(h, &p, "a", "1");
	check(h, &p, "a", "1");
	assert_int_equal(filehash_read_count(h), 1);
	save_records(h);
}

/* Path of the only record file. */
static char *
record_path(const struct place *p)
{
	autofree char *dir = mem_printf("%s/store/filehash", p->dir.path);
	cleanup_value(strv_release) struct strv names = { 0 };
	autoclose int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoerror err = { 0 };

	assert_ok(fs_list(fd, 10, &names, &err), &err);
	assert_int_equal(names.count, 1);
	assert_int_equal(strlen(names.items[0]), 32);
	return path_join(dir, names.items[0]);
}

static void
damage_is_no_error(void **state)
{
	autoplace p = make_place();
	autofree char *path = NULL;
	struct stat st;
	char byte;
	int fd;

	(void)state;
	write_three(&p);
	let_files_age();
	assert_int_equal(count_reads(&p, three, 3), 3);
	path = record_path(&p);
	assert_int_equal(stat(path, &st), 0);
	for (off_t at = 0; at < st.st_size; at += 13) {
		fd = open(path, O_RDWR | O_CLOEXEC);
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte ^= 0x10;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		(void)close(fd);
		assert_int_equal(count_reads(&p, three, 3), 3);
	}
	for (off_t len = 0; len < st.st_size; len += 17) {
		assert_int_equal(truncate(path, len), 0);
		assert_int_equal(count_reads(&p, three, 3), 3);
	}
	assert_int_equal(count_reads(&p, three, 3), 0);
}

static void
unused_records_are_dropped_late(void **state)
{
	autoplace p = make_place();
	const char *other[] = { "x" };

	(void)state;
	write_three(&p);
	let_files_age();
	assert_int_equal(count_reads(&p, three, 3), 3);
	for (int i = 0; i < 8; i++) {
		autofree char *text = mem_printf("%d", i);

		unit_write(p.root_fd, "x", text);
		let_files_age();
		assert_int_equal(count_reads(&p, other, 1), 1);
	}
	assert_int_equal(count_reads(&p, three, 1), 0);
	unit_write(p.root_fd, "x", "more");
	let_files_age();
	assert_int_equal(count_reads(&p, other, 1), 1);
	assert_int_equal(count_reads(&p, three, 3), 3);
}

static void
nothing_new_is_not_written(void **state)
{
	autoplace p = make_place();
	autofree char *path = NULL;
	struct stat before, after;

	(void)state;
	write_three(&p);
	let_files_age();
	assert_int_equal(count_reads(&p, three, 3), 3);
	path = record_path(&p);
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(count_reads(&p, three, 3), 0);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
}

static void
a_child_leaves_the_parents_to_it(void **state)
{
	cleanup(filehash_free) struct filehash *h = NULL;
	cleanup(filehash_free) struct filehash *other = NULL;
	autoplace p = make_place();
	struct digest d;

	(void)state;
	write_three(&p);
	let_files_age();
	h = open_records(&p);
	get(h, &p, three[0], &d);
	filehash_inherit(h);
	save_records(h);
	other = open_records(&p);
	get(other, &p, three[0], &d);
	assert_int_equal(filehash_read_count(other), 1);
	/* What it learns itself brings the rest along. */
	get(h, &p, three[1], &d);
	save_records(h);
	assert_int_equal(count_reads(&p, three, 2), 0);
}

static void
attributes_count(void **state)
{
	autoplace p = make_place();
	autofree char *path = mem_printf("%s/a", p.root);
	cleanup(filehash_free) struct filehash *h = filehash_new();
	struct digest plain, one, other;

	(void)state;
	unit_write(p.root_fd, "a", "1");
	get(h, &p, "a", &plain);
	if (setxattr(path, "user.x", "1", 1, 0) < 0)
		skip();
	get(h, &p, "a", &one);
	assert_false(digest_equal(&plain, &one));
	assert_int_equal(setxattr(path, "user.x", "2", 1, 0), 0);
	get(h, &p, "a", &other);
	assert_false(digest_equal(&one, &other));
}

static void
only_regular_files_are_read(void **state)
{
	autoplace p = make_place();
	cleanup(filehash_free) struct filehash *h = filehash_new();
	struct digest d;
	struct stat st;
	autoerror err = { 0 };

	(void)state;
	unit_write(p.root_fd, "a", "1");
	assert_int_equal(fstatat(p.root_fd, "a", &st, 0), 0);
	assert_int_equal(unlinkat(p.root_fd, "a", 0), 0);
	assert_fails(filehash_get(h, "a", &st, p.root_fd, "a", &d, &err), &err,
		ENOENT, "cannot open 'a'");
	assert_int_equal(mkfifoat(p.root_fd, "a", 0600), 0);
	assert_fails(filehash_get(h, "a", &st, p.root_fd, "a", &d, &err), &err,
		ESTALE, "'a' is no longer a regular file");
	assert_int_equal(unlinkat(p.root_fd, "a", 0), 0);
	unit_symlink(p.root_fd, "a", "/etc/passwd");
	assert_fails(filehash_get(h, "a", &st, p.root_fd, "a", &d, &err), &err,
		ELOOP, "cannot open 'a'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_read_once),
		cmocka_unit_test(changed_files_are_read_again),
		cmocka_unit_test(young_files_are_not_recorded),
		cmocka_unit_test(coarse_clocks_are_given_time),
		cmocka_unit_test(within_a_session_files_are_read_once),
		cmocka_unit_test(damage_is_no_error),
		cmocka_unit_test(unused_records_are_dropped_late),
		cmocka_unit_test(nothing_new_is_not_written),
		cmocka_unit_test(a_child_leaves_the_parents_to_it),
		cmocka_unit_test(attributes_count),
		cmocka_unit_test(only_regular_files_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
