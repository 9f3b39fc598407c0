/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/shell.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/path.h"
#include "util/proc.h"

#define SECRET_MAX MiB(1)
#define COMMAND_MS 120000

static int
read_env(const char *name, struct buf *ret, struct error *err)
{
	const char *value = getenv(name);

	if (!value)
		return error_set(err, ENOENT, "there is no variable '%s'",
			name);
	buf_adds(ret, value);
	return 0;
}

/* What others can read is no secret, and what others wrote may be anything. */
static int
read_private(int fd, const char *path, struct buf *ret, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot look at '%s'", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, EINVAL, "'%s' is no file", path);
	if (st.st_uid != geteuid() || st.st_mode & 077) {
		(void)error_set(err, EPERM,
			"'%s' is not ours alone to read", path);
		return error_hint(err, "chmod 600 %s", path);
	}
	return fs_read_fd(fd, SECRET_MAX, ret, err);
}

static int
read_file(const char *path, struct buf *ret, struct error *err)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	return read_private(fd, path, ret, err);
}

static int
read_descriptor(const char *text, struct buf *ret, struct error *err)
{
	uint64_t fd;
	int r;

	r = num_parse(text, INT32_MAX, &fd, err);
	return r < 0 ? r : fs_read_fd((int)fd, SECRET_MAX, ret, err);
}

/* systemd.exec(5): only this service may read that directory. */
static int
read_credential(const char *name, struct buf *ret, struct error *err)
{
	const char *directory = getenv("CREDENTIALS_DIRECTORY");
	autofree char *path = NULL;

	if (!directory)
		return error_set(err, ENOENT,
			"systemd gave this service no credentials");
	if (!path_is_name(name))
		return error_set(err, EINVAL, "'%s' is no credential", name);
	path = path_resolve(directory, name);
	return fs_read_file(AT_FDCWD, path, SECRET_MAX, ret, err);
}

static int
read_command(const char *text, struct buf *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv argv = { 0 };
	struct proc_spec spec = { .argv = &argv,
		.in_fd = -1,
		.error_fd = STDERR_FILENO };
	struct proc_end end;
	int r;

	r = shell_split(text, &argv, err);
	if (r == 0 && argv.count == 0)
		r = error_set(err, EINVAL, "there is no command");
	if (r < 0)
		return r;
	spec.program = argv.items[0];
	r = proc_capture(&spec, NULL, ret, NULL, COMMAND_MS, &end, err);
	if (r == 0 && proc_end_status(&end) != 0)
		r = error_set(err, EIO, "'%s' ended with status %d",
			argv.items[0], proc_end_status(&end));
	return r;
}

static const struct source {
	const char *scheme;
	int (*read)(const char *rest, struct buf *ret, struct error *err);
} sources[] = {
	{ "env:", read_env },
	{ "file:", read_file },
	{ "fd:", read_descriptor },
	{ "systemd:", read_credential },
	{ "cmd:", read_command },
};

int
secret_read(const char *from, bool allow_commands, struct buf *ret,
	struct error *err)
{
	size_t i, len;

	buf_init(ret, SECRET_MAX);
	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		len = strlen(sources[i].scheme);
		if (strncmp(from, sources[i].scheme, len) != 0)
			continue;
		if (sources[i].read == read_command && !allow_commands) {
			(void)error_set(err, EPERM,
				"a command for it is not allowed");
			(void)error_hint(err, "--allow-secret-commands");
			return error_kind(err, ERROR_REQUEST);
		}
		if (sources[i].read(from + len, ret, err) < 0)
			return error_kind(err, ERROR_LOCAL);
		return 0;
	}
	(void)error_set(err, EINVAL, "'%.*s' is no source of secrets",
		(int)strcspn(from, ":"), from);
	(void)error_hint(err, "use env:, file:, fd:, cmd: or systemd:");
	return error_kind(err, ERROR_REQUEST);
}

int
secret_set_read(const struct task *t, bool allow_commands,
	struct secret_set *ret, struct error *err)
{
	cleanup_value(secret_set_release) struct secret_set s = { 0 };
	size_t i;
	int r = 0;

	s.values = mem_array(t->secret_count, sizeof(*s.values));
	for (i = 0; r == 0 && i < t->secret_count; i++) {
		const struct task_secret *secret = &t->secrets[i];

		s.count = i + 1;
		r = secret_read(secret->from ? secret->from : "keyvault:",
			allow_commands, &s.values[i], err);
		if (r < 0)
			(void)error_wrap(err, "secret '%s'", secret->id);
	}
	if (r < 0)
		return r;
	*ret = s;
	s = (struct secret_set){ 0 };
	return 0;
}

void
secret_set_release(struct secret_set *s)
{
	size_t i;

	for (i = 0; i < s->count; i++) {
		if (s->values[i].data)
			explicit_bzero(s->values[i].data, s->values[i].len);
		buf_release(&s->values[i]);
	}
	free(s->values);
	*s = (struct secret_set){ 0 };
}
