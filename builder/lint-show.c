/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/lint-show.h"

#include <errno.h>
#include <string.h>

#include "util/base64.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/scope.h"

/* Lines shown of an instruction; the rest of a long one is not news. */
#define SHOWN_LINES 5
#define SHOWN_WARNINGS 20
#define TEXT_MAX MiB(16)

static void
add_excerpt(const struct lint_finding *f, struct buf *ret)
{
	int last = f->last_line;
	const char *line;
	size_t len;

	if (last - f->line >= SHOWN_LINES)
		last = f->line + SHOWN_LINES - 1;
	for (int n = f->line; n <= last; n++) {
		line = origin_line(f->origin, n, &len);
		while (line && len > 0 && line[len - 1] == '\r')
			len--;
		if (line)
			buf_addf(ret, "%6d | %.*s\n", n, (int)len, line);
	}
}

static void
add_finding(const struct lint_finding *f, struct buf *ret)
{
	buf_addf(ret, "\nWARNING: %s%s%s\n", f->title->name,
		f->title->url ? " - " : "", f->title->url ? f->title->url : "");
	buf_addf(ret, "%s\n%s:%d:%d\n", f->detail, f->origin->file, f->line,
		f->column);
	add_excerpt(f, ret);
}

void
lint_show_text(const struct lint_report *r, struct buf *ret)
{
	if (r->count == 0) {
		buf_adds(ret, "Check complete, no warnings found.\n");
		return;
	}
	buf_addf(ret, "Check complete, %zu warning%s been found!\n", r->count,
		r->count == 1 ? " has" : "s have");
	for (size_t n = 0; n < r->count; n++)
		add_finding(&r->items[n], ret);
}

char *
lint_show_line(const struct lint_finding *f)
{
	return mem_printf("%s:%d:%d: %s (%s)", f->origin->file, f->line,
		f->column, f->detail, f->title->name);
}

void
lint_show_warnings(const struct lint_report *r)
{
	for (size_t n = 0; n < r->count && n < SHOWN_WARNINGS; n++) {
		autofree char *line = lint_show_line(&r->items[n]);

		log_warning("%s", line);
	}
	if (r->count > SHOWN_WARNINGS)
		log_warning("%zu more like these: slipway build --check",
			r->count - SHOWN_WARNINGS);
}

int
lint_show_failure(const struct lint_report *r, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };

	if (!r->fails)
		return 0;
	buf_init(&text, TEXT_MAX);
	for (size_t n = 0; n < r->count; n++) {
		autofree char *line = lint_show_line(&r->items[n]);

		buf_addf(&text, "%s%s", n ? "\n" : "", line);
	}
	(void)error_set(err, EINVAL,
		"lint found %zu problem%s, which are errors by 'check=error=true'",
		r->count, r->count == 1 ? "" : "s");
	(void)error_kind(err, ERROR_WORK);
	return error_hint(err, "%s", buf_text(&text));
}

static struct json *
position(int line)
{
	struct json *j = json_new_object();

	json_set_number(j, "line", line);
	return j;
}

struct json *
lint_show_lines(int first, int last)
{
	struct json *j = json_new_object(), *range = json_new_object();
	struct json *ranges = json_new_array();

	json_set(range, "start", position(first));
	json_set(range, "end", position(last));
	json_append(ranges, range);
	json_set(j, "ranges", ranges);
	return j;
}

static int64_t
source_index(const struct dockerfile *d, const struct origin *o)
{
	for (size_t n = 0; n < d->origin_count; n++) {
		if (d->origins[n] == o)
			return (int64_t)n;
	}
	return 0;
}

static struct json *
format_finding(const struct lint_finding *f, const struct dockerfile *d)
{
	struct json *j = json_new_object();
	struct json *location = lint_show_lines(f->line, f->last_line);
	int64_t source = source_index(d, f->origin);

	json_set_text(j, "ruleName", f->title->name);
	json_set_text(j, "description", f->title->description);
	json_set_text(j, "url", f->title->url);
	json_set_text(j, "detail", f->detail);
	if (source > 0)
		json_set_number(location, "sourceIndex", source);
	json_set(j, "location", location);
	return j;
}

struct json *
lint_show_sources(const struct dockerfile *d)
{
	struct json *list = json_new_array();

	for (size_t n = 0; n < d->origin_count; n++) {
		const struct origin *o = d->origins[n];
		cleanup_value(buf_release) struct buf data = { 0 };
		struct json *j = json_new_object();

		buf_init(&data, 2 * o->len + 4);
		base64_format(o->text, o->len, &data);
		json_set_text(j, "filename", o->file);
		json_set_text(j, "language", "Dockerfile");
		json_set_text(j, "data", buf_text(&data));
		json_append(list, j);
	}
	return list;
}

struct json *
lint_show_json(const struct lint_report *r, const struct dockerfile *d)
{
	struct json *j = json_new_object(), *warnings = json_new_array();

	for (size_t n = 0; n < r->count; n++)
		json_append(warnings, format_finding(&r->items[n], d));
	json_set(j, "warnings", warnings);
	json_set(j, "sources", lint_show_sources(d));
	return j;
}
