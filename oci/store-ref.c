/* SPDX-License-Identifier: Apache-2.0 */
/* The tags of a store: refs/HOST/PATH:TAG, one line each, a digest. The parts
 * come from ref_parse(), which lets nothing through that is no plain name. */
#include "oci/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"

#define LINE_MAX_BYTES 256
#define NAMES_MAX 1000000
#define DEPTH_MAX 128
#define RACE_TRIES 64

/* "docker.io/library/debian:12"; a reference by digest has no tag there. */
static char *
ref_file(const struct ref *ref)
{
	char digest[DIGEST_TEXT_SIZE];

	if (!ref_has_digest(ref))
		return mem_printf("%s/%s:%s", ref->host, ref->path, ref->tag);
	return mem_printf("%s/%s@%s", ref->host, ref->path,
		digest_format(&ref->digest, digest));
}

static int
not_here(const struct ref *ref, struct error *err)
{
	autofree char *text = ref_format_short(ref);

	return error_set(err, ENOENT, "no image '%s' here", text);
}

static int
damaged(const struct store *s, const char *file, struct error *err)
{
	(void)error_set(err, EBADMSG, "'%s/refs/%s' is damaged", store_path(s),
		file);
	return error_kind(err, ERROR_STORE);
}

static int
read_ref(struct store *s, const char *file, struct digest *ret,
	struct error *err)
{
	cleanup_value(buf_release) struct buf line = { 0 };
	int fd, r;

	fd = store_dir_fd(s, STORE_REFS, err);
	if (fd < 0)
		return fd;
	r = fs_read_file(fd, file, LINE_MAX_BYTES, &line, err);
	if (r < 0)
		return r;
	if (line.len && line.data[line.len - 1] == '\n')
		line.data[--line.len] = '\0';
	if (digest_parse(buf_text(&line), ret, NULL) < 0)
		return damaged(s, file, err);
	return 0;
}

/* A digest names what it names, whatever it was fetched as. */
static int
get_by_digest(struct store *s, const struct ref *ref, struct digest *ret,
	struct error *err)
{
	int r = store_has_blob(s, &ref->digest, err);

	if (r < 0)
		return r;
	if (r == 0)
		return not_here(ref, err);
	*ret = ref->digest;
	return 0;
}

int
store_ref_get(struct store *s, const struct ref *ref, struct digest *ret,
	struct error *err)
{
	autofree char *file = ref_file(ref);
	int r;

	if (ref_has_digest(ref))
		return get_by_digest(s, ref, ret, err);
	r = read_ref(s, file, ret, err);
	return r == -ENOENT ? not_here(ref, err) : r;
}

static int
publish(struct store *s, const char *file, const char *line,
	struct error *err)
{
	autofree char *dir = path_dir(file);
	autoclose int dir_fd = -1;
	int refs_fd, tmp_fd, r;

	refs_fd = store_dir_fd(s, STORE_REFS, err);
	if (refs_fd < 0)
		return refs_fd;
	tmp_fd = store_dir_fd(s, STORE_TMP, err);
	if (tmp_fd < 0)
		return tmp_fd;
	r = fs_make_dirs(refs_fd, dir, 0700, &dir_fd, err);
	if (r < 0)
		return r;
	return fs_publish(tmp_fd, dir_fd, path_base(file), line, strlen(line),
		0600, err);
}

int
store_ref_set(struct store *s, const struct ref *ref,
	const struct digest *target, struct error *err)
{
	autofree char *file = ref_file(ref);
	autofree char *line = NULL;
	char digest[DIGEST_TEXT_SIZE];
	int i, r = -ENOENT;

	line = mem_printf("%s\n", digest_format(target, digest));
	/* Somebody may remove a directory that is still empty. */
	for (i = 0; i < RACE_TRIES && r == -ENOENT; i++)
		r = publish(s, file, line, err);
	return r < 0 ? error_wrap(err, "cannot set tag '%s'", file) : 0;
}

/* Directories that became empty, upwards; one that is not ends it. */
static void
remove_empty_parents(int refs_fd, char *file)
{
	char *slash;

	while ((slash = strrchr(file, '/'))) {
		*slash = '\0';
		if (unlinkat(refs_fd, file, AT_REMOVEDIR) < 0)
			return;
	}
}

int
store_ref_remove(struct store *s, const struct ref *ref, struct error *err)
{
	autofree char *file = ref_file(ref);
	int fd;

	fd = store_dir_fd(s, STORE_REFS, err);
	if (fd < 0)
		return fd;
	if (unlinkat(fd, file, 0) == 0) {
		remove_empty_parents(fd, file);
		return 0;
	}
	if (errno == ENOENT || errno == ENOTDIR)
		return not_here(ref, err);
	return error_errno(err, "cannot remove tag '%s'", file);
}

/* Files are told from directories by name: only a file's last component has a
 * ":" or "@", apart from the host in front, which is always a directory. */
static int
list_below(int dir_fd, const char *prefix, unsigned depth, struct strv *ret,
	struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	size_t i;
	int r;

	if (depth > DEPTH_MAX)
		return error_set(err, ELOOP, "'refs/%s' is too deep", prefix);
	r = fs_list(dir_fd, NAMES_MAX, &names, err);
	for (i = 0; r == 0 && i < names.count; i++) {
		autofree char *path = path_join(prefix, names.items[i]);
		autoclose int fd = -1;

		if (depth > 0 && strpbrk(names.items[i], ":@")) {
			strv_take(ret, take_ptr(&path));
			continue;
		}
		fd = openat(dir_fd, names.items[i],
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		/* Removed meanwhile is no failure. */
		if (fd >= 0)
			r = list_below(fd, path, depth + 1, ret, err);
		else if (errno != ENOENT)
			r = error_errno(err, "cannot open 'refs/%s'", path);
	}
	return r;
}

int
store_ref_list(struct store *s, struct strv *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv found = { 0 };
	int fd, r;

	fd = store_dir_fd(s, STORE_REFS, err);
	if (fd < 0)
		return fd;
	r = list_below(fd, "", 0, &found, err);
	if (r < 0)
		return error_kind(err, ERROR_STORE);
	strv_sort(&found);
	strv_add_all(ret, &found);
	return 0;
}
