/* SPDX-License-Identifier: Apache-2.0 */
/* log: one-line messages to stderr, outside of any progress display. */
#ifndef UTIL_LOG_H
#define UTIL_LOG_H

#include "util/error.h"

enum log_level { LOG_QUIET, LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

void log_set_level(enum log_level level);
enum log_level log_get_level(void);
/* "quiet", "error", "warning", "info" or "debug"; else -EINVAL,
 * ERROR_REQUEST. */
int log_parse_level(const char *text, enum log_level *ret, struct error *err);
/* Where the line goes instead of stderr (the progress display takes over so
 * that both do not mix); NULL restores stderr. `line` has no newline. */
void log_set_writer(void (*write)(void *context, enum log_level level,
	const char *line), void *context);

void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
/* A warning said only once per process, recognised by `id`. */
void log_warning_once(const char *id, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
