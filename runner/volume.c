/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/volume.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

static void
options_free(struct mounts_option *options)
{
	struct mounts_option *o;

	for (o = options; o && o->name; o++) {
		free((void *)(uintptr_t)o->name);
		free((void *)(uintptr_t)o->value);
	}
	free(options);
}

void
volumes_release(struct volumes *v)
{
	size_t i;

	for (i = 0; i < v->count; i++) {
		free((void *)(uintptr_t)v->mounts[i].source);
		free((void *)(uintptr_t)v->mounts[i].target);
		free((void *)(uintptr_t)v->mounts[i].inside);
		options_free((void *)(uintptr_t)v->mounts[i].tmpfs);
	}
	free(v->mounts);
	free(v->secret_fds);
	*v = (struct volumes){ 0 };
}

static int
bad(const char *item, const char *why, struct error *err)
{
	(void)error_set(err, EINVAL, "volume '%s': %s", item, why);
	(void)error_hint(err, "use SOURCE:TARGET[:ro]");
	return error_kind(err, ERROR_REQUEST);
}

static int
parse_mode(const char *item, const char *mode, bool *ret_read_only,
	struct error *err)
{
	if (strcmp(mode, "ro") != 0 && strcmp(mode, "rw") != 0)
		return bad(item, "the mode is neither ro nor rw", err);
	*ret_read_only = strcmp(mode, "ro") == 0;
	return 0;
}

void
volumes_add(struct volumes *v, const struct sandbox_mount *m)
{
	v->mounts = mem_resize(v->mounts, v->count + 1, sizeof(*v->mounts));
	v->secret_fds =
		mem_resize(v->secret_fds, v->count + 1, sizeof(int));
	v->secret_fds[v->count] = 0;
	v->mounts[v->count++] = *m;
}

static int
parse_one(const char *item, struct volumes *v, struct error *err)
{
	cleanup_value(strv_release) struct strv parts = { 0 };
	autofree char *here = NULL;
	autofree char *source = NULL;
	struct sandbox_mount m = { 0 };
	int r = 0;

	strv_split(&parts, item, ':');
	if (parts.count < 2 || parts.count > 3)
		return bad(item, "not two or three parts", err);
	if (parts.items[1][0] != '/')
		return bad(item, "the target is not absolute", err);
	if (parts.count == 3)
		r = parse_mode(item, parts.items[2], &m.read_only, err);
	if (r < 0)
		return r;
	if (!strchr(parts.items[0], '/') && parts.items[0][0] != '.')
		return bad(item, "the source is not a path (./NAME is)", err);
	here = getcwd(NULL, 0);
	source = path_resolve(here ? here : "/", parts.items[0]);
	if (access(source, F_OK) < 0) {
		(void)error_errno(err, "volume '%s'", source);
		return error_kind(err, ERROR_REQUEST);
	}
	m.source = take_ptr(&source);
	m.target = path_clean(parts.items[1]);
	volumes_add(v, &m);
	return 0;
}

int
volumes_parse(const struct strv *items, struct volumes *ret,
	struct error *err)
{
	cleanup_value(volumes_release) struct volumes v = { 0 };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < items->count; i++)
		r = parse_one(items->items[i], &v, err);
	if (r < 0)
		return r;
	*ret = v;
	v = (struct volumes){ 0 };
	return 0;
}

static int
make_file(int root_fd, const char *path, struct error *err)
{
	autofree char *dir = path_dir(path);
	autoclose int dir_fd = -1;
	autoclose int fd = -1;
	int r;

	r = fs_make_dirs(root_fd, dir, 0755, &dir_fd, err);
	if (r == 0)
		r = fs_open_in(root_fd, path, FS_IN_ROOT,
			O_WRONLY | O_CREAT | O_NONBLOCK, 0644, &fd, err);
	return r;
}

/* What is mounted, without a link leading out of the source. */
static int
stat_source(const struct sandbox_mount *m, struct stat *ret, struct error *err)
{
	autoclose int root = open(m->source, O_PATH | O_CLOEXEC);
	autoclose int inside = -1;
	int r = 0;

	if (root < 0)
		return error_errno(err, "volume '%s'", m->source);
	if (m->inside)
		r = fs_open_in(root, m->inside, FS_IN_ROOT, O_PATH, 0, &inside,
			err);
	if (r < 0)
		return error_wrap(err, "volume '%s'", m->source);
	if (fstat(m->inside ? inside : root, ret) < 0)
		return error_errno(err, "volume '%s'", m->source);
	return 0;
}

static int
make_target(const struct sandbox_mount *m, int root_fd, struct error *err)
{
	struct stat st = { .st_mode = S_IFDIR };
	autoclose int fd = -1;
	int r = 0;

	if (fs_open_in(root_fd, m->target, FS_IN_ROOT, O_PATH, 0, &fd,
		    NULL) == 0)
		return 0;
	if (m->source)
		r = stat_source(m, &st, err);
	if (r < 0)
		return r;
	if (!S_ISDIR(st.st_mode))
		return make_file(root_fd, m->target, err);
	return fs_make_dirs(root_fd, m->target, 0755, &fd, err);
}

int
volumes_make_targets(const struct volumes *v, int root_fd, struct error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < v->count; i++)
		r = make_target(&v->mounts[i], root_fd, err);
	return r;
}
