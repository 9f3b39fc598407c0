/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/volume.h"
#include "util/base64.h"
#include "util/fs.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

#define SECRETS_MAX MiB(64)

static int
bad(const char *why, struct error *err)
{
	(void)error_set(err, EBADMSG, "a volume of secrets: %s", why);
	return error_kind(err, ERROR_REQUEST);
}

static int
write_file(int dir_fd, const struct json *file, const struct json *all,
	struct error *err)
{
	const char *name = json_get_text(file, "name");
	const char *data = json_get_text(file, "data");
	cleanup_value(buf_release) struct buf bytes = { 0 };
	autoclose int fd = -1;

	buf_init(&bytes, SECRETS_MAX);
	if (!name || !path_is_name(name) || !data ||
		base64_parse(data, &bytes) < 0)
		return bad("a file without name or data", err);
	fd = openat(dir_fd, name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, "secret '%s'", name);
	/* Where only one id exists it is the program's as it is. */
	(void)!fchown(fd, (uid_t)json_get_number(all, "uid", 0),
		(gid_t)json_get_number(all, "gid", 0));
	if (fchmod(fd, (mode_t)json_get_number(all, "mode", 0400) & 0777) < 0)
		return error_errno(err, "secret '%s'", name);
	return fs_write(fd, buf_text(&bytes), bytes.len, err);
}

static int
write_files(int dir_fd, int from_fd, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup(json_free) struct json *all = NULL;
	struct json *files;
	size_t i;
	int r;

	buf_init(&text, SECRETS_MAX);
	if (lseek(from_fd, 0, SEEK_SET) < 0)
		return error_errno(err, "a volume of secrets");
	r = fs_read_fd(from_fd, SECRETS_MAX, &text, err);
	if (r == 0)
		r = json_parse(buf_text(&text), text.len, SECRETS_MAX,
			"a volume of secrets", &all, err);
	if (r < 0)
		return r;
	files = json_get(all, "files");
	for (i = 0; r == 0 && i < json_count(files); i++)
		r = write_file(dir_fd, json_at(files, i), all, err);
	return r;
}

/* A file system of its own, which nobody sees but this mount namespace. */
static int
fill(struct sandbox_mount *m, int from_fd, const char *path,
	struct error *err)
{
	static const struct mounts_option options[] = { { "mode", "0755" },
		{ "size", "64m" }, { 0 } };
	autoclose int mount = -1;
	autoclose int place = -1;
	autoclose int dir = -1;
	int r;

	if (mkdir(path, 0755) < 0)
		return error_errno(err, "cannot make '%s'", path);
	place = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = mounts_create("tmpfs", options, MOUNTS_NO_SUID | MOUNTS_NO_DEV,
		&mount, err);
	if (r == 0)
		r = mounts_attach(mount, place, err);
	if (r < 0)
		return r;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = write_files(dir, from_fd, err);
	if (r == 0)
		m->source = mem_strdup(path);
	return r;
}

int
volumes_open_secrets(struct volumes *v, const char *scratch,
	struct error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < v->count; i++) {
		autofree char *path =
			mem_printf("%s/secrets%zu", scratch, i);

		if (v->mounts[i].source || v->mounts[i].tmpfs)
			continue;
		r = fill(&v->mounts[i], v->secret_fds[i], path, err);
	}
	return r;
}
