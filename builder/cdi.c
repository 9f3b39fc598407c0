/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/cdi.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "util/fs.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"

#define FILE_MAX_BYTES MiB(1)
#define FILES_MAX 1000

/* What is looked for. */
struct wanted {
	const char *name; /* as written */
	char *kind;	  /* "vendor.com/class" */
	const char *device;
};

/* Text of a member that must be there. */
static int
need_text(const struct json *j, const char *member, const char **ret,
	struct error *err)
{
	*ret = json_get_text(j, member);
	if (*ret)
		return 0;
	return error_set(err, EBADMSG, "'%s' is missing", member);
}

/* Absolute, and nothing that host_mounts would take for more than a path. */
static int
check_path(const char *path, struct error *err)
{
	if (*path == '/' && !strchr(path, ':'))
		return 0;
	return error_set(err, EBADMSG, "'%s' is no absolute path", path);
}

static int
add_node(const struct json *node, struct host_mounts *m, struct error *err)
{
	autofree char *text = NULL;
	const char *path = NULL, *host;
	int r;

	r = need_text(node, "path", &path, err);
	if (r < 0)
		return r;
	host = json_get_text(node, "hostPath");
	if (!host)
		host = path;
	r = check_path(path, err);
	if (r == 0)
		r = check_path(host, err);
	if (r < 0)
		return r;
	text = mem_printf("%s:%s:rw", host, path);
	return host_mounts_add_device(m, text, err);
}

static int
add_mount(const struct json *mount, struct host_mounts *m, struct error *err)
{
	cleanup_value(strv_release) struct strv options = { 0 };
	autofree char *text = NULL;
	const char *host = NULL, *target = NULL;
	int r;

	r = need_text(mount, "hostPath", &host, err);
	if (r == 0)
		r = need_text(mount, "containerPath", &target, err);
	if (r == 0)
		r = check_path(host, err);
	if (r == 0)
		r = check_path(target, err);
	if (r == 0)
		r = json_get_list(mount, "options", &options, err);
	if (r < 0)
		return r;
	text = mem_printf(
		"%s:%s%s", host, target, strv_has(&options, "ro") ? ":ro" : "");
	return host_mounts_add_volume(m, text, err);
}

static int
add_all(const struct json *edits, const char *member,
	int (*add)(const struct json *, struct host_mounts *, struct error *),
	struct host_mounts *m, struct error *err)
{
	const struct json *list = json_get(edits, member);
	int r = 0;

	for (size_t n = 0; r == 0 && n < json_count(list); n++)
		r = add(json_at(list, n), m, err);
	return r;
}

static int
apply(const struct json *edits, const char *name, struct host_mounts *m,
	struct strv *env, struct error *err)
{
	cleanup_value(strv_release) struct strv added = { 0 };
	int r;

	r = add_all(edits, "deviceNodes", add_node, m, err);
	if (r == 0)
		r = add_all(edits, "mounts", add_mount, m, err);
	if (r == 0)
		r = json_get_list(edits, "env", &added, err);
	if (r < 0)
		return r;
	strv_add_all(env, &added);
	if (json_count(json_get(edits, "hooks")) > 0)
		log_warning_once(name,
			"device '%s': its hooks are programs of the host and are not run",
			name);
	return 0;
}

/* 1 when `file` describes it, 0 when not. */
static int
look_in(const struct json *file, const struct wanted *w, struct host_mounts *m,
	struct strv *env, struct error *err)
{
	const struct json *devices = json_get(file, "devices");
	const char *kind = json_get_text(file, "kind");
	int r;

	if (!kind || strcmp(kind, w->kind) != 0)
		return 0;
	for (size_t n = 0; n < json_count(devices); n++) {
		const struct json *device = json_at(devices, n);
		const char *name = json_get_text(device, "name");

		if (!name || strcmp(name, w->device) != 0)
			continue;
		r = apply(
			json_get(file, "containerEdits"), w->name, m, env, err);
		if (r == 0)
			r = apply(json_get(device, "containerEdits"), w->name,
				m, env, err);
		return r < 0 ? r : 1;
	}
	return 0;
}

static bool
ends_in_json(const char *name)
{
	size_t len = strlen(name);

	return len > 5 && strcmp(name + len - 5, ".json") == 0;
}

static int
look_in_file(int dir_fd, const char *name, const struct wanted *w,
	struct host_mounts *m, struct strv *env, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup(json_free) struct json *file = NULL;
	int r;

	if (!ends_in_json(name))
		return 0;
	buf_init(&text, FILE_MAX_BYTES);
	r = fs_read_file(dir_fd, name, FILE_MAX_BYTES, &text, err);
	if (r == 0)
		r = json_parse(buf_text(&text), text.len, FILE_MAX_BYTES, name,
			&file, err);
	if (r == 0)
		r = look_in(file, w, m, env, err);
	return r < 0 ? error_wrap(err, "device file '%s'", name) : r;
}

static int
look_in_dir(const char *path, const struct wanted *w, struct host_mounts *m,
	struct strv *env, struct error *err)
{
	autoclose int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_value(strv_release) struct strv names = { 0 };
	int r;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	r = fs_list(fd, FILES_MAX, &names, err);
	for (size_t n = 0; r == 0 && n < names.count; n++)
		r = look_in_file(fd, names.items[n], w, m, env, err);
	return r;
}

static int
find(const struct strv *dirs, const char *name, struct host_mounts *mounts,
	struct strv *env, struct error *err)
{
	const char *equals = strchr(name, '=');
	autofree char *kind = NULL;
	struct wanted w = { .name = name };
	int r = 0;

	if (!equals || !equals[1] ||
		!memchr(name, '/', (size_t)(equals - name))) {
		(void)error_set(err, EINVAL,
			"'%s' is no device: it is vendor.com/class=name", name);
		return error_kind(err, ERROR_REQUEST);
	}
	kind = mem_strndup(name, (size_t)(equals - name));
	w.kind = kind;
	w.device = equals + 1;
	for (size_t n = 0; r == 0 && n < dirs->count; n++)
		r = look_in_dir(dirs->items[n], &w, mounts, env, err);
	if (r > 0)
		return 0;
	if (r == 0) {
		autofree char *where = strv_join(dirs, ", ");

		r = error_set(err, ENOENT,
			"no file in %s describes device '%s'", where, name);
	}
	(void)error_kind(err, ERROR_HOST);
	return r;
}

static void
move(struct host_mounts *from, struct host_mounts *to)
{
	if (from->count == 0)
		return;
	to->items = mem_resize(
		to->items, to->count + from->count, sizeof(*to->items));
	memcpy(to->items + to->count, from->items,
		from->count * sizeof(*to->items));
	to->count += from->count;
	from->count = 0;
}

/* All of it or, for one that may be left out, nothing. */
int
cdi_find(const struct strv *dirs, const char *name, struct host_mounts *mounts,
	struct strv *env, struct error *err)
{
	cleanup_value(host_mounts_release) struct host_mounts found = { 0 };
	cleanup_value(strv_release) struct strv variables = { 0 };
	int r;

	r = find(dirs, name, &found, &variables, err);
	if (r < 0)
		return r;
	move(&found, mounts);
	strv_add_all(env, &variables);
	return 0;
}
