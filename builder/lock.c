/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "util/fs.h"
#include "util/mem.h"

#define LOCK_MAX MiB(16)
#define LOCK_VERSION 1

struct lock {
	struct json *document;
};

static const char *const members[LOCK_KINDS] = {
	[LOCK_IMAGE] = "images",
	[LOCK_FILE] = "files",
	[LOCK_COMMIT] = "commits",
};

struct lock *
lock_new(void)
{
	struct lock *l = mem_zalloc(sizeof(*l));

	l->document = json_new_object();
	json_set_number(l->document, "version", LOCK_VERSION);
	for (int n = 0; n < LOCK_KINDS; n++)
		json_set(l->document, members[n], json_new_object());
	return l;
}

struct lock *
lock_free(struct lock *l)
{
	if (!l)
		return NULL;
	json_free(l->document);
	free(l);
	return NULL;
}

char *
lock_path(const char *path)
{
	return mem_printf("%s.lock", path);
}

/* Of those that are there: in them are only names with texts. */
static int
check(const struct json *j, struct error *err)
{
	if (json_get_number(j, "version", -1) != LOCK_VERSION)
		return error_set(err, EBADMSG,
			"it is no lock file of version %d", LOCK_VERSION);
	for (int n = 0; n < LOCK_KINDS; n++) {
		const struct json *names = json_get(j, members[n]);

		if (names && json_kind(names) != JSON_OBJECT_)
			return error_set(err, EBADMSG,
				"its '%s' are no names", members[n]);
		for (void *i = json_first(names); i; i = json_next(names, i)) {
			if (!json_text(json_member_value(i)))
				return error_set(err, EBADMSG,
					"'%s' has no digest",
					json_member_name(i));
		}
	}
	return 0;
}

static int
parse(const char *path, const struct buf *text, struct lock **ret,
	struct error *err)
{
	cleanup(lock_free) struct lock *l = mem_zalloc(sizeof(*l));
	int r;

	r = json_parse(
		buf_text(text), text->len, LOCK_MAX, path, &l->document, err);
	if (r < 0)
		return r;
	r = check(l->document, err);
	if (r < 0)
		return error_wrap(err, "%s", path);
	*ret = take_ptr(&l);
	return 0;
}

int
lock_read(const char *path, struct lock **ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };

	buf_init(&text, LOCK_MAX);
	if (fs_read_file(AT_FDCWD, path, LOCK_MAX, &text, err) < 0) {
		(void)error_kind(err, ERROR_POLICY);
		return error_hint(err, "slipway lock makes it");
	}
	if (parse(path, &text, ret, err) < 0)
		return error_kind(err, ERROR_POLICY);
	return 0;
}

/* The same members in the order of their names. */
static struct json *
sorted(const struct json *names)
{
	cleanup_value(strv_release) struct strv list = { 0 };
	struct json *j = json_new_object();

	for (void *i = json_first(names); i; i = json_next(names, i))
		strv_add(&list, json_member_name(i));
	strv_sort(&list);
	for (size_t n = 0; n < list.count; n++)
		json_set_text(
			j, list.items[n], json_get_text(names, list.items[n]));
	return j;
}

int
lock_write(const struct lock *l, const char *path, struct error *err)
{
	cleanup(json_free) struct json *j = json_new_object();
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	json_set_number(j, "version", LOCK_VERSION);
	for (int n = 0; n < LOCK_KINDS; n++)
		json_set(j, members[n],
			sorted(json_get(l->document, members[n])));
	buf_init(&text, LOCK_MAX);
	json_format_pretty(j, &text);
	buf_addc(&text, '\n');
	r = buf_check(&text, "the lock file", err);
	return r < 0 ? r : fs_publish_path(path, text.data, text.len, err);
}

void
lock_set(struct lock *l, enum lock_kind kind, const char *name,
	const char *digest)
{
	json_set_text(json_get(l->document, members[kind]), name, digest);
}

int
lock_get(const struct lock *l, enum lock_kind kind, const char *name,
	const char **ret, struct error *err)
{
	const char *digest =
		json_get_text(json_get(l->document, members[kind]), name);

	if (digest) {
		*ret = digest;
		return 0;
	}
	/* A query may be a secret. */
	(void)error_set(err, ENOENT, "'%.*s' is not in the lock file",
		(int)strcspn(name, "?"), name);
	(void)error_kind(err, ERROR_POLICY);
	return error_hint(err, "slipway lock puts it there");
}

int
lock_get_digest(const struct lock *l, enum lock_kind kind, const char *name,
	struct digest *ret, struct error *err)
{
	const char *text;
	int r;

	r = lock_get(l, kind, name, &text, err);
	if (r == 0)
		r = digest_parse(text, ret, err);
	return r < 0 ? error_kind(err, ERROR_POLICY) : 0;
}

const struct json *
lock_json(const struct lock *l)
{
	return l->document;
}
