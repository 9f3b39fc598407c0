/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "runner/journal.h"

/* The whole file, its times left out. */
static char *
read_all(int dir_fd)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup_value(buf_release) struct buf out = { 0 };
	autoerror err = { 0 };
	const char *line, *end;

	buf_init(&text, MiB(1));
	buf_init(&out, MiB(1));
	assert_ok(fs_read_file(dir_fd, "log", MiB(1), &text, &err), &err);
	for (line = buf_text(&text); *line; line = end + 1) {
		struct journal_line l;

		end = strchr(line, '\n');
		assert_non_null(end);
		assert_int_equal(
			journal_parse(line, (size_t)(end - line), &l), 0);
		assert_int_equal(l.time[l.time_len - 1], 'Z');
		buf_addf(&out, "%.*s:%.*s\n", (int)l.step_len, l.step,
			(int)(l.text_len < 20 ? l.text_len : 20), l.text);
	}
	return buf_steal(&out);
}

static void
say(struct journal *j, size_t step, const char *id, const char *text)
{
	journal_write(j, step, id, text, strlen(text));
}

static void
keeps_lines_whole(void **state)
{
	cleanup(journal_free) struct journal *j = NULL;
	unit_dir_auto dir = unit_dir_make();
	autoclose int fd = open(dir.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autofree char *all = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_ok(journal_begin(fd, "log", 2, &j, &err), &err);
	say(j, 0, "a", "one\ntw");
	say(j, 1, "b", "three\n\n");
	say(j, 0, "a", "o\nfour");
	journal_end_step(j, 0);
	journal_end_step(j, 1);
	all = read_all(fd);
	assert_string_equal(all, "a:one\nb:three\nb:\na:two\na:four\n");
}

static void
parts_what_is_too_long(void **state)
{
	cleanup(journal_free) struct journal *j = NULL;
	unit_dir_auto dir = unit_dir_make();
	autoclose int fd = open(dir.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autofree char *much = mem_zalloc(150000);
	autofree char *all = NULL;
	autoerror err = { 0 };

	(void)state;
	memset(much, 'x', 149999);
	assert_ok(journal_begin(fd, "log", 1, &j, &err), &err);
	say(j, 0, "a", much);
	journal_end_step(j, 0);
	all = read_all(fd);
	assert_string_equal(all,
		"a:xxxxxxxxxxxxxxxxxxxx\na:xxxxxxxxxxxxxxxxxxxx\n"
		"a:xxxxxxxxxxxxxxxxxxxx\n");
}

static void
tells_who_lives(void **state)
{
	cleanup(journal_free) struct journal *j = NULL;
	struct journal *again = NULL;
	autoclose int other = -1;
	unit_dir_auto dir = unit_dir_make();
	autoclose int fd = open(dir.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(journal_is_live(fd, "log", &err), -ENOENT);
	assert_ok(journal_begin(fd, "log", 1, &j, &err), &err);
	assert_int_equal(journal_is_live(fd, "log", &err), 1);
	assert_int_equal(journal_begin(fd, "log", 1, &again, &err), -EEXIST);
	j = journal_free(j);
	/* Another who asks is not the writer. */
	other = openat(fd, "log", O_RDONLY | O_CLOEXEC);
	assert_ok(fs_lock(other, FS_LOCK_LOOK, &err), &err);
	assert_int_equal(journal_is_live(fd, "log", &err), 0);
}

static void
refuses_other_text(void **state)
{
	static const char *const bad[] = { "", "x", "x y", " y z", "x  z" };
	struct journal_line l;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++)
		assert_int_equal(
			journal_parse(bad[n], strlen(bad[n]), &l), -EBADMSG);
	assert_int_equal(journal_parse("x y ", 4, &l), 0);
	assert_int_equal(l.text_len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_lines_whole),
		cmocka_unit_test(parts_what_is_too_long),
		cmocka_unit_test(tells_who_lives),
		cmocka_unit_test(refuses_other_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
