/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/carry.h"
#include "sandbox/census.h"
#include "sandbox/merge.h"
#include "sandbox/mounts.h"
#include "sandbox/overlay.h"
#include "sandbox/rootfs-points.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/strv.h"

/* Beside upper and work: a layer of our own. */
#define POINTS "points"

/*
 * One directory below scratch holds all: upper, covered by the merged tree to
 * spare a directory, and work. `dir_fd` is it, or the tmpfs mounted over it.
 */
struct rootfs {
	int scratch_fd;
	char *name;		/* of the directory in scratch, NULL: gone */
	int dir_fd;
	int upper_fd;		/* what lies under the merged tree */
	int fd;			/* the merged tree, -1 when not mounted */
	char *path, *merged_path;
	struct stat top;	/* of the root directory at the beginning */
	char *base;
	struct strv lowers;	/* below base, or absolute; bottom first */
	bool has_upper;
	bool in_memory;
	struct census *census;	/* of a copy, NULL for an overlay */
	struct error refusal;	/* why it is a copy */
};

/* What of the usual a tree is without. */
enum lacks { LACKS_NOTHING = 0, LACKS_UPPER = 1 << 0, LACKS_POINTS = 1 << 1 };

static int
open_dir(int dir_fd, const char *path, int *ret_fd, struct error *err)
{
	*ret_fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*ret_fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	return 0;
}

/* The root directory of the merged tree is the upper one: it has to look like
 * that of the topmost lower. */
static int
dress_upper(const struct rootfs *r, struct error *err)
{
	struct timespec times[2] = { r->top.st_atim, r->top.st_mtim };
	struct stat st;

	if (fstat(r->upper_fd, &st) < 0)
		return error_errno(err, "cannot look at the upper directory");
	if ((st.st_uid != r->top.st_uid || st.st_gid != r->top.st_gid) &&
		fchown(r->upper_fd, r->top.st_uid, r->top.st_gid) < 0)
		return error_errno(err, "cannot own the upper directory");
	if (fchmod(r->upper_fd, r->top.st_mode & 07777) < 0 ||
		futimens(r->upper_fd, times) < 0)
		return error_errno(err, "cannot dress the upper directory");
	return 0;
}

static int
make_parts(struct rootfs *r, struct error *err)
{
	int result;

	if (mkdirat(r->dir_fd, OVERLAY_UPPER, 0755) < 0 ||
		(r->has_upper && mkdirat(r->dir_fd, OVERLAY_WORK, 0700) < 0))
		return error_errno(err, "cannot make the upper directory");
	scope_close(&r->upper_fd);
	result = open_dir(r->dir_fd, OVERLAY_UPPER, &r->upper_fd, err);
	return result < 0 ? result : dress_upper(r, err);
}

/* The store lies on a file system that cannot hold an upper directory. */
static int
move_to_memory(struct rootfs *r, struct error *err)
{
	const struct mounts_option options[] = {
		{ "mode", "0700" }, { 0 },
	};
	autoclose int fd = -1;
	int result;

	log_debug("upper directory in memory, as its file system cannot");
	result = mounts_create("tmpfs", options, MOUNTS_NO_DEV, &fd, err);
	if (result == 0)
		result = mounts_attach(fd, r->dir_fd, err);
	if (result < 0)
		return result;
	/* The number stays: lowers may be named by it. */
	if (dup3(fd, r->dir_fd, O_CLOEXEC) < 0)
		return error_errno(err, "cannot keep a descriptor");
	r->in_memory = true;
	if (mkdirat(r->dir_fd, POINTS, 0755) < 0)
		return error_errno(err, "cannot make '" POINTS "'");
	return make_parts(r, err);
}

static int
mount_overlay(struct rootfs *r, struct overlay *o, struct error *err)
{
	int result;

	o->dir_fd = r->dir_fd;
	result = overlay_mount(o, err);
	if (result != -EINVAL || !r->has_upper || r->in_memory)
		return result;
	result = move_to_memory(r, err);
	o->dir_fd = r->dir_fd;
	return result < 0 ? result : overlay_mount(o, err);
}

