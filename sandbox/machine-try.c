/* SPDX-License-Identifier: Apache-2.0 */
/* Does the kernel start programs of some machine? It is asked to. */
#include "sandbox/machine.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/mounts.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

#define ADDRESS 0x10000

/* A program of one segment: itself. Numbers of another byte order are left as
 * they are: such a program only reaches an emulator, which may refuse it. */
static size_t
write_elf32(const struct machine *m, uint8_t *ret)
{
	Elf32_Ehdr head = {
		.e_version = EV_CURRENT, .e_entry = ADDRESS + sizeof(head) +
			sizeof(Elf32_Phdr),
		.e_phoff = sizeof(head), .e_ehsize = sizeof(head),
		.e_phentsize = sizeof(Elf32_Phdr), .e_phnum = 1,
	};
	Elf32_Phdr segment = {
		.p_type = PT_LOAD, .p_vaddr = ADDRESS, .p_paddr = ADDRESS,
		.p_flags = PF_R | PF_X, .p_align = ADDRESS,
	};
	size_t size = sizeof(head) + sizeof(segment) + m->exit_size;

	segment.p_filesz = segment.p_memsz = (Elf32_Word)size;
	memcpy(ret, &head, sizeof(head));
	memcpy(ret + sizeof(head), &segment, sizeof(segment));
	if (m->exit_size)
		memcpy(ret + sizeof(head) + sizeof(segment), m->exit_code,
			m->exit_size);
	return size;
}

static int
make_program(const struct machine *m, int *ret_fd, struct error *err)
{
	uint8_t bytes[256] = { 0 }, mask[MACHINE_HEAD];
	uint8_t magic[MACHINE_HEAD];
	autoclose int fd = memfd_create("program", MFD_CLOEXEC);
	size_t size = sizeof(Elf64_Ehdr);
	int r;

	if (fd < 0)
		return error_errno(err, "cannot make a program");
	if (m->elf_class == ELFCLASS32)
		size = write_elf32(m, bytes);
	machine_magic(m, magic, mask);
	memcpy(bytes, magic, sizeof(magic));
	r = fs_write(fd, bytes, size, err);
	if (r == 0)
		*ret_fd = take_fd(&fd);
	return r;
}

/* Emulators complain of it; that says no more than that they were started. */
static void
be_quiet(void)
{
	const struct rlimit none = { 0, 0 };
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)setrlimit(RLIMIT_CORE, &none);
	if (fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0)
		(void)dup2(fd, STDERR_FILENO);
}

static int
leave_everything(void)
{
	autoclose int empty = -1;
	int r;

	r = mounts_create("tmpfs", NULL, MOUNTS_PLAIN, &empty, NULL);
	if (r < 0)
		return r;
	return fchdir(empty) < 0 || chroot(".") < 0 ? -errno : 0;
}

static _Noreturn void
execute(int program_fd, int report_fd)
{
	char *argv[] = { (char *)"program", NULL };
	char *env[] = { NULL };
	int code;

	be_quiet();
	/* Emulators get its name, "/dev/fd/N": it has to stay open for them. */
	(void)fcntl(program_fd, F_SETFD, 0);
	code = -leave_everything();
	if (code == 0) {
		(void)fexecve(program_fd, argv, env);
		code = errno;
	}
	(void)!write(report_fd, &code, sizeof(code));
	_exit(1);
}

int
machine_runs(const struct machine *m, struct error *err)
{
	autoclose int program = -1, from = -1;
	int fds[2], code = 0, status, r;
	ssize_t len;
	pid_t pid;

	r = make_program(m, &program, err);
	if (r < 0)
		return r;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	from = fds[0];
	pid = fork();
	if (pid == 0)
		execute(program, fds[1]);
	(void)close(fds[1]);
	if (pid < 0)
		return error_errno(err, "cannot fork");
	/* Closed by a successful exec. */
	len = TEMP_FAILURE_RETRY(read(from, &code, sizeof(code)));
	(void)TEMP_FAILURE_RETRY(waitpid(pid, &status, 0));
	return len == 0;
}
