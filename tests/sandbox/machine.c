/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sandbox/inside.h"

#include "sandbox/machine.h"

static void
is_known_by_name(void **state)
{
	(void)state;
	assert_string_equal(machine_find("arm64")->qemu, "aarch64");
	assert_string_equal(machine_find("ppc64le")->qemu, "ppc64le");
	assert_null(machine_find("aarch64"));
	assert_null(machine_find(""));
	assert_non_null(machine_at(0));
	assert_null(machine_at(1000));
}

/* In the byte order of the machine; executables and shared objects only. */
static void
tells_programs_apart(void **state)
{
	static const uint8_t arm64[MACHINE_HEAD] =
		"\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\267\0";
	static const uint8_t s390x[MACHINE_HEAD] =
		"\177ELF\2\2\1\0\0\0\0\0\0\0\0\0\0\2\0\026";
	static const uint8_t object[MACHINE_HEAD] =
		"\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\1\0\267\0";
	static const uint8_t linux_abi[MACHINE_HEAD] =
		"\177ELF\2\1\1\3\0\0\0\0\0\0\0\0\2\0\267\0";

	(void)state;
	assert_true(machine_fits(machine_find("arm64"), arm64));
	assert_true(machine_fits(machine_find("arm64"), linux_abi));
	assert_false(machine_fits(machine_find("arm64"), object));
	assert_false(machine_fits(machine_find("arm64"), s390x));
	assert_false(machine_fits(machine_find("arm"), arm64));
	assert_true(machine_fits(machine_find("s390x"), s390x));
}

static void
knows_its_own(void **state)
{
	const struct machine *host = machine_host();

	(void)state;
	if (!host)
		skip();		/* a machine that is not in the table */
	assert_ptr_equal(host, machine_find(host->name));
}

static void
misses_qemu(void **state)
{
	static const struct machine none = { .name = "pdp7", .qemu = "pdp7" };
	autoerror err = { 0 };
	char *path;

	(void)state;
	assert_int_equal(machine_find_qemu(&none, &path, &err), -ENOENT);
	assert_non_null(strstr(err.hint, "qemu-user-static"));
	assert_int_equal(err.kind, ERROR_HOST);
}

/* No kernel starts what says to be of machine 0xffff. */
static void
tries_the_kernel(void **state)
{
	static const struct machine none = {
		.name = "none", .elf_class = 2, .elf_data = 1,
		.elf_machine = 0xffff,
	};
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(machine_runs(&none, &err), 0);
	assert_true(machine_runs(machine_find("386"), &err) >= 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_known_by_name),
		cmocka_unit_test(tells_programs_apart),
		cmocka_unit_test(knows_its_own),
		cmocka_unit_test(misses_qemu),
		cmocka_unit_test(tries_the_kernel),
	};

	return cmocka_run_group_tests(tests, inside_enter, NULL);
}