/* The tmpfs covers the directory that holds it. */
static void
uncover(struct rootfs *r)
{
	if (!r->in_memory)
		return;
	r->in_memory = false;
	if (umount2(r->path, MNT_DETACH) < 0)
		log_debug("cannot unmount '%s': %s", r->path, strerror(errno));
}

/* It did not help: copies are too large for memory. */
static int
return_from_memory(struct rootfs *r, struct error *err)
{
	autoclose int fd = -1;
	int result;

	if (!r->in_memory)
		return 0;
	uncover(r);
	result = open_dir(r->scratch_fd, r->name, &fd, err);
	if (result < 0)
		return result;
	if (dup3(fd, r->dir_fd, O_CLOEXEC) < 0)
		return error_errno(err, "cannot keep a descriptor");
	scope_close(&r->upper_fd);
	return open_dir(r->dir_fd, OVERLAY_UPPER, &r->upper_fd, err);
}

/* Lay it over the copy. */
static int
copy_lower(struct rootfs *r, const char *name, struct error *err)
{
	autofree char *path = path_resolve(r->base, name);
	autoclose int fd = -1;
	int result;

	result = open_dir(AT_FDCWD, path, &fd, err);
	if (result == 0)
		result = merge_layer(fd, r->upper_fd, err);
	return result < 0 ? error_wrap(err, "copy of layer '%s'", name) : 0;
}

/* The copy is whole: what differs from now on is what a program did. */
static int
begin_changes(struct rootfs *r, struct error *err)
{
	int result;

	r->census = census_free(r->census);
	result = dress_upper(r, err);
	return result < 0 ? result :
		census_take(r->upper_fd, &r->census, err);
}

/* Over itself, to be a mount of its own as the overlay would be. */
static int
mount_copy(struct rootfs *r, struct error *err)
{
	autoclose int fd = -1;
	int result;

	result = mounts_clone(r->dir_fd, OVERLAY_UPPER, false, &fd, err);
	if (result == 0)
		result = mounts_add_flags(fd, r->has_upper ? MOUNTS_NO_DEV :
			MOUNTS_NO_DEV | MOUNTS_READ_ONLY, false, err);
	return result < 0 ? result :
		mounts_attach_at(fd, r->dir_fd, OVERLAY_UPPER, err);
}

static int
copy_stack(struct rootfs *r, struct error *err)
{
	int result;

	log_debug("%s: copying instead", r->refusal.text);
	result = return_from_memory(r, err);
	for (size_t n = 0; result == 0 && n < r->lowers.count; n++)
		result = copy_lower(r, r->lowers.items[n], err);
	if (result == 0)
		result = begin_changes(r, err);
	return result < 0 ? result : mount_copy(r, err);
}

/* The kernel will not, or cannot: not that something is wrong with it. */
static bool
is_refusal(const struct error *e)
{
	return e->kind == ERROR_HOST && (e->code == ENOTSUP ||
		e->code == EINVAL || e->code == ENOSYS);
}

