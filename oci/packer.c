/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/packer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "oci/net.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/proc.h"

/* A line tells of one layer, or of the failure that ends it. */
#define LINE_MAX_BYTES KiB(64)
#define LINES_MAX MiB(1)
#define READ_SIZE KiB(16)

struct packer {
	struct proc child;
	int fd;
	struct buf lines;
	size_t count;
};

/* In the child. */

static void
say(int fd, size_t index, const struct descriptor *d, const struct error *e)
{
	cleanup(json_free) struct json *line = json_new_object();
	cleanup_value(buf_release) struct buf text = { 0 };

	json_set_number(line, "layer", (int64_t)index);
	if (e->code)
		net_set_error(line, e);
	else
		json_set(line, "blob", descriptor_format(d));
	buf_init(&text, LINE_MAX_BYTES);
	json_format(line, &text);
	buf_addc(&text, '\n');
	/* Nobody is left to be told when this fails. */
	(void)fs_write(fd, text.data, text.len, NULL);
}

static void
child_main(struct store *s, const struct packer_options *o,
	const struct layer *const *layers, size_t count, int fd)
{
	for (size_t i = 0; i < count; i++) {
		struct descriptor d = { 0 };
		autoerror err = { 0 };

		if (!layers[i])
			continue;
		(void)layer_pack(s, layers[i], o->codec, o->level, o->force,
			&d, &err);
		say(fd, i, &d, &err);
		if (err.code)
			_exit(1);
		descriptor_release(&d);
	}
	_exit(0);
}

/* In the parent. */

int
packer_start(struct store *s, const struct packer_options *options,
	const struct layer *const *layers, size_t count, struct packer **ret,
	struct error *err)
{
	cleanup(packer_free) struct packer *p = mem_zalloc(sizeof(*p));
	autoclose int out = -1;
	int fds[2], r;

	p->fd = -1;
	p->count = count;
	buf_init(&p->lines, LINES_MAX);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	p->fd = fds[0];
	out = fds[1];
	r = proc_fork(&p->child, err);
	if (r == 0)
		child_main(s, options, layers, count, out);
	if (r < 0)
		return r;
	*ret = take_ptr(&p);
	return 0;
}

struct packer *
packer_free(struct packer *p)
{
	if (!p)
		return NULL;
	proc_release(&p->child);
	scope_close(&p->fd);
	buf_release(&p->lines);
	free(p);
	return NULL;
}

int
packer_fd(const struct packer *p)
{
	return p->fd;
}

static int
take_line(struct packer *p, const char *line, size_t len, packer_done done,
	void *context, struct error *err)
{
	cleanup_value(descriptor_release) struct descriptor blob = { 0 };
	cleanup(json_free) struct json *j = NULL;
	int64_t index;
	int r;

	r = json_parse(line, len, LINE_MAX_BYTES, "line of the packer", &j,
		err);
	if (r >= 0)
		r = net_get_error(j, err);
	if (r < 0)
		return r;
	index = json_get_number(j, "layer", -1);
	if (index < 0 || (size_t)index >= p->count)
		return error_set(err, EBADMSG, "the packer is confused");
	r = descriptor_parse(json_get(j, "blob"), &blob, err);
	return r < 0 ? r : done(context, (size_t)index, &blob, err);
}

static int
take_lines(struct packer *p, packer_done done, void *context,
	struct error *err)
{
	char *end;
	int r = 0;

	while (r >= 0 && (end = memchr(p->lines.data, '\n', p->lines.len))) {
		size_t len = (size_t)(end - p->lines.data);

		r = take_line(p, p->lines.data, len, done, context, err);
		p->lines.len -= len + 1;
		memmove(p->lines.data, end + 1, p->lines.len);
	}
	return r < 0 ? r : 1;
}

static int
ended(struct packer *p, struct error *err)
{
	struct proc_end end = { 0 };
	int r;

	r = proc_wait(&p->child, -1, &end, err);
	if (r >= 0 && proc_end_status(&end) != 0)
		r = error_set(err, EIO,
			"the packing process ended with status %d",
			proc_end_status(&end));
	return r;
}

int
packer_read(struct packer *p, packer_done done, void *context,
	struct error *err)
{
	char *to = buf_room(&p->lines, READ_SIZE);
	ssize_t n = to ? read(p->fd, to, READ_SIZE) : 0;

	if (n < 0 && errno == EINTR)
		return 1;
	if (n <= 0)
		return ended(p, err);
	buf_grew(&p->lines, (size_t)n);
	return take_lines(p, done, context, err);
}
