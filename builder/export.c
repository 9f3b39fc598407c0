/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/export.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "builder/stack.h"
#include "oci/image.h"
#include "oci/pack.h"
#include "oci/unpack.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/proc.h"

#define STORY_MAX KiB(16)

static int
pack_image(struct store *s, const struct image *i,
	const struct export_options *o, struct tar_writer *to,
	struct error *err)
{
	const struct pack_options options = {
		.clamp_mtime = o->epoch,
		.set_mtime = o->epoch != INT64_MAX,
	};
	cleanup(rootfs_close) struct rootfs *root = NULL;
	int r;

	/* Nothing over nothing is no mount. */
	if (image_layer_count(i) == 0)
		return 0;
	r = stack_open_image_bare(s, i, &root, err);
	if (r < 0)
		return r;
	return pack_tree_into(rootfs_fd(root), &options, o->below, to, err);
}

int
export_to_tar(struct store *s, const struct digest *manifest,
	const struct export_options *options, struct tar_writer *to,
	struct error *err)
{
	cleanup(image_free) struct image *i = NULL;
	int r;

	r = image_load(s, manifest, NULL, &i, err);
	return r < 0 ? r : pack_image(s, i, options, to, err);
}

/* The child that packs; what went wrong goes to `story_fd`. */
static int
be_packer(struct store *s, const struct digest *manifest,
	const struct export_options *options, int tar_fd, int story_fd)
{
	cleanup(sink_free) struct sink *sink = sink_to_fd(tar_fd);
	cleanup(tar_writer_free) struct tar_writer *w = tar_writer_new(sink);
	autoerror err = { 0 };
	int r;

	r = export_to_tar(s, manifest, options, w, &err);
	if (r == 0)
		r = tar_writer_end(w, &err);
	if (r == 0)
		return 0;
	/* Who stopped reading knows why. */
	if (err.code != EPIPE)
		(void)fs_write(story_fd, err.text, strlen(err.text), NULL);
	return 1;
}

struct packing {
	struct proc proc;
	int tar_fd, story_fd;
};

static void
packing_release(struct packing *p)
{
	scope_close(&p->tar_fd);
	scope_close(&p->story_fd);
	proc_release(&p->proc);
}

static int
start(struct store *s, const struct digest *manifest,
	const struct export_options *options, struct packing *p,
	struct error *err)
{
	autoclose int write_fd = -1;
	int fds[2], r;

	p->story_fd = memfd_create("story", MFD_CLOEXEC);
	if (p->story_fd < 0 || pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	p->tar_fd = fds[0];
	write_fd = fds[1];
	r = proc_fork(&p->proc, err);
	if (r == 0) {
		/* As long as it could read, it would wait for itself. */
		scope_close(&p->tar_fd);
		_exit(be_packer(s, manifest, options, write_fd, p->story_fd));
	}
	return r < 0 ? r : 0;
}

/* Its own story is the cause of ours. */
static int
finish(struct packing *p, int result, struct error *err)
{
	cleanup_value(buf_release) struct buf story = { 0 };
	struct proc_end end;
	int r;

	/* If we stopped reading, it must not wait for us. */
	scope_close(&p->tar_fd);
	p->tar_fd = -1;
	r = proc_wait(&p->proc, -1, &end, err);
	if (r < 0)
		return r;
	if (end.status == 0 && end.signal == 0)
		return result;
	buf_init(&story, STORY_MAX);
	(void)lseek(p->story_fd, 0, SEEK_SET);
	if (fs_read_fd(p->story_fd, STORY_MAX, &story, NULL) < 0 || !story.len)
		return result < 0
			? result
			: error_set(err, EIO, "cannot read its files");
	return error_set(err, EIO, "%s", buf_text(&story));
}

int
export_to_dir(struct store *s, const struct digest *manifest,
	const struct export_options *options, int dir_fd, struct error *err)
{
	cleanup_value(packing_release) struct packing p = {
		.tar_fd = -1,
		.story_fd = -1,
	};
	cleanup(source_free) struct source *from = NULL;
	uint64_t devices = 0;
	const struct unpack_options unpack = {
		.form = UNPACK_ARCHIVE,
		.ret_lost_devices = &devices,
	};
	int r;

	r = start(s, manifest, options, &p, err);
	if (r < 0)
		return r;
	from = source_from_fd(p.tar_fd);
	r = unpack_tar(from, dir_fd, &unpack, err);
	r = finish(&p, r, err);
	if (devices)
		log_warning("%llu devices are left out",
			(unsigned long long)devices);
	return r < 0 ? error_kind(err, ERROR_LOCAL) : 0;
}
