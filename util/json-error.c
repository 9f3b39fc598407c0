/* SPDX-License-Identifier: Apache-2.0 */
#include "util/json-error.h"

#include <errno.h>
#include <stddef.h>

struct json *
json_from_error(const struct error *err)
{
	struct json *j = json_new_object();

	json_set_number(j, "code", err->code);
	json_set_number(j, "kind", err->kind);
	json_set_number(j, "status", err->status);
	json_set_text(j, "text", err->text ? err->text : "");
	if (err->hint)
		json_set_text(j, "hint", err->hint);
	return j;
}

int
json_to_error(const struct json *j, struct error *err)
{
	const char *hint = json_get_text(j, "hint");
	const char *text = json_get_text(j, "text");
	int code = (int)json_get_number(j, "code", EIO);

	(void)error_set(err, code > 0 ? code : EIO, "%s",
		text ? text : "a child failed without a word");
	(void)error_kind(err,
		(enum error_kind)json_get_number(j, "kind", ERROR_UNKNOWN));
	if (hint)
		(void)error_hint(err, "%s", hint);
	err->status = (int)json_get_number(j, "status", 0);
	return -err->code;
}
