/* SPDX-License-Identifier: Apache-2.0 */
#include "util/log.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"
#include "util/strv.h"

#define SAID_MAX 1024

static enum log_level threshold = LOG_WARNING;
static void (*writer)(void *, enum log_level, const char *);
static void *writer_context;
static struct strv said;

static const char *const prefixes[] = {
	[LOG_QUIET] = "",
	[LOG_ERROR] = "error: ",
	[LOG_WARNING] = "warning: ",
	[LOG_INFO] = "",
	[LOG_DEBUG] = "debug: ",
};

static const char *const names[] = {
	[LOG_QUIET] = "quiet",
	[LOG_ERROR] = "error",
	[LOG_WARNING] = "warning",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

void
log_set_level(enum log_level level)
{
	threshold = level;
}

enum log_level
log_get_level(void)
{
	return threshold;
}

int
log_parse_level(const char *text, enum log_level *ret, struct error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i], text) != 0)
			continue;
		*ret = (enum log_level)i;
		return 0;
	}
	error_set(err, EINVAL, "'%s' is not a log level", text);
	error_hint(err, "levels are quiet, error, warning, info and debug");
	return error_kind(err, ERROR_REQUEST);
}

void
log_set_writer(
	void (*write)(void *, enum log_level, const char *), void *context)
{
	writer = write;
	writer_context = context;
}

/* One write(2) per line, so that lines of several processes do not mix. */
static void
write_line(enum log_level level, const char *text)
{
	autofree char *line = NULL;

	if (writer) {
		writer(writer_context, level, text);
		return;
	}
	line = mem_printf("slipway: %s%s\n", prefixes[level], text);
	/* There is nobody left to tell. */
	(void)fs_write(STDERR_FILENO, line, strlen(line), NULL);
}

static void __attribute__((format(printf, 2, 0)))
say(enum log_level level, const char *format, va_list args)
{
	autofree char *text = NULL;

	if (level > threshold)
		return;
	text = mem_vprintf(format, args);
	write_line(level, text);
}

void
log_debug(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_DEBUG, format, args);
	va_end(args);
}

void
log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_INFO, format, args);
	va_end(args);
}

void
log_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_WARNING, format, args);
	va_end(args);
}

void
log_warning_once(const char *id, const char *format, ...)
{
	va_list args;

	if (strv_has(&said, id))
		return;
	if (said.count < SAID_MAX)
		strv_add(&said, id);
	va_start(args, format);
	say(LOG_WARNING, format, args);
	va_end(args);
}
