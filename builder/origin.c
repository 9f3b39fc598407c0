/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/origin.h"

#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/mem.h"
#include "util/scope.h"

struct origin *
origin_new(const char *file, const char *text, size_t len)
{
	struct origin *o = mem_zalloc(sizeof(*o));

	o->file = mem_strdup(file);
	o->text = mem_zalloc(len + 1);
	if (len > 0)
		memcpy(o->text, text, len);
	o->len = len;
	return o;
}

void
origin_free(struct origin *o)
{
	if (!o)
		return;
	free(o->file);
	free(o->text);
	free(o);
}

void
origin_explain(const struct origin *o, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *hint = NULL;

	if (!err || !o->from)
		return;
	hint = take_ptr(&err->hint);
	buf_init(&text, MiB(1));
	if (hint)
		buf_addf(&text, "%s\n", hint);
	for (; o->from; o = o->from)
		buf_addf(&text, "%sincluded at %s:%d:%d",
			text.len && text.data[text.len - 1] != '\n' ? ", " : "",
			o->from->file, o->line, o->column);
	(void)error_hint(err, "%s", buf_text(&text));
}

int
origin_is_within(const struct origin *o, const char *file)
{
	for (; o; o = o->from) {
		if (strcmp(o->file, file) == 0)
			return 1;
	}
	return 0;
}

const char *
origin_line(const struct origin *o, int line, size_t *ret_len)
{
	const char *text = o->text, *end = o->text + o->len, *next;

	for (; line > 1; line--) {
		next = memchr(text, '\n', (size_t)(end - text));
		if (!next)
			return NULL;
		text = next + 1;
	}
	next = memchr(text, '\n', (size_t)(end - text));
	*ret_len = (size_t)((next ? next : end) - text);
	return text;
}

int
origin_find(const struct origin *o, const char *text, int last, int *line,
	int *column)
{
	size_t len, skip = (size_t)*column - 1, wanted = strlen(text);
	const char *start, *found;

	for (int n = *line; wanted > 0 && n <= last; n++, skip = 0) {
		start = origin_line(o, n, &len);
		if (!start || len < skip)
			continue;
		found = memmem(start + skip, len - skip, text, wanted);
		if (!found)
			continue;
		*line = n;
		*column = (int)(found - start) + 1;
		return 1;
	}
	return 0;
}
