/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/outputs.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "runner/step.h"
#include "util/buf.h"
#include "util/fs.h"
#include "util/mem.h"

#define VARIABLE "SLIPWAY_OUTPUT"

static char *
name_of(const struct step *s)
{
	return mem_printf(".output-%zu", s->index);
}

static int
open_home(const char *home, int *ret_fd, struct error *err)
{
	*ret_fd = open(home, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*ret_fd < 0)
		return error_errno(err, "cannot open '%s'", home);
	return 0;
}

int
outputs_begin(const char *home, struct step *s, bool wanted, struct error *err)
{
	autofree char *name = name_of(s);
	autofree char *inside = mem_printf(STEP_HOME "/%s", name);
	autoclose int dir = -1;
	autoclose int fd = -1;
	int r;

	if (!home || s->kind != STEP_CMD || strv_env_get(&s->env, VARIABLE))
		return 0;
	strv_env_set(&s->env, VARIABLE, wanted ? inside : "/dev/null");
	if (!wanted)
		return 0;
	r = open_home(home, &dir, err);
	if (r == 0)
		r = fs_open_in(dir, name, FS_BENEATH,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600, &fd,
			err);
	if (r < 0)
		return r;
	/* For whichever user the step has. */
	if (fchmod(fd, 0666) < 0)
		return error_errno(err, "cannot set up '%s'", name);
	return 0;
}

int
outputs_read(const char *home, const struct step *s, struct strv *ret,
	struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *name = name_of(s);
	autoclose int dir = -1;
	autoclose int fd = -1;
	struct stat st;
	int r;

	if (!home)
		return 0;
	r = open_home(home, &dir, err);
	if (r == 0)
		r = fs_open_in(dir, name, FS_BENEATH,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, &fd, err);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return error_set(err, EINVAL, "the outputs are no file");
	buf_init(&text, OUTPUTS_TEXT_MAX);
	r = fs_read_fd(fd, OUTPUTS_TEXT_MAX, &text, err);
	return r < 0 ? r : outputs_parse(buf_text(&text), ret, err);
}

/* A text, line by line. */
struct lines {
	const char *at;
	const char *line; /* not terminated */
	size_t len;
	size_t number;
};

static bool
next_line(struct lines *l)
{
	if (!*l->at)
		return false;
	l->line = l->at;
	l->len = strcspn(l->at, "\n");
	l->at += l->len + (l->at[l->len] == '\n');
	l->number++;
	return true;
}

static size_t
name_length(const struct lines *l)
{
	size_t i = 0;

	while (i < l->len &&
		(isalnum((unsigned char)l->line[i]) || l->line[i] == '_' ||
			l->line[i] == '-'))
		i++;
	return i;
}

static int
fail(const struct lines *l, const char *what, struct error *err)
{
	return error_set(
		err, EINVAL, "line %zu of the outputs %s", l->number, what);
}

/* Lines up to one that is `word`. */
static int
read_value(
	struct lines *l, const char *word, struct buf *ret, struct error *err)
{
	struct lines start = *l;

	while (next_line(l)) {
		if (l->len == strlen(word) &&
			strncmp(l->line, word, l->len) == 0)
			return 0;
		if (l->number > start.number + 1)
			buf_addc(ret, '\n');
		buf_add(ret, l->line, l->len);
	}
	return fail(&start, "begins what does not end", err);
}

static int
read_output(struct lines *l, struct strv *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf value = { 0 };
	size_t len = name_length(l);
	autofree char *name = mem_strndup(l->line, len);
	autofree char *word = NULL;
	int r;

	buf_init(&value, OUTPUTS_TEXT_MAX);
	if (len && len < l->len && l->line[len] == '=') {
		buf_add(&value, l->line + len + 1, l->len - len - 1);
	} else if (len && len + 2 < l->len &&
		strncmp(l->line + len, "<<", 2) == 0) {
		word = mem_strndup(l->line + len + 2, l->len - len - 2);
		r = read_value(l, word, &value, err);
		if (r < 0)
			return r;
	} else {
		return fail(l, "is neither NAME=VALUE nor NAME<<WORD", err);
	}
	if (ret->count == OUTPUTS_MAX && !strv_env_get(ret, name))
		return fail(l, "is one too many", err);
	strv_env_set(ret, name, buf_text(&value));
	return 0;
}

int
outputs_parse(const char *text, struct strv *ret, struct error *err)
{
	struct lines l = { .at = text };
	int r = 0;

	while (r == 0 && next_line(&l))
		if (l.len)
			r = read_output(&l, ret, err);
	return r;
}
