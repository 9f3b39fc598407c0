/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <elf.h>
#include <sys/stat.h>

#include "sandbox/executable.h"

static void
make_program(const struct unit_dir *d, const char *name, const char *text)
{
	unit_write(d->fd, name, text);
	assert_int_equal(fchmodat(d->fd, name, 0755, 0), 0);
}

/* A program whose loader is `interpreter`. */
static void
make_elf(const struct unit_dir *d, const char *name, const char *interpreter)
{
	autoclose int fd = openat(d->fd, name, O_WRONLY | O_CREAT | O_CLOEXEC,
		0755);
	Elf64_Ehdr head = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64 },
		.e_phoff = sizeof(head), .e_phnum = 1,
	};
	Elf64_Phdr segment = {
		.p_type = PT_INTERP, .p_offset = sizeof(head) +
			sizeof(segment),
		.p_filesz = strlen(interpreter) + 1,
	};

	assert_int_equal(write(fd, &head, sizeof(head)), sizeof(head));
	assert_int_equal(write(fd, &segment, sizeof(segment)),
		sizeof(segment));
	assert_int_equal(write(fd, interpreter, strlen(interpreter) + 1),
		strlen(interpreter) + 1);
}

static void
searches_the_path(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autofree char *path = mem_printf("/nonexistent:%s/a:%s/b", d.path,
		d.path);
	autofree char *expected = mem_printf("%s/b/tool", d.path);
	autofree char *found = NULL;
	autoerror err = { 0 };

	(void)state;
	unit_mkdir(d.fd, "a");
	unit_mkdir(d.fd, "a/tool");
	unit_mkdir(d.fd, "b");
	make_program(&d, "b/tool", "#!/bin/sh\n");
	assert_ok(executable_find("tool", path, &found, &err), &err);
	assert_text(take_ptr(&found), expected);
	assert_ok(executable_find("sh", NULL, &found, &err), &err);
	assert_non_null(strstr(found, "bin/sh"));
}

static void
says_what_is_wrong(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };
	static const struct row {
		const char *name;
		int code, status;
		const char *text;
	} rows[] = {
		{ "missing", ENOENT, 127, "not found" },
		{ "plain", EACCES, 126, "not executable" },
		{ "dir", EACCES, 126, "not executable" },
		{ "plain/x", ENOENT, 127, "not found" },
		{ "orphan", ENOENT, 127, "its interpreter is not found" },
		{ "magic", EACCES, 126, "magic link" },
		{ "spaced", EACCES, 126, "magic link" },
		{ "deep", EACCES, 126, "magic link" },
		{ "link", EACCES, 126, "magic link" },
		{ "elf", EACCES, 126, "magic link" },
		{ "elf-orphan", ENOENT, 127, "its interpreter is not found" },
	};

	(void)state;
	unit_write(d.fd, "plain", "");
	unit_mkdir(d.fd, "dir");
	make_program(&d, "orphan", "#!/nonexistent/sh\n");
	make_program(&d, "magic", "#!/proc/self/exe\n");
	make_program(&d, "spaced", "#!  \t/proc/self/exe arg\n");
	unit_symlink(d.fd, "link", "/proc/self/exe");
	make_elf(&d, "elf", "/proc/self/exe");
	make_elf(&d, "elf-orphan", "/nonexistent/ld.so");
	{
		autofree char *text = mem_printf("#!%s/magic\n", d.path);

		make_program(&d, "deep", text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autofree char *path = mem_printf("%s/%s", d.path,
			rows[i].name);
		char *found = NULL;
		int r = executable_find(path, NULL, &found, &err);

		assert_int_equal(err.status, rows[i].status);
		assert_fails(r, &err, rows[i].code, rows[i].text);
		assert_null(found);
	}
	assert_fails(executable_find("no-such-tool", "/bin", &(char *){ NULL },
		&err), &err, ENOENT, "not found in PATH");
	assert_fails(executable_find("", "/bin", &(char *){ NULL }, &err),
		&err, ENOENT, "not found");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(searches_the_path),
		cmocka_unit_test(says_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
