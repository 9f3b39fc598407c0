/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/call.h"

#include <errno.h>
#include <string.h>

#include "builder/lint-show.h"
#include "builder/outline.h"
#include "util/mem.h"
#include "util/scope.h"
#include "util/strv.h"

static const struct {
	const char *name;
	enum call_method method;
} methods[] = {
	{ "build", CALL_BUILD },
	{ "check", CALL_CHECK },
	{ "lint", CALL_CHECK },
	{ "outline", CALL_OUTLINE },
	{ "targets", CALL_TARGETS },
};

static int
read_method(const char *text, struct call *c, struct error *err)
{
	for (size_t n = 0; n < ARRAY_SIZE(methods); n++) {
		if (strcmp(methods[n].name, text) == 0) {
			c->method = methods[n].method;
			return 0;
		}
	}
	return error_set(err, EINVAL,
		"--call: '%s' is not one of build, check, outline and targets",
		text);
}

static int
read_format(const char *text, struct call *c, struct error *err)
{
	if (strcmp(text, "format=json") != 0 &&
		strcmp(text, "format=text") != 0)
		return error_set(err, EINVAL,
			"--call: '%s' is not format=json or format=text", text);
	c->json = strcmp(text, "format=json") == 0;
	return 0;
}

int
call_parse(const char *text, struct call *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	struct call c = { 0 };
	int r;

	strv_split(&words, text, ',');
	r = read_method(words.items[0], &c, err);
	for (size_t n = 1; r == 0 && n < words.count; n++)
		r = read_format(words.items[n], &c, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	*ret = c;
	return 0;
}

/* One JSON document, or what `show` makes of it. */
static void
answer_with(const struct call *c, const struct json *j,
	void (*show)(const struct json *j, struct buf *ret), struct buf *ret)
{
	if (!c->json) {
		show(j, ret);
		return;
	}
	json_format_pretty(j, ret);
	buf_addc(ret, '\n');
}

static int
answer_check(const struct call *c, const struct lint_input *in, struct buf *ret,
	bool *ret_fails, struct error *err)
{
	cleanup_value(lint_report_release) struct lint_report report = { 0 };
	cleanup(json_free) struct json *j = NULL;
	int r;

	r = lint_run(in, &report, err);
	if (r < 0)
		return r;
	*ret_fails = report.fails;
	if (!c->json) {
		lint_show_text(&report, ret);
		return 0;
	}
	j = lint_show_json(&report, in->file);
	json_format_pretty(j, ret);
	buf_addc(ret, '\n');
	return 0;
}

int
call_answer(const struct call *c, const struct lint_input *in,
	const struct plan *p, struct buf *ret, bool *ret_fails,
	struct error *err)
{
	cleanup(json_free) struct json *j = NULL;

	switch (c->method) {
	case CALL_BUILD:
		break;
	case CALL_CHECK:
		return answer_check(c, in, ret, ret_fails, err);
	case CALL_OUTLINE:
		j = outline_target(p);
		answer_with(c, j, outline_show_target, ret);
		break;
	case CALL_TARGETS:
		j = outline_targets(p);
		answer_with(c, j, outline_show_targets, ret);
		break;
	}
	return 0;
}
