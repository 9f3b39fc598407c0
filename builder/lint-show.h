/* SPDX-License-Identifier: Apache-2.0 */
/* lint-show: findings for people and for programs. */
#ifndef BUILDER_LINT_SHOW_H
#define BUILDER_LINT_SHOW_H

#include "builder/lint.h"
#include "util/buf.h"
#include "util/json.h"

/* Each finding with its line, and how many there are. */
void lint_show_text(const struct lint_report *r, struct buf *ret);
/* As `docker buildx build --call=check,format=json` prints it; yours. */
struct json *lint_show_json(const struct lint_report *r,
	const struct dockerfile *d);
/* "Dockerfile:3:1: what (Rule)"; yours. */
char *lint_show_line(const struct lint_finding *f);
/* Each finding as a warning of the log; of very many the first ones. */
void lint_show_warnings(const struct lint_report *r);
/* 0, or -EINVAL, ERROR_WORK, with all findings when they are to fail. */
int lint_show_failure(const struct lint_report *r, struct error *err);
/* {"filename": ..., "data": base64} of each file that was read; yours. */
struct json *lint_show_sources(const struct dockerfile *d);
/* {"ranges": [...]} of an instruction; yours. */
struct json *lint_show_lines(int first, int last);

#endif
