/* SPDX-License-Identifier: Apache-2.0 */
#include "util/cli.h"

#include <string.h>

static bool
is_among(const char *name, const char *const *names)
{
	for (; *names; names++) {
		if (strcmp(name, *names) == 0)
			return true;
	}
	return false;
}

static void
add_text(const struct option_spec *row, const char *value, struct strv *ret)
{
	if (value)
		strv_addf(ret, "--%s=%s", row->name, value);
}

static void
add_row(const struct option_spec *row, struct strv *ret)
{
	const struct strv *list;

	switch (row->kind) {
	case OPT_FLAG:
		if (*(const bool *)row->value)
			strv_addf(ret, "--%s", row->name);
		return;
	case OPT_STRING:
	case OPT_OPTIONAL:
		add_text(row, *(const char *const *)row->value, ret);
		return;
	case OPT_LIST:
		list = row->value;
		for (size_t n = 0; n < list->count; n++)
			add_text(row, list->items[n], ret);
		return;
	case OPT_IGNORED:
	case OPT_CALL:
		return;
	}
}

void
cli_words(const struct option_spec *options, const char *const *except,
	struct strv *ret)
{
	for (const struct option_spec *row = options; !cli_is_last(row);
		row++) {
		if (row->name && !is_among(row->name, except))
			add_row(row, ret);
	}
}
