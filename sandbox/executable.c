/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/executable.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

#define DEFAULT_PATH \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
/* The kernel gives up after four interpreters of interpreters (exec.c). */
#define DEPTH_MAX 5
/* Of a "#!" line the kernel reads as much (BINPRM_BUF_SIZE). */
#define LINE_MAX_SIZE 256
#define HEADERS_MAX 128

static int
fail(int status, int code, const char *name, const char *why,
	struct error *err)
{
	int r = error_set(err, code, "exec '%s': %s", name, why);

	if (err)
		err->status = status;
	return r;
}

/* "#!/bin/sh -e\n" */
static char *
script_interpreter(const char *text, size_t len)
{
	autofree char *line = mem_strndup(text, len);
	char *start;

	if (strncmp(line, "#!", 2) != 0)
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	start = line + 2 + strspn(line + 2, " \t");
	start[strcspn(start, " \t")] = '\0';
	return *start ? mem_strdup(start) : NULL;
}

static char *
read_text_at(int fd, uint64_t offset, uint64_t size)
{
	char text[PATH_MAX];

	if (size == 0 || size > sizeof(text) ||
		fs_read_at(fd, text, size, offset, NULL) < 0)
		return NULL;
	return mem_strndup(text, size);
}

/* PT_INTERP of either class. Other byte orders do not run here. */
static char *
elf64_interpreter(int fd, const char *text)
{
	Elf64_Ehdr head;
	Elf64_Phdr segment;
	unsigned i;

	memcpy(&head, text, sizeof(head));
	for (i = 0; i < head.e_phnum && i < HEADERS_MAX; i++) {
		if (fs_read_at(fd, &segment, sizeof(segment), head.e_phoff +
			    i * sizeof(segment), NULL) < 0)
			return NULL;
		if (segment.p_type == PT_INTERP)
			return read_text_at(fd, segment.p_offset,
				segment.p_filesz);
	}
	return NULL;
}

static char *
elf32_interpreter(int fd, const char *text)
{
	Elf32_Ehdr head;
	Elf32_Phdr segment;
	unsigned i;

	memcpy(&head, text, sizeof(head));
	for (i = 0; i < head.e_phnum && i < HEADERS_MAX; i++) {
		if (fs_read_at(fd, &segment, sizeof(segment), head.e_phoff +
			    i * sizeof(segment), NULL) < 0)
			return NULL;
		if (segment.p_type == PT_INTERP)
			return read_text_at(fd, segment.p_offset,
				segment.p_filesz);
	}
	return NULL;
}

/* What the kernel will open beside the file itself, or NULL. */
static char *
interpreter(int fd)
{
	char text[LINE_MAX_SIZE] = { 0 };
	ssize_t len = pread(fd, text, sizeof(text), 0);

	if (len < 0)
		return NULL;
	if (memcmp(text, ELFMAG, SELFMAG) != 0)
		return script_interpreter(text, (size_t)len);
	switch (text[EI_CLASS]) {
	case ELFCLASS64:
		return elf64_interpreter(fd, text);
	case ELFCLASS32:
		return elf32_interpreter(fd, text);
	}
	return NULL;
}

/* Only regular files: a FIFO would hold us up. Relative names are relative to
 * the working directory. */
static int
open_regular(const char *path, int *ret_fd)
{
	autofree char *here = *path == '/' ? NULL : getcwd(NULL, 0);
	autofree char *full = mem_printf("%s/%s", here ? here : "", path);
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int fd = -1;
	struct stat st;
	int r;

	r = fs_open_in(root, full, FS_IN_ROOT, O_RDONLY | O_NONBLOCK, 0, &fd,
		NULL);
	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -EACCES;
	*ret_fd = take_fd(&fd);
	return 0;
}

/* The file and all its interpreters can be had without magic. */
static int
check(const char *path, struct error *err)
{
	autofree char *name = mem_strdup(path);
	int depth, r;

	for (depth = 0; name && depth < DEPTH_MAX; depth++) {
		autoclose int fd = -1;
		char *next;

		r = open_regular(name, &fd);
		if (r == -ELOOP)
			return fail(126, EACCES, path,
				"it or its interpreter is a magic link", err);
		if (r == -ENOENT && depth > 0)
			return fail(127, ENOENT, path,
				"its interpreter is not found", err);
		if (r < 0)
			return fail(126, EACCES, path, strerror(-r), err);
		next = interpreter(fd);
		free(name);
		name = next;
	}
	return 0;
}

static int
try_path(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || access(path, X_OK) < 0)
		return -EACCES;
	return 0;
}

/* As execvp(3): what may not be executed is passed over, and remembered. */
static int
search(const char *name, const char *path, char **ret)
{
	int found = -ENOENT;
	size_t len;

	for (;; path += len + 1) {
		autofree char *full = NULL;

		len = strcspn(path, ":");
		full = mem_printf("%.*s%s%s", (int)len, path,
			len ? "/" : "./", name);
		switch (try_path(full)) {
		case 0:
			*ret = take_ptr(&full);
			return 0;
		case -EACCES:
			found = -EACCES;
		}
		if (!path[len])
			return found;
	}
}

int
executable_find(const char *name, const char *path, char **ret,
	struct error *err)
{
	autofree char *found = NULL;
	int r;

	if (strchr(name, '/')) {
		found = mem_strdup(name);
		r = try_path(name);
	} else {
		r = *name ? search(name, path ? path : DEFAULT_PATH, &found) :
			-ENOENT;
	}
	if (r == -ENOENT || r == -ENOTDIR)
		return fail(127, ENOENT, name, strchr(name, '/') ?
			"not found" : "not found in PATH", err);
	if (r < 0)
		return fail(126, EACCES, name, "not executable", err);
	r = check(found, err);
	if (r == 0)
		*ret = take_ptr(&found);
	return r;
}
