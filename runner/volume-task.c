/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/volume-task.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/task-volume.h"
#include "util/base64.h"
#include "util/fs.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/path.h"

/* How many private copies of one cache there may be. */
#define COPIES_MAX 64
#define SECRETS_MAX MiB(64)

/* A --mount option on its way; values are quoted as CSV has it. */
static void
add_field(struct buf *b, const char *name, const char *value)
{
	buf_addf(b, ",\"%s=", name);
	for (; *value; value++) {
		if (*value == '"')
			buf_addc(b, '"');
		buf_addc(b, *value);
	}
	buf_addc(b, '"');
}

static void
add_mount(struct strv *ret, const char *type, const char *source,
	const struct task_mount *m, bool read_only)
{
	cleanup_value(buf_release) struct buf text = { 0 };

	buf_init(&text, KiB(64));
	buf_addf(&text, "type=%s", type);
	if (source)
		add_field(&text, "source", source);
	add_field(&text, "target", m->mount_path);
	if (read_only)
		buf_adds(&text, ",readonly");
	strv_addf(ret, "--mount=%s", buf_text(&text));
}

/* For whichever user a step has; the directory above lets nobody else in. */
static int
make_dir(const char *above, const char *name, char **ret, struct error *err)
{
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int dir = -1;
	autofree char *path = path_resolve(above, name);
	int r;

	r = fs_make_dirs(root, above, 0700, &dir, err);
	if (r < 0)
		return r;
	if (mkdirat(dir, name, 0777) < 0 && errno != EEXIST)
		return error_errno(err, "cannot make '%s'", path);
	(void)fchmodat(dir, name, 0777, 0);
	*ret = take_ptr(&path);
	return 0;
}

static int
add_empty(const struct volume_places *p, const struct task_volume *v,
	const struct task_mount *m, struct strv *ret, struct error *err)
{
	autofree char *above = path_resolve(p->run_path, "volumes");
	autofree char *path = NULL;
	int r = make_dir(above, v->name, &path, err);

	if (r == 0)
		add_mount(ret, "bind", path, m, false);
	return r;
}

/* Held, by a descriptor that goes on to the container, as long as it runs. */
static int
lock_cache(const char *path, enum fs_lock_mode mode, struct error *err)
{
	autofree char *name = mem_printf("%s.lock", path);
	autoclose int fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", name);
	r = fs_lock(fd, mode, err);
	if (r == 0)
		(void)take_fd(&fd);
	return r;
}

static int
take_private(const struct volume_places *p, const char *id, char **ret,
	struct error *err)
{
	int n, r;

	for (n = 0; n < COPIES_MAX; n++) {
		autofree char *name = n ? mem_printf("%s.%d", id, n)
					: mem_strdup(id);

		free(take_ptr(ret));
		r = make_dir(p->cache_path, name, ret, err);
		if (r < 0)
			return r;
		if (lock_cache(*ret, FS_LOCK_TRY, NULL) == 0)
			return 0;
	}
	return error_set(err, EBUSY, "cache '%s' is in use %d times", id,
		COPIES_MAX);
}

static const char *
id_of(const struct task_volume *v)
{
	return v->cache_id ? v->cache_id : v->name;
}

static int
add_cache(const struct volume_places *p, const struct task_volume *v,
	const struct task_mount *m, struct strv *ret, struct error *err)
{
	const char *id = id_of(v);
	autofree char *path = NULL;
	int r;

	if (!path_is_name(id)) {
		(void)error_set(err, EINVAL, "cache '%s' is no name", id);
		return error_kind(err, ERROR_REQUEST);
	}
	if (v->sharing == TASK_VOLUME_PRIVATE)
		r = take_private(p, id, &path, err);
	else
		r = make_dir(p->cache_path, id, &path, err);
	if (r == 0)
		add_mount(ret, "bind", path, m, false);
	return r;
}

static bool
is_mounted(const struct step *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->mount_count; i++)
		if (strcmp(s->mounts[i].name, name) == 0)
			return true;
	return false;
}

/* Once each, wherever it is mounted, and all steps in one order: else they
 * would wait for themselves, or for each other. */
static int
lock_caches(const struct volume_places *p, const struct step *s,
	struct error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->task->volume_count; i++) {
		const struct task_volume *v = &p->task->volumes[i];
		autofree char *path = NULL;

		if (v->kind != TASK_VOLUME_CACHE ||
			v->sharing != TASK_VOLUME_LOCKED ||
			!is_mounted(s, v->name))
			continue;
		path = path_resolve(p->cache_path, id_of(v));
		r = lock_cache(path, FS_LOCK_EXCLUSIVE, err);
		if (r < 0)
			(void)error_wrap(err, "volume '%s'", v->name);
	}
	return r;
}

static int
add_tmpfs(const struct volume_places *p, const struct task_volume *v,
	const struct task_mount *m, struct strv *ret, struct error *err)
{
	autofree char *size = mem_printf("%" PRIu64, v->max_bytes);
	cleanup_value(buf_release) struct buf text = { 0 };

	(void)p;
	(void)err;
	buf_init(&text, KiB(64));
	buf_adds(&text, "type=tmpfs");
	add_field(&text, "target", m->mount_path);
	if (v->max_bytes)
		add_field(&text, "tmpfs-size", size);
	strv_addf(ret, "--mount=%s", buf_text(&text));
	return 0;
}

