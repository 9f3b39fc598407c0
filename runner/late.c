/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/late.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "util/mem.h"
#include "util/num.h"

/* U+E000 and U+E001: nobody's letters, and fit for YAML. */
#define OPEN "\xee\x80\x80"
#define CLOSE "\xee\x80\x81"

#define RESTORED_MAX MiB(4)

struct action {
	char *words;
	unsigned waits;
};

struct late {
	struct action *actions;
	size_t count;
};

struct late *
late_new(void)
{
	return mem_zalloc(sizeof(struct late));
}

struct late *
late_free(struct late *l)
{
	size_t i;

	if (!l)
		return NULL;
	for (i = 0; i < l->count; i++)
		free(l->actions[i].words);
	free(l->actions);
	free(l);
	return NULL;
}

unsigned
late_waits_for(const char *fields)
{
	static const struct {
		const char *name;
		unsigned waits;
	} names[] = {
		{ "Steps", LATE_STEPS },
		{ "Secrets", LATE_SECRETS },
		{ "Matrix", LATE_MATRIX },
	};
	size_t len = strcspn(fields, ".");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i].name) == len &&
			strncmp(names[i].name, fields, len) == 0)
			return names[i].waits;
	return 0;
}

void
late_add(struct late *l, const char *words, size_t len, unsigned waits,
	struct buf *to)
{
	while (len && strchr(" \t\r\n", words[len - 1]))
		len--;
	buf_addf(to, OPEN "%zu" CLOSE, l->count);
	l->actions = mem_resize(l->actions, l->count + 1, sizeof(*l->actions));
	l->actions[l->count++] =
		(struct action){ mem_strndup(words, len), waits };
}

struct late_mark
late_find(const struct late *l, const char *text)
{
	struct late_mark m = { .at = strstr(text, OPEN) };
	const char *digits = m.at ? m.at + strlen(OPEN) : NULL;
	autofree char *number = NULL;
	uint64_t index;

	if (!m.at)
		return m;
	m.end = digits + strspn(digits, "0123456789");
	number = mem_strndup(digits, (size_t)(m.end - digits));
	if (strncmp(m.end, CLOSE, strlen(CLOSE)) != 0 || !l->count ||
		num_parse(number, l->count - 1, &index, NULL) < 0)
		return m;
	m.end += strlen(CLOSE);
	m.index = index;
	m.words = l->actions[index].words;
	m.waits = l->actions[index].waits;
	return m;
}

bool
late_is_in(const char *text)
{
	return strstr(text, OPEN) != NULL;
}

size_t
late_count(const struct late *l)
{
	return l->count;
}

int
late_check(const struct late *l, size_t first, const char *name,
	const char *text, struct error *err)
{
	struct late_mark m = late_find(l, text);

	for (; m.words && m.index == first; m = late_find(l, m.end))
		first++;
	if (!m.at)
		return 0;
	error_set(err, EINVAL,
		"%s has the character U+E000, which is kept for slipway", name);
	return error_kind(err, ERROR_REQUEST);
}

unsigned
late_of_text(const struct late *l, const char *text)
{
	struct late_mark m = late_find(l, text ? text : "");
	unsigned waits = 0;

	for (; m.at; m = late_find(l, m.end))
		waits |= m.waits;
	return waits;
}

unsigned
late_of_all(const struct late *l)
{
	unsigned waits = 0;
	size_t i;

	for (i = 0; i < l->count; i++)
		waits |= l->actions[i].waits;
	return waits;
}

char *
late_restore(const struct late *l, const char *text)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	struct late_mark m;

	buf_init(&out, RESTORED_MAX);
	for (m = late_find(l, text); m.at; m = late_find(l, text)) {
		buf_add(&out, text, (size_t)(m.at - text));
		if (m.words)
			buf_addf(&out, "{{%s}}", m.words);
		text = m.end;
	}
	buf_adds(&out, text);
	return buf_steal(&out);
}
