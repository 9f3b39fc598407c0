/* SPDX-License-Identifier: Apache-2.0 */
#include "util/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"

struct outfile {
	char *path;
	char *tmp_name; /* beside it; NULL: written as it comes */
	int dir_fd, fd;
	struct sink *sink;
};

struct outfile *
outfile_free(struct outfile *f)
{
	if (!f)
		return NULL;
	sink_free(f->sink);
	if (f->tmp_name)
		(void)unlinkat(f->dir_fd, f->tmp_name, 0);
	if (f->fd >= 0)
		(void)close(f->fd);
	if (f->dir_fd >= 0)
		(void)close(f->dir_fd);
	free(f->tmp_name);
	free(f->path);
	free(f);
	return NULL;
}

static int
open_standard(struct outfile *f, struct error *err)
{
	if (isatty(STDOUT_FILENO)) {
		(void)error_set(err, EINVAL,
			"standard output is a terminal, not a file");
		(void)error_hint(err, "give a file, or redirect it");
		return error_kind(err, ERROR_REQUEST);
	}
	f->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	return f->fd < 0 ? error_errno(err, "cannot use standard output") : 0;
}

static int
open_beside(struct outfile *f, struct error *err)
{
	autofree char *dir = path_dir(f->path);

	f->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->dir_fd < 0)
		return error_errno(err, "cannot open '%s'", dir);
	return fs_make_temp_file(f->dir_fd, &f->tmp_name, &f->fd, err);
}

static int
open_file(struct outfile *f, struct error *err)
{
	struct stat st;

	if (strcmp(f->path, "-") == 0)
		return open_standard(f, err);
	if (stat(f->path, &st) < 0 || S_ISREG(st.st_mode))
		return open_beside(f, err);
	f->fd = open(f->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return f->fd < 0 ? error_errno(err, "cannot open '%s'", f->path) : 0;
}

int
outfile_begin(const char *path, struct outfile **ret, struct error *err)
{
	cleanup(outfile_free) struct outfile *f = mem_zalloc(sizeof(*f));
	int r;

	f->dir_fd = f->fd = -1;
	f->path = mem_strdup(path);
	r = open_file(f, err);
	if (r < 0)
		return error_kind(err, ERROR_LOCAL);
	f->sink = sink_to_fd(f->fd);
	*ret = take_ptr(&f);
	return 0;
}

struct sink *
outfile_sink(struct outfile *f)
{
	return f->sink;
}

/* With the mode that a new file has. */
static int
publish(struct outfile *f, struct error *err)
{
	mode_t mask = umask(0);

	(void)umask(mask);
	if (fchmod(f->fd, 0666 & ~mask) < 0 ||
		renameat(f->dir_fd, f->tmp_name, f->dir_fd,
			path_base(f->path)) < 0)
		return error_errno(err, "cannot write '%s'", f->path);
	free(take_ptr(&f->tmp_name));
	return 0;
}

int
outfile_commit(struct outfile *f, struct error *err)
{
	int r;

	r = sink_finish(f->sink, err);
	if (r == 0 && f->tmp_name)
		r = publish(f, err);
	return r < 0 ? error_kind(err, ERROR_LOCAL) : 0;
}

/* Only the text: ".." is the kernel's to resolve, after links. */
static char *
absolute(const char *path)
{
	autofree char *cwd = NULL;

	if (*path == '/')
		return mem_strdup(path);
	cwd = getcwd(NULL, 0);
	return cwd ? path_join(cwd, path) : NULL;
}

int
outfile_open_dir(const char *path, int *ret_fd, struct error *err)
{
	autoclose int top_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int made_fd = -1;
	autofree char *whole = absolute(path);
	int r;

	if (top_fd < 0 || !whole)
		r = error_errno(err, "cannot find '%s'", path);
	else
		r = fs_make_dirs(top_fd, whole, 0755, &made_fd, err);
	if (r == 0) {
		*ret_fd = openat(
			made_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		r = *ret_fd < 0 ? error_errno(err, "cannot open '%s'", path)
				: 0;
	}
	return r < 0 ? error_kind(err, ERROR_LOCAL) : 0;
}
