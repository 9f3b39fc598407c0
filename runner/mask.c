/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/mask.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "util/base64.h"
#include "util/mem.h"

#define SHORTEST 3
#define FORM_MAX MiB(4)
#define STREAM_MAX MiB(16)
#define TEXT_MAX MiB(16)
#define SHOWN "***"

struct pattern {
	char *data;
	size_t len;
};

struct mask {
	struct pattern *patterns;
	size_t count;
	bool begins[256];	/* does one, with this byte? */
};

struct mask *
mask_new(void)
{
	return mem_zalloc(sizeof(struct mask));
}

struct mask *
mask_free(struct mask *m)
{
	size_t i;

	if (!m)
		return NULL;
	for (i = 0; i < m->count; i++)
		free(m->patterns[i].data);
	free(m->patterns);
	free(m);
	return NULL;
}

static bool
is_known(const struct mask *m, const void *data, size_t len)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		if (m->patterns[i].len == len &&
			memcmp(m->patterns[i].data, data, len) == 0)
			return true;
	return false;
}

static void
add_pattern(struct mask *m, const void *data, size_t len)
{
	struct pattern *p;

	if (len < SHORTEST || is_known(m, data, len))
		return;
	m->patterns = mem_resize(
		m->patterns, m->count + 1, sizeof(*m->patterns));
	p = &m->patterns[m->count++];
	p->data = mem_alloc(len);
	p->len = len;
	memcpy(p->data, data, len);
	m->begins[(unsigned char)*p->data] = true;
}

/* Without what depends on the bytes behind it: padding, and the last digit
 * where it holds bits of them. */
static void
add_base64(struct mask *m, const void *data, size_t len)
{
	cleanup_value(buf_release) struct buf text = { 0 };

	buf_init(&text, FORM_MAX);
	base64_format(data, len - len % 3, &text);
	if (text.len > 2 * SHORTEST)
		add_pattern(m, text.data, text.len);
	buf_reset(&text);
	base64_format(data, len, &text);
	while (text.len && text.data[text.len - 1] == '=')
		text.len--;
	add_pattern(m, text.data ? text.data : "", text.len);
}

static void
add_url(struct mask *m, const char *data, size_t len, const char *format)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	size_t i;

	buf_init(&text, FORM_MAX);
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)data[i];

		if (isalnum(c) || strchr("-_.~", c))
			buf_addc(&text, (char)c);
		else
			buf_addf(&text, *format == 'x' ? "%%%02x" : "%%%02X",
				c);
	}
	add_pattern(m, text.data ? text.data : "", text.len);
}

static void
add_forms(struct mask *m, const char *data, size_t len)
{
	if (len < SHORTEST)
		return;
	add_pattern(m, data, len);
	add_base64(m, data, len);
	add_url(m, data, len, "X");
	add_url(m, data, len, "x");
}

void
mask_add(struct mask *m, const void *secret, size_t len)
{
	const char *line = secret;
	const char *end = line + len;
	const char *next;

	add_forms(m, secret, len);
	for (; line < end; line = next + 1) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (!next)
			next = end;
		if ((size_t)(next - line) != len)
			add_forms(m, line, (size_t)(next - line));
	}
}

void
mask_stream_release(struct mask_stream *s)
{
	buf_release(&s->held);
}

/* The length of the longest secret that stands at `data`, or 0; `ret_may_grow`
 * when a longer one may be there, as far as can be seen. */
static size_t
match(const struct mask *m, const char *data, size_t len, bool *ret_may_grow)
{
	size_t i, longest = 0;

	*ret_may_grow = false;
	if (!m->begins[(unsigned char)*data])
		return 0;
	for (i = 0; i < m->count; i++) {
		const struct pattern *p = &m->patterns[i];
		size_t common = p->len < len ? p->len : len;

		if (memcmp(p->data, data, common) != 0)
			continue;
		if (common < p->len)
			*ret_may_grow = true;
		else if (p->len > longest)
			longest = p->len;
	}
	return longest;
}

/* Returns how many bytes are done with. */
static size_t
pass(const struct mask *m, const char *data, size_t len, bool is_last,
	struct buf *ret)
{
	size_t at = 0, length;
	bool may_grow;

	while (at < len) {
		length = match(m, data + at, len - at, &may_grow);
		if (may_grow && !is_last)
			break;
		if (length)
			buf_adds(ret, SHOWN);
		else
			buf_addc(ret, data[at]);
		at += length ? length : 1;
	}
	return at;
}

static void
feed(const struct mask *m, struct mask_stream *s, bool is_last,
	struct buf *ret)
{
	size_t done = pass(m, buf_text(&s->held), s->held.len, is_last, ret);

	if (done)
		memmove(s->held.data, s->held.data + done,
			s->held.len - done);
	s->held.len -= done;
}

void
mask_feed(const struct mask *m, struct mask_stream *s, const char *data,
	size_t len, struct buf *ret)
{
	if (!m || !m->count) {
		buf_add(ret, data, len);
		return;
	}
	if (!s->held.max)
		buf_init(&s->held, STREAM_MAX);
	buf_add(&s->held, data, len);
	feed(m, s, false, ret);
}

void
mask_flush(const struct mask *m, struct mask_stream *s, struct buf *ret)
{
	if (m && s->held.len)
		feed(m, s, true, ret);
}

char *
mask_text(const struct mask *m, const char *text)
{
	cleanup_value(buf_release) struct buf shown = { 0 };
	size_t len = strlen(text);

	buf_init(&shown, TEXT_MAX);
	if (m && m->count)
		(void)pass(m, text, len, true, &shown);
	else
		buf_add(&shown, text, len);
	return mem_strdup(buf_text(&shown));
}
