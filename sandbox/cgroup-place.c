/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/cgroup-place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/cgroup.h"
#include "util/fs.h"
#include "util/mem.h"

/* Where a program of ours that divides its group lives itself. */
#define LEAF "slipway"
#define FILE_MAX KiB(64)

int
cgroup_refuse(const char *why, struct error *err)
{
	(void)error_set(err, ENOTSUP, "no cgroup of our own: %s", why);
	(void)error_hint(err, "start slipway by: systemd-run --user --scope "
		"-p Delegate=yes");
	return error_kind(err, ERROR_HOST);
}

int
cgroup_write_text(int dir_fd, const char *name, const char *text,
	struct error *err)
{
	autoclose int fd = openat(dir_fd, name, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return error_errno(err, "cannot write '%s' to %s", text, name);
	return 0;
}

char *
cgroup_read_text(int dir_fd, const char *name)
{
	cleanup_value(buf_release) struct buf b = { 0 };

	buf_init(&b, FILE_MAX);
	(void)fs_read_file(dir_fd, name, FILE_MAX, &b, NULL);
	return mem_strdup(buf_text(&b));
}

/* The unified hierarchy, alone or beside the old ones. */
static const char *
find_root(void)
{
	static const char *const roots[] = {
		"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(roots); i++) {
		autofree char *file = mem_printf("%s/cgroup.controllers",
			roots[i]);

		if (access(file, F_OK) == 0)
			return roots[i];
	}
	return NULL;
}

/* Our group, or the one above when we live in a leaf of it already. */
static char *
find_base(void)
{
	autofree char *all = cgroup_read_text(AT_FDCWD, "/proc/self/cgroup");
	const char *root = find_root();
	const char *line = strstr(all, "0::/");
	autofree char *base = NULL;
	size_t len;

	if (!root || !line)
		return NULL;
	base = mem_printf("%s%.*s", root, (int)strcspn(line + 3, "\n"),
		line + 3);
	len = strlen(base);
	if (len > strlen("/" LEAF) &&
		strcmp(base + len - strlen("/" LEAF), "/" LEAF) == 0)
		base[len - strlen("/" LEAF)] = '\0';
	return take_ptr(&base);
}

static bool
has_word(const char *list, const char *word)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	autofree char *line = mem_strndup(list, strcspn(list, "\n"));

	strv_split(&words, line, ' ');
	return strv_has(&words, word);
}

static bool
is_same_program(const char *pid)
{
	autofree char *link = mem_printf("/proc/%s/exe", pid);
	autofree char *theirs = NULL;
	autofree char *ours = NULL;

	return fs_read_link(AT_FDCWD, link, &theirs, NULL) == 0 &&
		fs_read_link(AT_FDCWD, "/proc/self/exe", &ours, NULL) == 0 &&
		strcmp(theirs, ours) == 0;
}

/* A group that hands on controllers has no processes itself: ours go to a
 * leaf. Those of others stay, and then it does not work. */
static int
move_to_leaf(int base_fd, struct error *err)
{
	cleanup_value(strv_release) struct strv pids = { 0 };
	autofree char *list = cgroup_read_text(base_fd, "cgroup.procs");
	autoclose int leaf = -1;
	size_t i;

	if (mkdirat(base_fd, LEAF, 0755) < 0 && errno != EEXIST)
		return cgroup_refuse("our group is not ours to divide", err);
	leaf = openat(base_fd, LEAF, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (leaf < 0)
		return error_errno(err, "cannot open our cgroup");
	strv_split(&pids, list, '\n');
	for (i = 0; i < pids.count; i++)
		if (*pids.items[i] && is_same_program(pids.items[i]))
			(void)cgroup_write_text(leaf, "cgroup.procs", pids.items[i],
				NULL);
	return 0;
}

static int
enable(int base_fd, const struct strv *wanted, struct error *err)
{
	autofree char *on = cgroup_read_text(base_fd, "cgroup.subtree_control");
	cleanup_value(strv_release) struct strv missing = { 0 };
	autofree char *text = NULL;
	size_t i;
	int r;

	for (i = 0; i < wanted->count; i++)
		if (!has_word(on, wanted->items[i]))
			strv_addf(&missing, "+%s", wanted->items[i]);
	text = strv_join(&missing, " ");
	if (!missing.count || cgroup_write_text(base_fd, "cgroup.subtree_control",
				      text, NULL) == 0)
		return 0;
	r = move_to_leaf(base_fd, err);
	if (r == 0 && cgroup_write_text(base_fd, "cgroup.subtree_control", text,
			      NULL) < 0)
		r = cgroup_refuse("other programs live in our group", err);
	return r;
}

static int
check_base(int base_fd, const struct strv *wanted, struct error *err)
{
	autofree char *have = cgroup_read_text(base_fd, "cgroup.controllers");
	size_t i;

	if (faccessat(base_fd, "cgroup.subtree_control", W_OK, AT_EACCESS) < 0)
		return cgroup_refuse("our group is not ours to divide", err);
	for (i = 0; i < wanted->count; i++) {
		autofree char *why = mem_printf("it has no controller '%s'",
			wanted->items[i]);

		if (!has_word(have, wanted->items[i]))
			return cgroup_refuse(why, err);
	}
	return 0;
}

static int
open_base(const char *base, const struct strv *wanted, int *ret_fd,
	struct error *err)
{
	autoclose int fd = -1;
	int r;

	fd = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return cgroup_refuse("our group is not in sight", err);
	r = check_base(fd, wanted, err);
	if (r == 0)
		*ret_fd = take_fd(&fd);
	return r;
}

/* Below our own group or, as real root may, below that of all: the one group
 * that may have both processes and groups. */
int
cgroup_find_place(const struct strv *wanted, int *ret_fd, struct error *err)
{
	autofree char *own = find_base();
	autoclose int fd = -1;
	int r;

	if (!own)
		return cgroup_refuse("the host has no unified hierarchy", err);
	r = open_base(own, wanted, &fd, err);
	if (r == 0)
		r = enable(fd, wanted, err);
	if (r < 0 && open_base(find_root(), wanted, &fd, NULL) == 0)
		r = enable(fd, wanted, err);
	if (r == 0)
		*ret_fd = take_fd(&fd);
	return r;
}

int
cgroup_probe(struct error *err)
{
	cleanup_value(strv_release) struct strv wanted = { 0 };
	autofree char *own = find_base();
	autoclose int fd = -1;

	if (!own)
		return cgroup_refuse("the host has no unified hierarchy", err);
	strv_split(&wanted, "memory cpu pids", ' ');
	return open_base(own, &wanted, &fd, err);
}
