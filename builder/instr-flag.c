/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/instr-read.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "util/cli.h"
#include "util/mem.h"
#include "util/scope.h"

static int
fail_unknown(const struct instr_flag_spec *specs, const char *name,
	struct error *err)
{
	const char *names[16];
	const char *nearest;
	size_t n = 0;

	for (; specs && specs->name && n < ARRAY_SIZE(names); specs++)
		names[n++] = specs->name;
	nearest = cli_nearest(name, names, n);
	if (!nearest)
		return error_set(err, EINVAL, "unknown flag: --%s", name);
	return error_set(err, EINVAL, "unknown flag: --%s (did you mean --%s?)",
		name, nearest);
}

static const struct instr_flag_spec *
find_spec(const struct instr_flag_spec *specs, const char *name)
{
	for (; specs && specs->name; specs++) {
		if (strcmp(specs->name, name) == 0)
			return specs;
	}
	return NULL;
}

/* A bool's value, spelled one way. */
static const char *
bool_value(const char *value)
{
	if (!value || strcasecmp(value, "true") == 0)
		return "true";
	return strcasecmp(value, "false") == 0 ? "false" : NULL;
}

static void
add(struct instr *i, const char *name, const char *value)
{
	i->flags = mem_resize(i->flags, i->flag_count + 1, sizeof(*i->flags));
	i->flags[i->flag_count++] = (struct instr_flag){
		.name = mem_strdup(name),
		.value = mem_strdup(value),
	};
}

static int
add_value(struct instr *i, enum instr_flag_kind kind, const char *name,
	const char *value, struct error *err)
{
	if (kind != INSTR_FLAG_LIST && instr_flag(i, name))
		return error_set(err, EINVAL, "duplicate flag specified: --%s",
			name);
	if (kind == INSTR_FLAG_BOOL ? value && !*value : !value)
		return error_set(err, EINVAL, "missing a value on flag: --%s",
			name);
	if (kind == INSTR_FLAG_BOOL && !bool_value(value))
		return error_set(err, EINVAL,
			"expecting boolean value for flag --%s, not: %s", name,
			value);
	add(i, name, kind == INSTR_FLAG_BOOL ? bool_value(value) : value);
	return 0;
}

int
instr_add_flag(struct instr *i, const struct instr_flag_spec *specs,
	const char *word, struct error *err)
{
	size_t len = strcspn(word, "=");
	const char *value = word[len] ? word + len + 1 : NULL;
	const struct instr_flag_spec *spec;
	autofree char *name = NULL;

	name = mem_strndup(word + 2, len - 2);
	spec = find_spec(specs, name);
	if (!spec)
		return fail_unknown(specs, name, err);
	return add_value(i, spec->kind, name, value, err);
}

const char *
instr_flag(const struct instr *i, const char *name)
{
	for (size_t n = 0; n < i->flag_count; n++) {
		if (strcmp(i->flags[n].name, name) == 0)
			return i->flags[n].value;
	}
	return NULL;
}

bool
instr_flag_is_true(const struct instr *i, const char *name)
{
	const char *value = instr_flag(i, name);

	return value && strcmp(value, "true") == 0;
}

void
instr_flag_list(const struct instr *i, const char *name, struct strv *ret)
{
	for (size_t n = 0; n < i->flag_count; n++) {
		if (strcmp(i->flags[n].name, name) == 0)
			strv_add(ret, i->flags[n].value);
	}
}