static bool
is_allowed(const struct volume_places *p, const char *path)
{
	size_t i;

	for (i = 0; i < p->host->count; i++) {
		autofree char *allowed = path_resolve("/", p->host->items[i]);

		if (path_is_below(path, allowed))
			return true;
	}
	return false;
}

static int
check_host(const struct volume_places *p, const struct task_volume *v,
	char **ret, struct error *err)
{
	/* Where links lead counts, not what they are called. */
	autofree char *path = realpath(v->host_path, NULL);

	if (!path)
		(void)error_errno(err, "'%s'", v->host_path);
	else if (!is_allowed(p, path))
		(void)error_set(err, EPERM, "'%s' may not be shown", path);
	if (path && is_allowed(p, path)) {
		*ret = take_ptr(&path);
		return 0;
	}
	(void)error_hint(err, "--allow-host-volume %s", v->host_path);
	return error_kind(err, ERROR_REQUEST);
}

static int
add_host(const struct volume_places *p, const struct task_volume *v,
	const struct task_mount *m, struct strv *ret, struct error *err)
{
	autofree char *path = NULL;
	int r = check_host(p, v, &path, err);

	if (r == 0)
		add_mount(ret, "bind", path, m, v->read_only);
	return r;
}

static const struct buf *
content_of(const struct volume_places *p, const struct task_volume_file *f)
{
	size_t i;

	for (i = 0; f->secret && i < p->secrets->count; i++)
		if (strcmp(p->task->secrets[i].id, f->secret) == 0)
			return &p->secrets->values[i];
	return &f->content;
}

static struct json *
describe(const struct volume_places *p, const struct task_volume *v)
{
	struct json *all = json_new_object(), *files = json_new_array();
	size_t i;

	for (i = 0; i < v->file_count; i++) {
		const struct buf *content = content_of(p, &v->files[i]);
		cleanup_value(buf_release) struct buf text = { 0 };
		struct json *file = json_new_object();

		buf_init(&text, SECRETS_MAX);
		base64_format(buf_text(content), content->len, &text);
		json_set_text(file, "name", v->files[i].name);
		json_set_text(file, "data", buf_text(&text));
		json_append(files, file);
	}
	json_set(all, "files", files);
	json_set_number(all, "uid", (int64_t)v->uid);
	json_set_number(all, "gid", (int64_t)v->gid);
	json_set_number(all, "mode", (int64_t)v->mode);
	return all;
}

/* In memory: what is secret is never on a disk. */
static int
add_secret(const struct volume_places *p, const struct task_volume *v,
	const struct task_mount *m, struct strv *ret, struct error *err)
{
	cleanup(json_free) struct json *all = describe(p, v);
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup_value(buf_release) struct buf option = { 0 };
	autoclose int fd = memfd_create("secrets", 0);
	autofree char *number = mem_printf("%d", fd);
	int r;

	if (fd < 0)
		return error_errno(err, "cannot pass secrets");
	buf_init(&text, SECRETS_MAX);
	json_format(all, &text);
	r = buf_check(&text, "a volume of secrets", err);
	if (r == 0)
		r = fs_write(fd, text.data, text.len, err);
	if (r < 0)
		return r;
	buf_init(&option, KiB(64));
	buf_adds(&option, "type=secret");
	add_field(&option, "fd", number);
	add_field(&option, "target", m->mount_path);
	strv_addf(ret, "--mount=%s", buf_text(&option));
	(void)take_fd(&fd);
	return 0;
}

static int (*const adders[])(const struct volume_places *p,
	const struct task_volume *v, const struct task_mount *m,
	struct strv *ret, struct error *err) = {
	[TASK_VOLUME_EMPTY] = add_empty,
	[TASK_VOLUME_SECRET] = add_secret,
	[TASK_VOLUME_CACHE] = add_cache,
	[TASK_VOLUME_TMPFS] = add_tmpfs,
	[TASK_VOLUME_HOST] = add_host,
};

int
volume_options(const struct volume_places *p, const struct step *s,
	struct strv *ret, struct error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < s->mount_count; i++) {
		const struct task_volume *v =
			task_find_volume(p->task, s->mounts[i].name);

		r = adders[v->kind](p, v, &s->mounts[i], ret, err);
		if (r < 0)
			(void)error_wrap(err, "volume '%s'", v->name);
	}
	return r < 0 ? r : lock_caches(p, s, err);
}

int
volume_check(const struct volume_places *p, struct error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->task->volume_count; i++) {
		const struct task_volume *v = &p->task->volumes[i];
		autofree char *path = NULL;

		if (v->kind == TASK_VOLUME_HOST)
			r = check_host(p, v, &path, err);
		if (r < 0)
			(void)error_wrap(err, "volume '%s'", v->name);
	}
	return r;
}
