/* SPDX-License-Identifier: Apache-2.0 */
#include "util/csv.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "util/buf.h"
#include "util/mem.h"
#include "util/scope.h"

static int
take_plain(const char **text, struct strv *ret, struct error *err)
{
	size_t len = strcspn(*text, ",");

	if (memchr(*text, '"', len))
		return error_set(err, EINVAL,
			"a quote within '%.*s': the whole field is to be quoted",
			(int)len, *text);
	strv_take(ret, mem_strndup(*text, len));
	*text += len;
	return 0;
}

/* From behind the first quote to behind the last. */
static int
take_quoted(const char **text, struct strv *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf field = { 0 };
	const char *p = *text;

	buf_init(&field, SIZE_MAX);
	for (; *p != '"' || p[1] == '"'; p++) {
		if (!*p)
			return error_set(err, EINVAL,
				"a quote is missing at the end of '\"%s'",
				*text);
		if (*p == '"')
			p++;
		buf_addc(&field, *p);
	}
	p++;
	if (*p && *p != ',')
		return error_set(err, EINVAL,
			"a comma is missing before '%s'", p);
	strv_take(ret, buf_steal(&field));
	*text = p;
	return 0;
}

int
csv_split(const char *text, struct strv *ret, struct error *err)
{
	bool more = *text != '\0';
	int r;

	while (more) {
		if (*text == '"') {
			text++;
			r = take_quoted(&text, ret, err);
		} else {
			r = take_plain(&text, ret, err);
		}
		if (r < 0)
			return r;
		more = *text == ',';
		if (more)
			text++;
	}
	return 0;
}
