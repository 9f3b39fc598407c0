/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/task-volume.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "runner/task-secret.h"
#include "runner/task-step.h"
#include "util/base64.h"
#include "util/mem.h"

#define FILE_MAX MiB(1)

/* Where a value goes. */
#define V(field) offsetof(struct task_volume, field)

static int read_files(
	const struct property_value *v, void *field, struct error *err);
static int read_cache(
	const struct property_value *v, void *field, struct error *err);
static int read_tmpfs(
	const struct property_value *v, void *field, struct error *err);
static int read_host(
	const struct property_value *v, void *field, struct error *err);
static int read_sharing(
	const struct property_value *v, void *field, struct error *err);

const struct property task_volume_properties[] = {
	{ "name", property_text, V(name) },
	{ "secret", read_files, 0 },
	{ "secretFrom", read_files, 0 },
	{ "cache", read_cache, 0 },
	{ "tmpfs", read_tmpfs, 0 },
	{ "host", read_host, 0 },
	{ "empty", property_harmless },
	{ "uid", property_count, V(uid) },
	{ "gid", property_count, V(gid) },
	{ "mode", property_mode, V(mode) },
	{ NULL },
};

const struct property task_volume_cache_properties[] = {
	{ "id", property_text, V(cache_id) },
	{ "sharing", read_sharing, V(sharing) },
	{ "maxSize", property_size, V(max_bytes) },
	{ NULL },
};

const struct property task_volume_tmpfs_properties[] = {
	{ "size", property_size, V(max_bytes) },
	{ NULL },
};

const struct property task_volume_host_properties[] = {
	{ "path", property_text, V(host_path) },
	{ "readOnly", property_bool, V(read_only) },
	{ NULL },
};

static const struct {
	const char *key;
	enum task_volume_kind kind;
} sources[] = {
	{ "secret", TASK_VOLUME_SECRET },
	{ "secretFrom", TASK_VOLUME_SECRET },
	{ "cache", TASK_VOLUME_CACHE },
	{ "tmpfs", TASK_VOLUME_TMPFS },
	{ "host", TASK_VOLUME_HOST },
	{ "empty", TASK_VOLUME_EMPTY },
};

/* Letters, digits and `more`. */
static bool
is_name(const char *text, const char *more)
{
	const char *c;

	for (c = text; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr(more, *c))
			return false;
	return c > text;
}

static bool
is_file_name(const char *text)
{
	return is_name(text, "-_.") && strcmp(text, ".") != 0 &&
		strcmp(text, "..") != 0;
}

static int
read_map(const struct property_value *v, const struct property *table,
	void *field, struct error *err)
{
	if (yaml_kind(v->node) != YAML_MAP)
		return yaml_error(v->doc, v->node, err, "'%s' is %s, not a map",
			v->row->name, yaml_kind_name(v->node));
	return property_read_all(v->doc, v->node, table, field, err);
}

static int
read_cache(const struct property_value *v, void *field, struct error *err)
{
	return read_map(v, task_volume_cache_properties, field, err);
}

static int
read_tmpfs(const struct property_value *v, void *field, struct error *err)
{
	return read_map(v, task_volume_tmpfs_properties, field, err);
}

static int
read_host(const struct property_value *v, void *field, struct error *err)
{
	return read_map(v, task_volume_host_properties, field, err);
}

static int
read_sharing(const struct property_value *v, void *field, struct error *err)
{
	static const char *const words[] = {
		[TASK_VOLUME_SHARED] = "shared",
		[TASK_VOLUME_PRIVATE] = "private",
		[TASK_VOLUME_LOCKED] = "locked",
	};
	enum task_volume_sharing *sharing = field;
	size_t i;
	int r;

	r = property_word(v, words, ARRAY_SIZE(words), &i, err);
	if (r == 0)
		*sharing = (enum task_volume_sharing)i;
	return r;
}

/* Of `secret` the values are base64, of `secretFrom` ids of secrets. */
static int
read_file(const struct property_value *v, size_t i,
	struct task_volume_file *ret, struct error *err)
{
	const struct yaml_node *n = yaml_at(v->node, i);
	const char *name = yaml_key(v->node, i);

	if (!is_file_name(name))
		return yaml_error(v->doc, yaml_key_node(v->node, i), err,
			"'%s' is not a file's name: letters, digits, '-', "
			"'_', '.'",
			name);
	if (yaml_kind(n) != YAML_TEXT)
		return yaml_error(v->doc, n, err, "file '%s' is %s, not a text",
			name, yaml_kind_name(n));
	ret->name = mem_strdup(name);
	if (strcmp(v->row->name, "secretFrom") == 0) {
		ret->secret = mem_strdup(yaml_text(n));
		return 0;
	}
	buf_init(&ret->content, FILE_MAX);
	if (base64_parse(yaml_text(n), &ret->content) == 0 &&
		buf_check(&ret->content, name, NULL) == 0)
		return 0;
	return yaml_error(v->doc, n, err, "file '%s' is not base64", name);
}

