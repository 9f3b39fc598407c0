/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/lint-settings.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "util/mem.h"
#include "util/scope.h"

void
lint_settings_release(struct lint_settings *s)
{
	strv_release(&s->skip);
	strv_release(&s->experimental);
	*s = (struct lint_settings){ 0 };
}

static int
read_skip(const char *value, struct lint_settings *s, struct error *err)
{
	(void)err;
	strv_split(&s->skip, value, ',');
	return 0;
}

static int
read_experimental(const char *value, struct lint_settings *s, struct error *err)
{
	(void)err;
	strv_split(&s->experimental, value, ',');
	return 0;
}

static int
read_error(const char *value, struct lint_settings *s, struct error *err)
{
	if (strcasecmp(value, "true") != 0 && strcasecmp(value, "false") != 0)
		return error_set(err, EINVAL,
			"check: error is true or false, not '%s'", value);
	s->error = strcasecmp(value, "true") == 0;
	return 0;
}

static const struct {
	const char *name;
	int (*read)(
		const char *value, struct lint_settings *s, struct error *err);
} parts[] = {
	{ "skip", read_skip },
	{ "error", read_error },
	{ "experimental", read_experimental },
};

static int
read_part(char *part, struct lint_settings *s, struct error *err)
{
	char *value = strchr(part, '=');

	if (!value)
		return error_set(
			err, EINVAL, "check: '%s' is not name=value", part);
	*value++ = '\0';
	for (size_t n = 0; n < ARRAY_SIZE(parts); n++) {
		if (strcasecmp(parts[n].name, part) == 0)
			return parts[n].read(value, s, err);
	}
	return error_set(err, EINVAL,
		"check: '%s' is not known: it is skip, error or experimental",
		part);
}

int
lint_settings_parse(
	const char *text, struct lint_settings *ret, struct error *err)
{
	cleanup_value(lint_settings_release) struct lint_settings s = { 0 };
	cleanup_value(strv_release) struct strv words = { 0 };
	autofree char *whole = mem_strndup(text, strcspn(text, " \t"));

	strv_split(&words, whole, ';');
	for (size_t n = 0; n < words.count; n++) {
		if (!words.items[n][0])
			continue;
		if (read_part(words.items[n], &s, err) < 0)
			return error_kind(err, ERROR_REQUEST);
	}
	strv_add_all(&ret->skip, &s.skip);
	strv_add_all(&ret->experimental, &s.experimental);
	ret->error |= s.error;
	return 0;
}

static bool
names(const struct strv *list, const char *rule)
{
	for (size_t n = 0; n < list->count; n++) {
		if (strcasecmp(list->items[n], rule) == 0 ||
			strcasecmp(list->items[n], "all") == 0)
			return true;
	}
	return false;
}

bool
lint_settings_want(
	const struct lint_settings *s, const char *rule, bool is_experimental)
{
	if (names(&s->skip, rule))
		return false;
	return !is_experimental || names(&s->experimental, rule);
}
