/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/account.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/scope.h"
#include "util/strv.h"

#define FILE_MAX MiB(10)
#define GROUPS_MAX 65536	/* NGROUPS_MAX of the kernel */
#define ID_MAX (UINT32_MAX - 1)	/* 2^32-1 means "none" to the kernel */

/* A file of colon-separated lines, read as a whole. */
struct table {
	struct buf text;
	char *next;
};

/* passwd(5): name:password:uid:gid:gecos:home:shell. group(5):
 * name:password:gid:members. */
#define FIELDS 7
struct row {
	const char *fields[FIELDS];
	size_t count;
};

/* What came before and after the colon of USER. */
struct wanted {
	char *user, *group;	/* group NULL: none was named */
};

static void
table_release(struct table *t)
{
	buf_release(&t->text);
}

static void
wanted_release(struct wanted *w)
{
	free(w->user);
	free(w->group);
}

void
account_release(struct account *a)
{
	free(a->groups);
	free(a->home);
	*a = (struct account){ 0 };
}

/* A link that leads out of the image is resolved inside it; a FIFO does not
 * hold us up, a device is not read. No file is an empty one. */
static int
table_open(int root_fd, const char *path, struct table *ret, struct error *err)
{
	const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
	autoclose int fd = -1;
	struct stat st;
	int r;

	buf_init(&ret->text, FILE_MAX);
	r = fs_open_in(root_fd, path, FS_IN_ROOT, flags, 0, &fd, err);
	if (r == -ENOENT || r == -ENOTDIR) {
		if (err)
			error_release(err);
		ret->next = NULL;
		return 0;
	}
	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot look at '%s'", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, EINVAL, "'/%s' is no regular file",
			path);
	r = fs_read_fd(fd, FILE_MAX, &ret->text, err);
	if (r < 0)
		return error_wrap(err, "'/%s'", path);
	ret->next = ret->text.len ? ret->text.data : NULL;
	return 0;
}

/* Cuts the text into fields as it goes. */
static bool
table_next(struct table *t, struct row *ret)
{
	char *line = t->next;

	if (!line)
		return false;
	t->next = strchr(line, '\n');
	if (t->next)
		*t->next++ = '\0';
	*ret = (struct row){ 0 };
	while (line && ret->count < FIELDS) {
		ret->fields[ret->count++] = line;
		line = strchr(line, ':');
		if (line)
			*line++ = '\0';
	}
	return true;
}

static bool
is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

static bool
row_id(const struct row *row, size_t field, uint32_t *ret)
{
	uint64_t id;

	if (row->count <= field ||
		num_parse(row->fields[field], ID_MAX, &id, NULL) < 0)
		return false;
	*ret = (uint32_t)id;
	return true;
}

static int
parse_id(const char *what, const char *text, uint32_t *ret, struct error *err)
{
	uint64_t id;

	if (num_parse(text, ID_MAX, &id, NULL) < 0)
		return error_set(err, EINVAL, "%s '%s' is not between 0 and %u",
			what, text, ID_MAX);
	*ret = (uint32_t)id;
	return 0;
}

/* "user[:group]"; without a user it is root. */
static int
parse_wanted(const char *text, struct wanted *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv parts = { 0 };

	strv_split(&parts, text, ':');
	if (parts.count == 0)
		strv_add(&parts, "");
	if (parts.count > 2)
		return error_set(err, EINVAL, "'%s' is not USER[:GROUP]",
			text);
	ret->user = mem_strdup(*parts.items[0] ? parts.items[0] : "0");
	if (parts.count > 1 && *parts.items[1])
		ret->group = mem_strdup(parts.items[1]);
	return 0;
}

/* The passwd entry with this name or, for digits, this uid: a name made of
 * digits is never looked up (CVE-2016-3697). `ret_name` stays NULL without an
 * entry. */