static int
mount_it(struct rootfs *r, struct overlay *o, struct error *err)
{
	int result;

	result = mount_overlay(r, o, &r->refusal);
	if (result < 0 && !is_refusal(&r->refusal))
		return error_move(err, &r->refusal);
	if (result < 0)
		result = copy_stack(r, err);
	else
		error_release(&r->refusal);
	if (result < 0)
		return result;
	r->fd = openat(r->dir_fd, OVERLAY_UPPER,
		O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (r->fd < 0)
		return error_errno(err, "cannot open the merged tree");
	return 0;
}

static int
mount_stack(struct rootfs *r, struct error *err)
{
	struct overlay o = {
		.base = r->base,
		.lowers = (const char *const *)strv_view(&r->lowers),
		.count = r->lowers.count,
		.has_upper = r->has_upper,
	};

	return mount_it(r, &o, err);
}

/* By descriptor: it need not be below base. */
static void
add_own_lower(struct rootfs *r)
{
	strv_addf(&r->lowers, "/proc/self/fd/%d/" POINTS, r->dir_fd);
}

/* The mount points, then what the caller has. */
static int
list_lowers(struct rootfs *r, const char *const *lowers, size_t count,
	enum lacks lacks, struct error *err)
{
	if (!(lacks & LACKS_POINTS))
		strv_add(&r->lowers, ROOTFS_POINTS);
	for (size_t n = 0; n < count; n++)
		strv_add(&r->lowers, lowers[n]);
	if (r->lowers.count)
		return 0;
	/* An overlay of nothing is none. */
	if (mkdirat(r->dir_fd, POINTS, 0755) < 0)
		return error_errno(err, "cannot make '" POINTS "'");
	add_own_lower(r);
	return 0;
}

static int
look_at_top(struct rootfs *r, const char *base, const char *top,
	struct error *err)
{
	autoclose int base_fd = -1;
	int result;

	result = open_dir(AT_FDCWD, base, &base_fd, err);
	if (result == 0)
		result = rootfs_make_points(base_fd, r->scratch_fd, err);
	if (result < 0)
		return result;
	if (fstatat(base_fd, top, &r->top, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot find layer '%s/%s'", base,
			top);
	return 0;
}

static int
make_scratch(struct rootfs *r, const char *scratch, struct error *err)
{
	int result;

	result = fs_make_temp_dir(r->scratch_fd, &r->name, &r->dir_fd, err);
	if (result < 0)
		return result;
	r->path = mem_printf("%s/%s", scratch, r->name);
	r->merged_path = mem_printf("%s/" OVERLAY_UPPER, r->path);
	return make_parts(r, err);
}

static int
open_stack(enum lacks lacks, const char *base, const char *const *lowers,
	size_t count, const char *scratch, struct rootfs **ret,
	struct error *err)
{
	cleanup(rootfs_close) struct rootfs *r = mem_zalloc(sizeof(*r));
	int result;

	r->scratch_fd = r->dir_fd = r->upper_fd = r->fd = -1;
	r->has_upper = !(lacks & LACKS_UPPER);
	r->base = mem_strdup(base);
	result = open_dir(AT_FDCWD, scratch, &r->scratch_fd, err);
	if (result == 0)
		result = look_at_top(r, base, count ? lowers[count - 1] :
			ROOTFS_POINTS, err);
	if (result == 0)
		result = make_scratch(r, scratch, err);
	if (result == 0)
		result = list_lowers(r, lowers, count, lacks, err);
	if (result == 0)
		result = mount_stack(r, err);
	if (result < 0)
		return error_wrap(err, "root file system");
	*ret = take_ptr(&r);
	return 0;
}

int
rootfs_open(const char *base, const char *const *lowers, size_t count,
	const char *scratch, struct rootfs **ret, struct error *err)
{
	return open_stack(LACKS_NOTHING, base, lowers, count, scratch, ret,
		err);
}

int
rootfs_open_read_only(const char *base, const char *const *lowers,
	size_t count, const char *scratch, struct rootfs **ret,
	struct error *err)
{
	if (count == 0)
		return error_set(err, EINVAL, "no layer to look at");
	return open_stack(LACKS_UPPER, base, lowers, count, scratch, ret,
		err);
}

int
rootfs_open_bare(const char *base, const char *const *lowers, size_t count,
	const char *scratch, struct rootfs **ret, struct error *err)
{
	return open_stack(LACKS_POINTS, base, lowers, count, scratch, ret,
		err);
}

int
rootfs_fd(const struct rootfs *r)
{
	return r->fd;
}

const char *
rootfs_path(const struct rootfs *r)
{
	return r->merged_path;
}

const char *
rootfs_scratch(const struct rootfs *r)
{
	return r->path;
}

bool
rootfs_is_in_memory(const struct rootfs *r)
{
	return r->in_memory;
}

const struct error *
rootfs_refusal(const struct rootfs *r)
{
	return r->census ? &r->refusal : NULL;
}

int
rootfs_is_unchanged(struct rootfs *r, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	struct stat st;
	int result;

	if (!r->has_upper)
		return 1;
	if (fstat(r->upper_fd, &st) < 0)
		return error_errno(err, "cannot look at the upper directory");
	if (st.st_mode != r->top.st_mode || st.st_uid != r->top.st_uid ||
		st.st_gid != r->top.st_gid)
		return 0;
	if (r->census)
		return census_is_same(r->census, r->upper_fd, err);
	result = fs_list(r->upper_fd, 1, &names, NULL);
	if (result == -E2BIG)
		return 0;
	if (result < 0)
		return error_set(err, -result,
			"cannot list the upper directory");
	return names.count == 0;
}

/* Lazily: a process killed a moment ago may still be on its way out of it. */
static void
unmount(struct rootfs *r)
{
	if (r->fd < 0)
		return;
	(void)close(take_fd(&r->fd));
	if (umount2(r->merged_path, MNT_DETACH) < 0)
		log_debug("cannot unmount '%s': %s", r->merged_path,
			strerror(errno));
}

/* Work of the last mount: a volatile overlay refuses to begin with it. */
static int
renew_work(struct rootfs *r, struct error *err)
{
	int result;

	result = fs_remove_tree(r->dir_fd, OVERLAY_WORK, err);
	if (result == 0)
		result = fs_remove_tree(r->dir_fd, OVERLAY_LINKS, err);
	if (result < 0)
		return result;
	if (mkdirat(r->dir_fd, OVERLAY_WORK, 0700) < 0)
		return error_errno(err, "cannot make '" OVERLAY_WORK "'");
	return 0;
}

static int
mount_anew(struct rootfs *r, struct error *err)
{
	int result;

	add_own_lower(r);
	if (r->census) {
		result = copy_lower(r, r->lowers.items[r->lowers.count - 1],
			err);
		return result < 0 ? result : begin_changes(r, err);
	}
	unmount(r);
	result = renew_work(r, err);
	return result < 0 ? result : mount_stack(r, err);
}

int
rootfs_add_points(struct rootfs *r, const struct rootfs_point *points,
	size_t count, struct error *err)
{
	autoclose int points_fd = -1;
	bool made = false;
	int result;

	if (!count)
		return 0;
	if (mkdirat(r->dir_fd, POINTS, 0755) < 0 && errno != EEXIST)
		return error_errno(err, "cannot make '" POINTS "'");
	result = open_dir(r->dir_fd, POINTS, &points_fd, err);
	for (size_t n = 0; result >= 0 && n < count; n++) {
		result = points_make(r->fd, points_fd, &points[n], err);
		made = made || result > 0;
	}
	if (result < 0)
		return result;
	return made ? mount_anew(r, err) : 0;
}

/* From memory to the place an upper directory has otherwise. The descriptor
 * keeps the memory until then. */
static int
leave_memory(struct rootfs *r, struct error *err)
{
	autoclose int below = -1;
	int result;

	uncover(r);
	result = open_dir(r->scratch_fd, r->name, &below, err);
	if (result < 0)
		return result;
	if (unlinkat(below, OVERLAY_UPPER, AT_REMOVEDIR) < 0)
		return error_errno(err, "cannot remove an empty directory");
	result = carry_tree(r->dir_fd, OVERLAY_UPPER, below, OVERLAY_UPPER,
		err);
	return result < 0 ? error_wrap(err, "upper directory") : 0;
}

int
rootfs_take_upper(struct rootfs *r, char **ret_name, struct error *err)
{
	int result;

	if (!r->has_upper)
		return error_set(err, EINVAL,
			"a read-only tree has no upper directory");
	unmount(r);
	result = r->in_memory ? leave_memory(r, err) : 0;
	if (result == 0 && r->census)
		result = census_reduce(r->census, r->upper_fd, err);
	if (result == 0)
		*ret_name = mem_printf("%s/" OVERLAY_UPPER, r->name);
	return result;
}

struct rootfs *
rootfs_close(struct rootfs *r)
{
	if (!r)
		return NULL;
	unmount(r);
	scope_close(&r->upper_fd);
	scope_close(&r->dir_fd);
	uncover(r);
	if (r->name && fs_remove_tree(r->scratch_fd, r->name, NULL) < 0)
		log_debug("'%s' stays for the next sweep", r->name);
	scope_close(&r->scratch_fd);
	free(r->name);
	free(r->path);
	free(r->merged_path);
	free(r->base);
	strv_release(&r->lowers);
	(void)census_free(r->census);
	error_release(&r->refusal);
	free(r);
	return NULL;
}
