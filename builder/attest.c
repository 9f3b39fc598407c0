/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/attest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/csv.h"
#include "util/mem.h"
#include "util/scope.h"

void
attest_release(struct attest *a)
{
	free(a->builder_id);
	*a = (struct attest){ 0 };
}

static int
refuse(int code, const char *format, const char *text, struct error *err)
{
	(void)error_set(err, code, format, text);
	return error_kind(err, ERROR_REQUEST);
}

static int
read_truth(const char *value, bool *ret, struct error *err)
{
	if (strcmp(value, "true") == 0 || strcmp(value, "1") == 0)
		*ret = true;
	else if (strcmp(value, "false") == 0 || strcmp(value, "0") == 0)
		*ret = false;
	else
		return refuse(
			EINVAL, "'%s' is neither true nor false", value, err);
	return 0;
}

static int
read_type(struct attest *a, const char *value, struct error *err)
{
	(void)a;
	return strcmp(value, "provenance") == 0
		? 0
		: refuse(ENOTSUP,
			  "attestations of type '%s' are not made, only provenance",
			  value, err);
}

static int
read_mode(struct attest *a, const char *value, struct error *err)
{
	a->is_max = strcmp(value, "max") == 0;
	return a->is_max || strcmp(value, "min") == 0
		? 0
		: refuse(EINVAL, "mode '%s' is neither min nor max", value,
			  err);
}

static int
read_builder(struct attest *a, const char *value, struct error *err)
{
	(void)err;
	free(a->builder_id);
	a->builder_id = mem_strdup(value);
	return 0;
}

static int
read_version(struct attest *a, const char *value, struct error *err)
{
	(void)a;
	return strcmp(value, "v1") == 0
		? 0
		: refuse(ENOTSUP, "provenance is of version v1, not '%s'",
			  value, err);
}

static int
read_disabled(struct attest *a, const char *value, struct error *err)
{
	bool disabled = false;
	int r = read_truth(value, &disabled, err);

	if (r == 0 && disabled)
		a->provenance = false;
	return r;
}

static const struct {
	const char *name;
	int (*read)(struct attest *a, const char *value, struct error *err);
} fields[] = {
	{ "type", read_type },
	{ "mode", read_mode },
	{ "builder-id", read_builder },
	{ "version", read_version },
	{ "disabled", read_disabled },
};

static int
read_field(struct attest *a, const char *field, struct error *err)
{
	size_t len = strcspn(field, "=");

	for (size_t n = 0; field[len] && n < ARRAY_SIZE(fields); n++) {
		if (strlen(fields[n].name) == len &&
			strncmp(field, fields[n].name, len) == 0)
			return fields[n].read(a, field + len + 1, err);
	}
	return refuse(EINVAL, "'%s' is not known", field, err);
}

static int
read_fields(struct attest *a, const char *text, struct error *err)
{
	cleanup_value(strv_release) struct strv found = { 0 };
	int r;

	a->provenance = true;
	r = csv_split(text, &found, err);
	for (size_t n = 0; r == 0 && n < found.count; n++)
		r = read_field(a, found.items[n], err);
	return r;
}

int
attest_read_provenance(struct attest *a, const char *text, struct error *err)
{
	int r;

	if (!text)
		return 0;
	if (!*text)
		text = "true";
	r = strchr(text, '=') ? read_fields(a, text, err)
			      : read_truth(text, &a->provenance, err);
	if (r < 0)
		(void)error_wrap(err, "--provenance");
	return r < 0 ? error_kind(err, ERROR_REQUEST) : 0;
}

int
attest_read(struct attest *a, const char *text, struct error *err)
{
	int r;

	if (!strstr(text, "type="))
		r = refuse(EINVAL, "'%s' has no type", text, err);
	else
		r = read_fields(a, text, err);
	if (r < 0)
		(void)error_wrap(err, "--attest");
	return r < 0 ? error_kind(err, ERROR_REQUEST) : 0;
}
