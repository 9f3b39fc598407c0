/* SPDX-License-Identifier: Apache-2.0 */
#include "util/error.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

/* Replace the story; `text` belongs to `err`. errno is left at `code`, so that
 * a later error_wrap(NULL, ...) still knows what to return. */
static int
error_take(struct error *err, int code, char *text)
{
	assert(code > 0);
	if (err) {
		error_release(err);
		err->code = code;
		err->text = text;
	} else {
		free(text);
	}
	errno = code;
	return -code;
}

static int
error_code(const struct error *err)
{
	if (err && err->code)
		return err->code;
	return errno ? errno : EIO;
}

int
error_set(struct error *err, int code, const char *format, ...)
{
	va_list args;
	char *text = NULL;

	if (err) {
		va_start(args, format);
		text = mem_vprintf(format, args);
		va_end(args);
	}
	return error_take(err, code, text);
}

int
error_errno(struct error *err, const char *format, ...)
{
	int code = errno ? errno : EIO;
	va_list args;
	char *what, *text;

	if (!err)
		return error_take(NULL, code, NULL);

	va_start(args, format);
	what = mem_vprintf(format, args);
	va_end(args);
	text = mem_printf("%s: %s", what, strerror(code));
	free(what);
	return error_take(err, code, text);
}

int
error_wrap(struct error *err, const char *format, ...)
{
	va_list args;
	char *where, *text;

	if (!err)
		return -error_code(NULL);

	va_start(args, format);
	where = mem_vprintf(format, args);
	va_end(args);
	err->code = error_code(err);
	text = mem_printf("%s: %s", where,
		err->text ? err->text : strerror(err->code));
	free(where);
	free(err->text);
	err->text = text;
	return -err->code;
}

int
error_kind(struct error *err, enum error_kind kind)
{
	if (err && err->kind == ERROR_UNKNOWN)
		err->kind = kind;
	return -error_code(err);
}

int
error_hint(struct error *err, const char *format, ...)
{
	va_list args;

	if (err && !err->hint) {
		va_start(args, format);
		err->hint = mem_vprintf(format, args);
		va_end(args);
	}
	return -error_code(err);
}

int
error_about(struct error *err, const char *text, size_t len)
{
	if (err && !err->subject)
		err->subject = mem_strndup(text, len);
	return -error_code(err);
}

int
error_copy(struct error *to, const struct error *from)
{
	if (!to)
		return -from->code;
	error_release(to);
	*to = (struct error){ .code = from->code,
		.kind = from->kind,
		.status = from->status,
		.text = mem_strdup(from->text),
		.hint = mem_strdup(from->hint),
		.subject = mem_strdup(from->subject) };
	return -from->code;
}

int
error_move(struct error *to, struct error *from)
{
	int code = error_code(from);

	if (!to) {
		error_release(from);
		return -code;
	}
	error_release(to);
	*to = *from;
	*from = (struct error){ 0 };
	return -code;
}

static const struct {
	int code;
	enum error_kind kind;
} kind_by_code[] = {
	{ EINVAL, ERROR_REQUEST },
	{ ENOENT, ERROR_LOCAL },
	{ EACCES, ERROR_HOST },
	{ EPERM, ERROR_HOST },
	{ EROFS, ERROR_HOST },
	{ ENOTSUP, ERROR_HOST },
	{ ENOSPC, ERROR_HOST },
	{ ENOMEM, ERROR_HOST },
	{ EMFILE, ERROR_HOST },
	{ EBADMSG, ERROR_STORE },
	{ ETIMEDOUT, ERROR_TIMEOUT },
};

int
error_exit_status(const struct error *err)
{
	if (err->status)
		return err->status;
	if (err->kind != ERROR_UNKNOWN)
		return (int)err->kind;
	for (size_t i = 0; i < ARRAY_SIZE(kind_by_code); i++) {
		if (kind_by_code[i].code == err->code)
			return (int)kind_by_code[i].kind;
	}
	return ERROR_WORK;
}

void
error_release(struct error *err)
{
	free(err->text);
	free(err->hint);
	free(err->subject);
	*err = (struct error){ 0 };
}
