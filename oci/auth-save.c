/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/auth-save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "oci/auth.h"
#include "util/base64.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"

#define FILE_MAX MiB(1)
#define PAIR_MAX KiB(64)
/* The one name for Docker Hub that docker knows, and all others, too. */
#define HUB_KEY "https://index.docker.io/v1/"

/* A file while it is changed. */
struct keyring {
	char *path; /* links followed: those of docker's file may be one */
	int dir_fd; /* locked: two logins at once lose nothing */
	struct json *text;
};

static void
wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->len);
	buf_release(b);
}

static void
keyring_release(struct keyring *k)
{
	free(k->path);
	scope_close(&k->dir_fd);
	json_free(k->text);
}

static int
read_text(struct keyring *k, struct error *err)
{
	cleanup_value(wipe) struct buf text = { 0 };
	int r;

	r = fs_read_file(k->dir_fd, path_base(k->path), FILE_MAX, &text, err);
	if (r == -ENOENT || (r == 0 && text.len == 0)) {
		error_release(err);
		k->text = json_new_object();
		return 0;
	}
	if (r < 0)
		return r;
	/* The parser's message would quote the text: that holds passwords. */
	if (json_parse(buf_text(&text), text.len, FILE_MAX, k->path, &k->text,
		    NULL) < 0 ||
		json_kind(k->text) != JSON_OBJECT_)
		return error_set(err, EBADMSG,
			"'%s' is no JSON file of credentials", k->path);
	return 0;
}

static int
make_dir(const char *path, struct error *err)
{
	autofree char *dir = path_dir(path);
	autoclose int top =
		open(*dir == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int made = -1;

	/* "../x" is the user's own affair. */
	if (access(dir, F_OK) == 0)
		return 0;
	return fs_make_dirs(top, dir, 0700, &made, err);
}

static int
open_file(struct keyring *k, const char *file, struct error *err)
{
	autofree char *dir = NULL;
	int r;

	k->path = realpath(file, NULL);
	if (!k->path)
		k->path = mem_strdup(file);
	dir = path_dir(k->path);
	k->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (k->dir_fd < 0)
		return error_errno(err, "cannot open '%s'", dir);
	r = fs_lock(k->dir_fd, FS_LOCK_EXCLUSIVE, err);
	return r < 0 ? r : read_text(k, err);
}

static int
write_file(const struct keyring *k, struct error *err)
{
	cleanup_value(wipe) struct buf text = { 0 };
	int r;

	buf_init(&text, FILE_MAX);
	json_format_pretty(k->text, &text);
	buf_addc(&text, '\n');
	r = buf_check(&text, k->path, err);
	if (r == 0)
		r = fs_publish(k->dir_fd, k->dir_fd, path_base(k->path),
			text.data, text.len, 0600, err);
	return r < 0 ? error_kind(err, ERROR_LOCAL) : 0;
}

/* Borrowed; the helper for this host, or the one for all, or NULL. */
static const char *
helper_for(const struct keyring *k, const char *host)
{
	const char *name =
		json_get_text(json_get(k->text, "credHelpers"), host);

	if (!name)
		name = json_get_text(k->text, "credsStore");
	return name && *name ? name : NULL;
}

static char *
host_of(const char *registry)
{
	const char *scheme = strstr(registry, "://");

	if (strcmp(registry, HUB_KEY) == 0)
		return mem_strdup("docker.io");
	registry = scheme ? scheme + strlen("://") : registry;
	return mem_strndup(registry, strcspn(registry, "/"));
}

static const char *
key_of(const char *registry)
{
	return strcmp(registry, "docker.io") == 0 ? HUB_KEY : registry;
}

static struct json *
auths_of(struct keyring *k)
{
	if (json_kind(json_get(k->text, "auths")) != JSON_OBJECT_)
		json_set(k->text, "auths", json_new_object());
	return json_get(k->text, "auths");
}

static void
set_pair(struct json *entry, const struct credential *who)
{
	autofree char *pair = mem_printf("%s:%s", who->user, who->password);
	cleanup_value(wipe) struct buf text = { 0 };

	buf_init(&text, PAIR_MAX);
	base64_format(pair, strlen(pair), &text);
	json_set_text(entry, "auth", buf_text(&text));
	explicit_bzero(pair, strlen(pair));
}

/* An empty entry says that a helper knows. */
static int
keep(struct keyring *k, const char *registry, const struct credential *who,
	struct error *err)
{
	autofree char *host = host_of(registry);
	const char *helper = helper_for(k, host);
	cleanup(json_free) struct json *entry = json_new_object();
	int r = 0;

	if (helper)
		r = auth_helper_store(helper, host, who, err);
	else
		set_pair(entry, who);
	if (r < 0)
		return error_kind(err, ERROR_LOCAL);
	/* Another spelling of the same would be found first. */
	if (strcmp(key_of(registry), registry) != 0)
		json_set(auths_of(k), registry, NULL);
	json_set(auths_of(k), key_of(registry), take_ptr(&entry));
	return 0;
}

int
auth_save(const char *file, const char *registry, const struct credential *who,
	struct error *err)
{
	cleanup_value(keyring_release) struct keyring k = { .dir_fd = -1 };
	int r;

	r = make_dir(file, err);
	if (r == 0)
		r = open_file(&k, file, err);
	if (r == 0)
		r = keep(&k, registry, who, err);
	if (r == 0)
		r = write_file(&k, err);
	return r < 0 ? error_kind(err, ERROR_LOCAL) : 0;
}

static int
ask_helper(const struct keyring *k, const char *registry, struct error *err)
{
	autofree char *host = host_of(registry);
	const char *helper = helper_for(k, host);
	autoerror missing = { 0 };
	int r;

	if (!helper)
		return 0;
	r = auth_helper_erase(helper, host, &missing);
	/* A store for all hosts may be a left-over of a desktop. */
	if (r == -ENOENT)
		return 0;
	return r < 0 ? error_move(err, &missing) : r;
}

static int
forget_one(struct keyring *k, const char *registry, struct error *err)
{
	const char *const keys[] = { registry, key_of(registry) };
	struct json *auths = auths_of(k);
	int found = 0;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		found |= json_get(auths, keys[i]) != NULL;
		json_set(auths, keys[i], NULL);
	}
	r = ask_helper(k, registry, err);
	return r < 0 ? r : found | r;
}

static int
forget_all(struct keyring *k, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	const struct json *lists[] = { auths_of(k),
		json_get(k->text, "credHelpers") };
	int found = 0;

	for (size_t n = 0; n < ARRAY_SIZE(lists); n++)
		for (void *i = json_first(lists[n]); i;
			i = json_next(lists[n], i))
			strv_add(&names, json_member_name(i));
	for (size_t n = 0; n < names.count; n++) {
		int r = forget_one(k, names.items[n], err);

		if (r < 0)
			return r;
		found |= r;
	}
	return found;
}

int
auth_forget(const char *file, const char *registry, struct error *err)
{
	cleanup_value(keyring_release) struct keyring k = { .dir_fd = -1 };
	struct stat st;
	int r, found = 0;

	if (stat(file, &st) < 0 && errno == ENOENT)
		return 0;
	r = open_file(&k, file, err);
	if (r == 0)
		r = registry ? forget_one(&k, registry, err)
			     : forget_all(&k, err);
	if (r > 0) {
		found = 1;
		r = write_file(&k, err);
	}
	return r < 0 ? error_kind(err, ERROR_LOCAL) : found;
}