static int
read_files(const struct property_value *v, void *field, struct error *err)
{
	struct task_volume *volume = field;
	size_t i;
	int r = 0;

	if (yaml_kind(v->node) != YAML_MAP || yaml_count(v->node) == 0)
		return yaml_error(v->doc, v->node, err,
			"'%s' is no map of files", v->row->name);
	if (volume->files) /* find_source() tells of it */
		return 0;
	volume->files = mem_array(yaml_count(v->node), sizeof(*volume->files));
	for (i = 0; r == 0 && i < yaml_count(v->node); i++)
		r = read_file(v, i, &volume->files[volume->file_count++], err);
	return r;
}

static int
find_source(const struct property_value *v, const struct yaml_node *node,
	struct task_volume *volume, struct error *err)
{
	size_t count = 0, i;

	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		if (!yaml_get(node, sources[i].key))
			continue;
		volume->kind = sources[i].kind;
		count++;
	}
	if (count == 1)
		return 0;
	return yaml_error(v->doc, node, err,
		"volume '%s' has %s of secret, secretFrom, cache, tmpfs, host "
		"and empty",
		volume->name, count ? "more than one" : "none");
}

static int
check_volume(const struct property_value *v, const struct yaml_node *node,
	struct task *t, struct task_volume *volume, struct error *err)
{
	if (!volume->name || !is_name(volume->name, "-_"))
		return yaml_error(v->doc, node, err,
			"'%s' is not a volume's name: letters, digits, '-', '_'",
			volume->name ? volume->name : "");
	if (task_find_volume(t, volume->name) != volume)
		return yaml_error(v->doc, node, err,
			"a volume above has the name '%s' too", volume->name);
	if (find_source(v, node, volume, err) < 0)
		return -EINVAL;
	if (volume->kind == TASK_VOLUME_HOST &&
		(!volume->host_path || *volume->host_path != '/'))
		return yaml_error(v->doc, yaml_get(node, "host"), err,
			"volume '%s' has no absolute 'path'", volume->name);
	if (volume->kind == TASK_VOLUME_CACHE && !volume->cache_id)
		volume->cache_id = mem_strdup(volume->name);
	if (volume->cache_id && !is_file_name(volume->cache_id))
		return yaml_error(v->doc, yaml_get(node, "cache"), err,
			"'%s' is not an id of a cache: letters, digits, '-', "
			"'_', '.'",
			volume->cache_id);
	if (!yaml_get(node, "mode"))
		volume->mode = 0400;
	return 0;
}

int
task_volumes_read(
	const struct property_value *v, void *field, struct error *err)
{
	struct property_objects list = { 0 };
	struct task *t = field;
	size_t i;
	int r;

	r = property_read_list(v, task_volume_properties,
		sizeof(struct task_volume), &list, err);
	t->volumes = list.items;
	t->volume_count = list.count;
	for (i = 0; r == 0 && i < t->volume_count; i++) {
		t->volumes[i].place = task_place_of(property_member(v, i));
		r = check_volume(
			v, property_member(v, i), t, &t->volumes[i], err);
	}
	return r;
}

int
task_volumes_check(const struct yaml_doc *y, const struct yaml_node *n,
	const struct task *t, struct error *err)
{
	const struct task_volume *v;
	size_t i, k;

	for (i = 0; i < t->volume_count; i++) {
		v = &t->volumes[i];
		for (k = 0; k < v->file_count; k++)
			if (v->files[k].secret &&
				!task_find_secret(t, v->files[k].secret))
				return yaml_error(y, n, err,
					"volume '%s' wants secret '%s', which "
					"is none",
					v->name, v->files[k].secret);
	}
	return 0;
}

static void
release_volume(struct task_volume *v)
{
	size_t i;

	for (i = 0; i < v->file_count; i++) {
		free(v->files[i].name);
		free(v->files[i].secret);
		buf_release(&v->files[i].content);
	}
	free(v->files);
	free(v->name);
	free(v->cache_id);
	free(v->host_path);
}

void
task_volumes_release(struct task *t)
{
	size_t i;

	for (i = 0; i < t->volume_count; i++)
		release_volume(&t->volumes[i]);
	free(t->volumes);
}

const struct task_volume *
task_find_volume(const struct task *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->volume_count; i++)
		if (t->volumes[i].name && strcmp(t->volumes[i].name, name) == 0)
			return &t->volumes[i];
	return NULL;
}