static int
find_user(int root_fd, const char *user, struct account *ret,
	char **ret_name, struct error *err)
{
	cleanup_value(table_release) struct table t = { 0 };
	bool number = is_number(user);
	uint32_t uid, gid;
	struct row row;
	int r;

	r = number ? parse_id("user id", user, &ret->uid, err) : 0;
	if (r == 0)
		r = table_open(root_fd, "etc/passwd", &t, err);
	if (r < 0)
		return r;
	while (table_next(&t, &row)) {
		if (!row_id(&row, 2, &uid) || !row_id(&row, 3, &gid))
			continue;
		if (number ? uid != ret->uid : strcmp(row.fields[0], user))
			continue;
		ret->uid = uid;
		ret->gid = gid;
		if (row.count > 5 && *row.fields[5])
			ret->home = mem_strdup(row.fields[5]);
		*ret_name = mem_strdup(row.fields[0]);
		return 0;
	}
	if (number)
		return 0;
	return error_set(err, ENOENT, "unable to find user %s: "
		"no matching entry in /etc/passwd", user);
}

static int
find_group(int root_fd, const char *group, uint32_t *ret, struct error *err)
{
	cleanup_value(table_release) struct table t = { 0 };
	struct row row;
	int r;

	if (is_number(group))
		return parse_id("group id", group, ret, err);
	r = table_open(root_fd, "etc/group", &t, err);
	if (r < 0)
		return r;
	while (table_next(&t, &row)) {
		if (strcmp(row.fields[0], group) == 0 && row_id(&row, 2, ret))
			return 0;
	}
	return error_set(err, ENOENT, "unable to find group %s: "
		"no matching entry in /etc/group", group);
}

static bool
has_member(const char *members, const char *name)
{
	size_t len = strlen(name);

	while (*members) {
		if (strncmp(members, name, len) == 0 &&
			(members[len] == ',' || members[len] == '\0'))
			return true;
		members += strcspn(members, ",");
		members += *members == ',';
	}
	return false;
}

static void
add_group(struct account *a, uint32_t gid)
{
	a->groups = mem_resize(a->groups, a->group_count + 1,
		sizeof(*a->groups));
	a->groups[a->group_count++] = gid;
}

/* In the order that the kernel would put them (groups_sort). */
static int
compare_groups(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Every group that lists the user. */
static int
find_groups(int root_fd, const char *name, struct account *ret,
	struct error *err)
{
	cleanup_value(table_release) struct table t = { 0 };
	struct row row;
	uint32_t gid;
	int r;

	r = table_open(root_fd, "etc/group", &t, err);
	if (r < 0)
		return r;
	while (table_next(&t, &row) && ret->group_count < GROUPS_MAX) {
		if (row.count < 4 || !row_id(&row, 2, &gid) ||
			gid == ret->gid || !has_member(row.fields[3], name))
			continue;
		add_group(ret, gid);
	}
	qsort(ret->groups, ret->group_count, sizeof(*ret->groups),
		compare_groups);
	return 0;
}

int
account_find(int root_fd, const char *user, struct account *ret,
	struct error *err)
{
	cleanup_value(wanted_release) struct wanted w = { 0 };
	cleanup_value(account_release) struct account a = { 0 };
	autofree char *name = NULL;
	int r;

	r = parse_wanted(user && *user ? user : "0", &w, err);
	if (r == 0)
		r = find_user(root_fd, w.user, &a, &name, err);
	if (r == 0 && w.group)
		r = find_group(root_fd, w.group, &a.gid, err);
	if (r < 0)
		return r;
	/* Or whoever gives up the group (CVE-2022-2989) has what the others
	 * have. */
	add_group(&a, a.gid);
	if (!w.group && name)
		r = find_groups(root_fd, name, &a, err);
	if (r < 0)
		return r;
	if (!a.home)
		a.home = mem_strdup("/");
	*ret = a;
	a = (struct account){ 0 };
	return 0;
}

int
account_find_owner(int root_fd, const char *owner, uint32_t *ret_uid,
	uint32_t *ret_gid, struct error *err)
{
	cleanup_value(wanted_release) struct wanted w = { 0 };
	cleanup_value(account_release) struct account a = { 0 };
	autofree char *name = NULL;
	int r;

	r = parse_wanted(owner, &w, err);
	if (r == 0 && is_number(w.user))
		r = parse_id("user id", w.user, &a.uid, err);
	else if (r == 0)
		r = find_user(root_fd, w.user, &a, &name, err);
	if (r == 0 && w.group)
		r = find_group(root_fd, w.group, &a.gid, err);
	else if (r == 0 && is_number(w.user))
		a.gid = a.uid;
	if (r < 0)
		return r;
	*ret_uid = a.uid;
	*ret_gid = a.gid;
	return 0;
}
