/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/crew.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/fs.h"
#include "util/mem.h"

#define NAMES_MAX 10000
#define NAME_MAX_BYTES 63
/* How often a lock is tried while a time-out runs. */
#define TRY_MS 20

struct crew {
	int fd;
	int numbers_fd;
	int logs_fd;
	char *path;
};

int
crew_open(int run_fd, const char *run_path, struct crew **ret,
	struct error *err)
{
	struct crew *c;

	if (mkdirat(run_fd, "crew", 0700) < 0 ||
		mkdirat(run_fd, "logs", 0700) < 0 ||
		mkdirat(run_fd, "numbers", 0700) < 0)
		return error_errno(err, "cannot make a place for containers");
	c = mem_zalloc(sizeof(*c));
	c->fd = openat(run_fd, "crew", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	c->numbers_fd =
		openat(run_fd, "numbers", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	c->logs_fd =
		openat(run_fd, "logs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	c->path = mem_printf("%s/crew", run_path);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	*ret = c;
	return 0;
}

bool
crew_is_name(const char *name)
{
	const char *c;

	for (c = name; *c; c++)
		if (!isalnum((unsigned char)*c) &&
			(c == name || !strchr("_.-", *c)))
			return false;
	return c > name && c - name <= NAME_MAX_BYTES;
}

char *
crew_name_of(const char *id)
{
	char *name = mem_strndup(id, NAME_MAX_BYTES);
	char *c;

	for (c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_.", *c))
			*c = '-';
	return name;
}

int
crew_number(struct crew *c, unsigned *ret, struct error *err)
{
	char name[16];
	unsigned n;

	for (n = 0; n < NAMES_MAX; n++) {
		(void)snprintf(name, sizeof(name), "%u", n);
		if (mkdirat(c->numbers_fd, name, 0700) == 0) {
			*ret = n;
			return 0;
		}
		if (errno != EEXIST)
			return error_errno(err, "cannot number a container");
	}
	return error_set(err, E2BIG, "more than %d containers", NAMES_MAX);
}

int
crew_open_log(struct crew *c, const char *name, int flags, int *ret_fd,
	struct error *err)
{
	*ret_fd = -1;
	if (crew_is_name(name))
		*ret_fd = openat(c->logs_fd, name,
			flags | O_NOFOLLOW | O_CLOEXEC, 0600);
	return *ret_fd < 0 ? error_errno(err, "no output of '%s'", name) : 0;
}

void
crew_member_release(struct crew_member *m)
{
	if (m->image) {
		scope_close(&m->dir_fd);
		free(m->image);
	}
	*m = (struct crew_member){ 0 };
}

static bool
read_text(int dir_fd, const char *name, struct buf *ret)
{
	buf_init(ret, KiB(4));
	return fs_read_file(dir_fd, name, KiB(4), ret, NULL) == 0;
}

static bool
is_locked(int dir_fd, const char *name)
{
	autoclose int lock = openat(
		dir_fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

	return lock >= 0 && fs_lock(lock, FS_LOCK_LOOK, NULL) < 0;
}

static void
look(struct crew_member *m)
{
	cleanup_value(buf_release) struct buf pid = { 0 };
	cleanup_value(buf_release) struct buf status = { 0 };
	int keeper = 0, init = 0, root = -1;

	m->running = is_locked(m->dir_fd, "lock");
	/* Once the lock is gone the numbers may be others'. */
	if (is_locked(m->dir_fd, "life") && read_text(m->dir_fd, "pid", &pid) &&
		sscanf(buf_text(&pid), "%d %d %d", &keeper, &init, &root) ==
			3) {
		m->keeper = keeper;
		m->init = m->running ? init : 0;
		m->root_fd = root;
	}
	m->status = 137;
	if (read_text(m->dir_fd, "status", &status))
		(void)sscanf(buf_text(&status), "%d", &m->status);
}

int
crew_find(struct crew *c, const char *name, struct crew_member *ret,
	struct error *err)
{
	cleanup_value(buf_release) struct buf image = { 0 };
	int fd = -1;

	if (crew_is_name(name))
		fd = openat(c->fd, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		error_set(err, ENOENT, "there is no container '%s' here",
			name);
		return error_kind(err, ERROR_REQUEST);
	}
	*ret = (struct crew_member){ .dir_fd = fd };
	(void)read_text(fd, "image", &image);
	ret->image = mem_strdup(buf_text(&image));
	look(ret);
	return 0;
}

int
crew_names(struct crew *c, struct strv *ret, struct error *err)
{
	return fs_list(c->fd, NAMES_MAX, ret, err);
}

static int
is_taken(struct crew *c, const char *name, struct error *err)
{
	cleanup_value(crew_member_release) struct crew_member m = { 0 };

	if (crew_find(c, name, &m, NULL) < 0)
		return 0;
	if (m.running || m.keeper) {
		error_set(err, EEXIST, "there is a container '%s' already",
			name);
		return error_kind(err, ERROR_REQUEST);
	}
	return fs_remove_tree(c->fd, name, err);
}

int
crew_enlist(struct crew *c, const char *name, const char *image,
	char **ret_path, struct error *err)
{
	autoclose int dir = -1;
	int r;

	if (!crew_is_name(name)) {
		error_set(err, EINVAL, "'%s' is no name of a container", name);
		return error_kind(err, ERROR_REQUEST);
	}
	r = is_taken(c, name, err);
	if (r < 0)
		return r;
	if (mkdirat(c->fd, name, 0700) < 0)
		return error_errno(err, "cannot make container '%s'", name);
	dir = openat(c->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = fs_publish(dir, dir, "image", image, strlen(image), 0600, err);
	if (r == 0)
		*ret_path = mem_printf("%s/%s", c->path, name);
	return r;
}

int
crew_wait(const struct crew_member *m, int timeout_ms, int *ret_status,
	struct error *err)
{
	struct crew_member now = { .dir_fd = m->dir_fd };
	int64_t deadline = clock_deadline_ms(timeout_ms);
	autoclose int lock = openat(
		m->dir_fd, "lock", O_RDWR | O_NOFOLLOW | O_CLOEXEC);

	if (lock < 0)
		return error_errno(err, "cannot wait for a container");
	if (timeout_ms < 0)
		(void)fs_lock(lock, FS_LOCK_EXCLUSIVE, NULL);
	else
		while (fs_lock(lock, FS_LOCK_TRY, NULL) < 0) {
			if (clock_left_ms(deadline) == 0)
				return error_set(
					err, ETIMEDOUT, "it still runs");
			(void)poll(NULL, 0, TRY_MS);
		}
	(void)close(take_fd(&lock));
	look(&now);
	*ret_status = now.status;
	return 0;
}

int
crew_remove(struct crew *c, const char *name, struct error *err)
{
	cleanup_value(crew_member_release) struct crew_member m = { 0 };
	int status;
	int r;

	r = crew_find(c, name, &m, err);
	if (r < 0)
		return r;
	/* All of a sandbox dies with its init, and that with the keeper. */
	if (m.keeper)
		(void)kill(m.keeper, SIGKILL);
	if (m.running)
		(void)crew_wait(&m, -1, &status, NULL);
	return fs_remove_tree(c->fd, name, err);
}

void
crew_hosts(struct crew *c, struct strv *ret)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	size_t i;

	if (crew_names(c, &names, NULL) < 0)
		return;
	for (i = 0; i < names.count; i++) {
		cleanup_value(crew_member_release) struct crew_member m = { 0 };
		cleanup_value(buf_release) struct buf address = { 0 };

		if (crew_find(c, names.items[i], &m, NULL) == 0 &&
			read_text(m.dir_fd, "address", &address))
			strv_addf(ret, "%s:%s", names.items[i],
				buf_text(&address));
	}
}

static void
stop_all(struct crew *c, int signal)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	size_t i;

	(void)crew_names(c, &names, NULL);
	for (i = 0; i < names.count; i++) {
		cleanup_value(crew_member_release) struct crew_member m = { 0 };

		if (crew_find(c, names.items[i], &m, NULL) == 0 && m.keeper)
			(void)kill(m.keeper, signal);
	}
}

static void
wait_all(struct crew *c, int patience_ms)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	int64_t deadline = clock_deadline_ms(patience_ms);
	int status;
	size_t i;

	(void)crew_names(c, &names, NULL);
	for (i = 0; i < names.count; i++) {
		cleanup_value(crew_member_release) struct crew_member m = { 0 };

		if (crew_find(c, names.items[i], &m, NULL) == 0 && m.running)
			(void)crew_wait(
				&m, clock_left_ms(deadline), &status, NULL);
	}
}

struct crew *
crew_free(struct crew *c, int patience_ms)
{
	if (!c)
		return NULL;
	stop_all(c, SIGTERM);
	wait_all(c, patience_ms);
	stop_all(c, SIGKILL);
	wait_all(c, patience_ms);
	scope_close(&c->fd);
	scope_close(&c->numbers_fd);
	scope_close(&c->logs_fd);
	free(c->path);
	free(c);
	return NULL;
}
