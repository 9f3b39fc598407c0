/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "oci/store-version.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/path.h"

#define RUBBISH_MAX 1000000

struct store {
	char *path;
	int lock_fd;			/* the version file */
	int fds[STORE_PARTS];
	char kind[16];
	struct strv rubbish;		/* in tmp/, of dead processes */
};

static struct store *
store_new(char *path)
{
	struct store *s = mem_zalloc(sizeof(*s));
	size_t i;

	s->path = path;
	s->lock_fd = -1;
	for (i = 0; i < STORE_PARTS; i++)
		s->fds[i] = -1;
	return s;
}

struct store *
store_free(struct store *s)
{
	size_t i;

	if (!s)
		return NULL;
	(void)store_sweep(s, NULL);
	for (i = 0; i < STORE_PARTS; i++)
		scope_close(&s->fds[i]);
	scope_close(&s->lock_fd);
	strv_release(&s->rubbish);
	free(s->path);
	free(s);
	return NULL;
}

const char *
store_path(const struct store *s)
{
	return s->path;
}

/* A part is made when it is first wanted: a new store is one directory. */
static int
make_part(struct store *s, enum store_part part, struct error *err)
{
	autoclose int fd = -1;

	return fs_make_dirs(s->fds[STORE_ROOT], store_part_path(part), 0700,
		&fd, err);
}

int
store_dir_fd(struct store *s, enum store_part part, struct error *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	const char *path = store_part_path(part);
	int fd;

	if (s->fds[part] >= 0)
		return s->fds[part];
	fd = openat(s->fds[STORE_ROOT], path, flags);
	if (fd < 0 && errno == ENOENT && make_part(s, part, err) == 0)
		fd = openat(s->fds[STORE_ROOT], path, flags);
	if (fd < 0) {
		(void)error_errno(err, "cannot open '%s/%s'", s->path,
			path);
		return error_kind(err, ERROR_STORE);
	}
	s->fds[part] = fd;
	return fd;
}

/*
 * Whoever can have the store alone knows that all of tmp/ belongs to the dead.
 * It is only noted here and removed at the end of the command: unlinking large
 * trees first would make what follows slow.
 */
static void
note_rubbish(struct store *s)
{
	int fd = store_dir_fd(s, STORE_TMP, NULL);

	if (fd >= 0 && fs_list(fd, RUBBISH_MAX, &s->rubbish, NULL) < 0)
		log_debug("cannot list '%s/tmp'", s->path);
}

int
store_lock_shared(struct store *s, struct error *err)
{
	int r = fs_lock(s->lock_fd, FS_LOCK_SHARED, err);

	return r < 0 ? error_wrap(err, "store '%s'", s->path) : 0;
}

static int
lock_store(struct store *s, struct error *err)
{
	if (fs_lock(s->lock_fd, FS_LOCK_TRY, NULL) == 0)
		note_rubbish(s);
	return store_lock_shared(s, err);
}

static int
make_root(const struct store *s, struct error *err)
{
	autoclose int top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int made = -1;

	if (top < 0)
		return error_errno(err, "cannot open '/'");
	return fs_make_dirs(top, s->path, 0700, &made, err);
}

static int
open_root(struct store *s, struct error *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int fd, r;

	fd = open(s->path, flags);
	if (fd < 0 && errno == ENOENT) {
		r = make_root(s, err);
		if (r < 0)
			return error_wrap(err, "store '%s'", s->path);
		fd = open(s->path, flags);
	}
	if (fd < 0)
		return error_errno(err, "cannot open store '%s'", s->path);
	s->fds[STORE_ROOT] = fd;
	return 0;
}

static int
open_store(struct store *s, struct error *err)
{
	int r;

	r = open_root(s, err);
	if (r == 0)
		r = store_version_open(s->fds[STORE_ROOT], s->path,
			&s->lock_fd, err);
	return r < 0 ? r : lock_store(s, err);
}

/* Absolute without asking for the working directory when it is so already. */
static char *
absolute_path(const char *path)
{
	autofree char *cwd = NULL;

	if (*path == '/')
		return path_clean(path);
	cwd = getcwd(NULL, 0);
	return path_resolve(cwd ? cwd : "/", path);
}

int
store_open(const char *path, struct store **ret, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	int r;

	s = store_new(absolute_path(path));
	r = open_store(s, err);
	if (r < 0)
		return error_kind(err, ERROR_HOST);
	*ret = take_ptr(&s);
	return 0;
}

int
store_sweep(struct store *s, struct error *err)
{
	size_t i;
	int fd;

	if (!s->rubbish.count)
		return 0;
	fd = store_dir_fd(s, STORE_TMP, err);
	if (fd < 0)
		return fd;
	/* What belongs to subordinate ids only a process inside the user
	 * namespace may remove: a later one does. */
	for (i = 0; i < s->rubbish.count; i++)
		if (fs_remove_tree(fd, s->rubbish.items[i], NULL) < 0)
			log_debug("'%s/tmp/%s' stays for now", s->path,
				s->rubbish.items[i]);
	strv_release(&s->rubbish);
	return 0;
}

void
store_set_tree_kind(struct store *s, const char *kind)
{
	(void)snprintf(s->kind, sizeof(s->kind), "%s", kind);
}

bool
store_records_owners(const struct store *s)
{
	return *s->kind != '\0';
}

void
store_tree_name(const struct store *s, const struct digest *diff_id,
	char ret[128])
{
	char hex[DIGEST_HEX_SIZE];

	(void)snprintf(ret, 128, "%s%s%s", digest_format_hex(diff_id, hex),
		*s->kind ? "." : "", s->kind);
}

int
store_sync(struct store *s, struct error *err)
{
	if (syncfs(s->fds[STORE_ROOT]) == 0)
		return 0;
	(void)error_errno(err, "cannot write '%s' to disk", s->path);
	return error_kind(err, ERROR_HOST);
}

int
store_lock_exclusive(struct store *s, struct error *err)
{
	int r;

	r = fs_lock(s->lock_fd, FS_LOCK_TRY, NULL);
	if (r == 0)
		return 0;
	log_info("waiting for others who use '%s'", s->path);
	r = fs_lock(s->lock_fd, FS_LOCK_EXCLUSIVE, err);
	return r < 0 ? error_wrap(err, "store '%s'", s->path) : 0;
}
