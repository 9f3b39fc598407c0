/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "runner/volume.h"
#include "util/csv.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/path.h"
#include "util/scope.h"

/* A --mount on its way: what its fields said. */
struct fields {
	char *type, *source, *inside, *target;
	char *size, *mode, *fd;
	bool read_only;
};

static const struct field {
	const char *name;
	size_t offset;
} fields[] = {
	{ "type", offsetof(struct fields, type) },
	{ "source", offsetof(struct fields, source) },
	{ "src", offsetof(struct fields, source) },
	{ "bind-subpath", offsetof(struct fields, inside) },
	{ "target", offsetof(struct fields, target) },
	{ "destination", offsetof(struct fields, target) },
	{ "dst", offsetof(struct fields, target) },
	{ "fd", offsetof(struct fields, fd) },
	{ "tmpfs-size", offsetof(struct fields, size) },
	{ "size", offsetof(struct fields, size) },
	{ "tmpfs-mode", offsetof(struct fields, mode) },
	{ "mode", offsetof(struct fields, mode) },
};

static void
fields_release(struct fields *f)
{
	free(f->type);
	free(f->source);
	free(f->inside);
	free(f->target);
	free(f->size);
	free(f->mode);
	free(f->fd);
}

static int
bad_mount(const char *item, const char *why, struct error *err)
{
	(void)error_set(err, EINVAL, "mount '%s': %s", item, why);
	(void)error_hint(err, "use type=bind,source=PATH,target=PATH"
		"[,readonly] or type=tmpfs,target=PATH");
	return error_kind(err, ERROR_REQUEST);
}

static bool
is_read_only(const char *field)
{
	return strcmp(field, "readonly") == 0 || strcmp(field, "ro") == 0 ||
		strcmp(field, "readonly=true") == 0 ||
		strcmp(field, "ro=true") == 0;
}

static int
take_field(const char *item, const char *field, struct fields *ret,
	struct error *err)
{
	size_t len = strcspn(field, "=");
	char **place;
	size_t i;

	if (is_read_only(field)) {
		ret->read_only = true;
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		if (strlen(fields[i].name) != len || !field[len] ||
			strncmp(fields[i].name, field, len) != 0)
			continue;
		place = (char **)(void *)((char *)ret + fields[i].offset);
		free(*place);
		*place = mem_strdup(field + len + 1);
		return 0;
	}
	return bad_mount(item, "a field is not known", err);
}

static void
add_tmpfs(struct volumes *v, const char *target, const char *size,
	const char *mode)
{
	struct mounts_option *options = mem_array(3, sizeof(*options));
	struct sandbox_mount m = { .target = path_clean(target),
		.tmpfs = options };

	if (size)
		*options++ = (struct mounts_option){ mem_strdup("size"),
			mem_strdup(size) };
	*options = (struct mounts_option){ mem_strdup("mode"),
		mem_strdup(mode ? mode : "1777") };
	volumes_add(v, &m);
}

static int
add_bind(const char *item, struct fields *f, struct volumes *v,
	struct error *err)
{
	autofree char *here = getcwd(NULL, 0);
	struct sandbox_mount m = { .read_only = f->read_only };

	if (!f->source || !*f->source)
		return bad_mount(item, "there is no source", err);
	m.source = path_resolve(here ? here : "/", f->source);
	m.inside = f->inside ? mem_strdup(f->inside) : NULL;
	m.target = path_clean(f->target);
	volumes_add(v, &m);
	if (access(m.source, F_OK) == 0)
		return 0;
	(void)error_errno(err, "mount '%s'", m.source);
	return error_kind(err, ERROR_REQUEST);
}

/* Its source is made when we have a place for it. */
static int
add_secret(const char *item, struct fields *f, struct volumes *v,
	struct error *err)
{
	struct sandbox_mount m = { .read_only = true };
	uint64_t fd;

	if (!f->fd || num_parse(f->fd, INT32_MAX, &fd, NULL) < 0 || fd < 3)
		return bad_mount(item, "there is no descriptor", err);
	m.target = path_clean(f->target);
	volumes_add(v, &m);
	v->secret_fds[v->count - 1] = (int)fd;
	return 0;
}

static int
parse_mount(const char *item, struct volumes *v, struct error *err)
{
	cleanup_value(fields_release) struct fields f = { 0 };
	cleanup_value(strv_release) struct strv parts = { 0 };
	size_t i;
	int r;

	r = csv_split(item, &parts, err);
	for (i = 0; r == 0 && i < parts.count; i++)
		r = take_field(item, parts.items[i], &f, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	if (!f.target || *f.target != '/')
		return bad_mount(item, "there is no absolute target", err);
	if (f.type && strcmp(f.type, "tmpfs") == 0) {
		add_tmpfs(v, f.target, f.size, f.mode);
		return 0;
	}
	if (f.type && strcmp(f.type, "secret") == 0)
		return add_secret(item, &f, v, err);
	if (f.type && strcmp(f.type, "bind") != 0)
		return bad_mount(item, "that type is not known", err);
	return add_bind(item, &f, v, err);
}

int
volumes_parse_mounts(const struct strv *items, struct volumes *v,
	struct error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < items->count; i++)
		r = parse_mount(items->items[i], v, err);
	return r;
}

int
volumes_parse_tmpfs(const struct strv *items, struct volumes *v,
	struct error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < items->count; i++) {
		const char *item = items->items[i];
		size_t len = strcspn(item, ":");
		autofree char *mount = mem_printf("type=tmpfs,target=%.*s%s%s",
			(int)len, item, item[len] ? "," : "",
			item[len] ? item + len + 1 : "");

		r = parse_mount(mount, v, err);
	}
	return r;
}
