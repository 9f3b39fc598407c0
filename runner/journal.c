/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "util/buf.h"
#include "util/clock.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/num.h"

#define LINE_MAX_BYTES KiB(64)

struct journal {
	int fd;
	struct buf *rests; /* by step: the line it has begun */
	size_t count;
};

int
journal_begin(int dir_fd, const char *name, size_t count, struct journal **ret,
	struct error *err)
{
	cleanup(journal_free) struct journal *j = mem_zalloc(sizeof(*j));

	j->fd = openat(dir_fd, name,
		O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
	if (j->fd < 0)
		return error_errno(err, "cannot make the log '%s'", name);
	/* Where there are no locks, a run that goes on looks ended. */
	(void)fs_lock(j->fd, FS_LOCK_EXCLUSIVE, NULL);
	j->rests = mem_array(count, sizeof(*j->rests));
	j->count = count;
	for (size_t n = 0; n < count; n++)
		buf_init(&j->rests[n], LINE_MAX_BYTES + 1);
	*ret = take_ptr(&j);
	return 0;
}

struct journal *
journal_free(struct journal *j)
{
	if (!j)
		return NULL;
	for (size_t n = 0; n < j->count; n++)
		buf_release(&j->rests[n]);
	free(j->rests);
	scope_close(&j->fd);
	free(j);
	return NULL;
}

static void
begin_line(struct buf *line, const char *id)
{
	uint32_t nanoseconds;
	int64_t seconds = clock_wall_seconds(&nanoseconds);
	char time[40];

	num_format_time(seconds, nanoseconds, time);
	buf_adds(line, time);
	buf_addc(line, ' ');
	buf_adds(line, id);
	buf_addc(line, ' ');
}

/* In one write, so that a reader never sees half a line. */
static void
end_line(struct journal *j, struct buf *line)
{
	autoerror err = { 0 };

	buf_addc(line, '\n');
	if (fs_write(j->fd, line->data, line->len, &err) < 0)
		log_warning_once(
			"journal", "the log of this run: %s", err.text);
	buf_reset(line);
}

/* As much of `data` as belongs to this line; ends it when that is all of it. */
static size_t
add_to_line(struct journal *j, struct buf *line, const char *data, size_t len)
{
	size_t room = LINE_MAX_BYTES - line->len;
	size_t part = len < room ? len : room;
	const char *stop = memchr(data, '\n', part);

	if (stop)
		part = (size_t)(stop - data);
	buf_add(line, data, part);
	if (stop || part == room)
		end_line(j, line);
	return part + (stop != NULL);
}

void
journal_write(struct journal *j, size_t step, const char *id, const char *data,
	size_t len)
{
	struct buf *line = &j->rests[step];
	size_t done = 0;

	while (done < len) {
		if (line->len == 0)
			begin_line(line, id);
		done += add_to_line(j, line, data + done, len - done);
	}
}

void
journal_end_step(struct journal *j, size_t step)
{
	if (j->rests[step].len > 0)
		end_line(j, &j->rests[step]);
}

int
journal_is_live(int dir_fd, const char *name, struct error *err)
{
	autoclose int fd =
		openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "cannot open the log '%s'", name);
	/* Not alone: two that ask must not take each other for the writer. */
	return fs_lock(fd, FS_LOCK_LOOK, NULL) < 0;
}

/* The word up to the next blank. */
static const char *
take_word(const char *from, const char *end, size_t *ret_len)
{
	const char *stop = memchr(from, ' ', (size_t)(end - from));

	if (!stop || stop == from)
		return NULL;
	*ret_len = (size_t)(stop - from);
	return stop + 1;
}

int
journal_parse(const char *line, size_t len, struct journal_line *ret)
{
	struct journal_line l = { .time = line };
	const char *end = line + len;

	l.step = take_word(l.time, end, &l.time_len);
	l.text = l.step ? take_word(l.step, end, &l.step_len) : NULL;
	if (!l.text)
		return -EBADMSG;
	l.text_len = (size_t)(end - l.text);
	*ret = l;
	return 0;
}
