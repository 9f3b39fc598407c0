/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/machine.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/proc.h"
#include "util/scope.h"

#define HEADERS_MAX 64

/* exit(0), by the system call. */
static const uint8_t exit_386[] = {
	0x31, 0xc0, 0x40, 0x31, 0xdb, 0xcd, 0x80, /* xor, inc, xor, int 80 */
};
static const uint8_t exit_arm[] = {
	0x00, 0x00, 0xa0, 0xe3, /* mov r0, #0 */
	0x01, 0x70, 0xa0, 0xe3, /* mov r7, #1 */
	0x00, 0x00, 0x00, 0xef, /* svc 0 */
};

static const struct machine machines[] = {
	{ "amd64", "x86_64", ELFCLASS64, ELFDATA2LSB, EM_X86_64, NULL, 0 },
	{ "386", "i386", ELFCLASS32, ELFDATA2LSB, EM_386, exit_386,
		sizeof(exit_386) },
	{ "arm64", "aarch64", ELFCLASS64, ELFDATA2LSB, EM_AARCH64, NULL, 0 },
	{ "arm", "arm", ELFCLASS32, ELFDATA2LSB, EM_ARM, exit_arm,
		sizeof(exit_arm) },
	{ "riscv64", "riscv64", ELFCLASS64, ELFDATA2LSB, EM_RISCV, NULL, 0 },
	{ "s390x", "s390x", ELFCLASS64, ELFDATA2MSB, EM_S390, NULL, 0 },
	{ "ppc64le", "ppc64le", ELFCLASS64, ELFDATA2LSB, EM_PPC64, NULL, 0 },
	{ "mips64le", "mips64el", ELFCLASS64, ELFDATA2LSB, EM_MIPS, NULL, 0 },
	{ "mipsle", "mipsel", ELFCLASS32, ELFDATA2LSB, EM_MIPS, NULL, 0 },
	{ "loong64", "loongarch64", ELFCLASS64, ELFDATA2LSB, 258, NULL, 0 },
};

const struct machine *
machine_at(size_t index)
{
	return index < ARRAY_SIZE(machines) ? &machines[index] : NULL;
}

const struct machine *
machine_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(machines); i++)
		if (strcmp(machines[i].name, name) == 0)
			return &machines[i];
	return NULL;
}

const struct machine *
machine_host(void)
{
	autoclose int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	uint8_t head[MACHINE_HEAD];
	size_t i;

	if (fd < 0 || fs_read_at(fd, head, sizeof(head), 0, NULL) < 0)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(machines); i++)
		if (machine_fits(&machines[i], head))
			return &machines[i];
	return NULL;
}

/* Executables and position-independent ones (types 2 and 3), of any ABI. */
void
machine_magic(const struct machine *m, uint8_t ret_magic[MACHINE_HEAD],
	uint8_t ret_mask[MACHINE_HEAD])
{
	const int low = m->elf_data == ELFDATA2LSB ? 0 : 1;

	memset(ret_magic, 0, MACHINE_HEAD);
	memset(ret_mask, 0xff, MACHINE_HEAD);
	memcpy(ret_magic, ELFMAG, SELFMAG);
	ret_magic[EI_CLASS] = m->elf_class;
	ret_magic[EI_DATA] = m->elf_data;
	ret_magic[EI_VERSION] = EV_CURRENT;
	ret_mask[EI_OSABI] = 0;
	ret_magic[EI_NIDENT + low] = ET_EXEC;
	ret_mask[EI_NIDENT + low] = 0xfe;
	ret_magic[EI_NIDENT + 2 + low] = (uint8_t)m->elf_machine;
	ret_magic[EI_NIDENT + 3 - low] = (uint8_t)(m->elf_machine >> 8);
}

bool
machine_fits(const struct machine *m, const uint8_t head[MACHINE_HEAD])
{
	uint8_t magic[MACHINE_HEAD], mask[MACHINE_HEAD];
	size_t i;

	machine_magic(m, magic, mask);
	for (i = 0; i < MACHINE_HEAD; i++)
		if ((head[i] ^ magic[i]) & mask[i])
			return false;
	return true;
}

/* A program that needs a loader would look for it in the sandbox. */
static bool
is_static(const char *path)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr head;
	Elf64_Phdr segment;
	unsigned i;

	if (fd < 0 || fs_read_at(fd, &head, sizeof(head), 0, NULL) < 0 ||
		memcmp(head.e_ident, ELFMAG, SELFMAG) != 0)
		return false;
	for (i = 0; i < head.e_phnum && i < HEADERS_MAX; i++)
		if (fs_read_at(fd, &segment, sizeof(segment), head.e_phoff +
			    i * sizeof(segment), NULL) < 0 ||
			segment.p_type == PT_INTERP)
			return false;
	return true;
}

/* Distributions disagree about the name; PATH may be anybody's. */
static const struct place {
	const char *before, *after;
} places[] = {
	{ "qemu-", "-static" }, { "qemu-", "" },
	{ "/usr/bin/qemu-", "-static" }, { "/usr/bin/qemu-", "" },
};

int
machine_find_qemu(const struct machine *m, char **ret, struct error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		autofree char *path = NULL;
		autofree char *name = mem_printf("%s%s%s", places[i].before,
			m->qemu, places[i].after);

		if (proc_find(name, &path) < 0 || *path != '/' ||
			!is_static(path))
			continue;
		*ret = take_ptr(&path);
		return 0;
	}
	(void)error_set(err, ENOENT, "there is no static qemu-%s", m->qemu);
	(void)error_hint(err, "install package qemu-user-static");
	return error_kind(err, ERROR_HOST);
}
