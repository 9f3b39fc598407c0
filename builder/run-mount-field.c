/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/run-mount-field.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "util/cli.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/scope.h"

#define ALL (RUN_MOUNT_BIT(RUN_MOUNT_TYPES) - 1)
#define FILES (RUN_MOUNT_BIT(RUN_MOUNT_BIND) | RUN_MOUNT_BIT(RUN_MOUNT_CACHE))
#define SECRET RUN_MOUNT_BIT(RUN_MOUNT_SECRET)
#define OWNED (RUN_MOUNT_GIVEN | RUN_MOUNT_BIT(RUN_MOUNT_CACHE))

static const char *const type_names[RUN_MOUNT_TYPES] = {
	[RUN_MOUNT_BIND] = "bind",
	[RUN_MOUNT_CACHE] = "cache",
	[RUN_MOUNT_TMPFS] = "tmpfs",
	[RUN_MOUNT_SECRET] = "secret",
	[RUN_MOUNT_SSH] = "ssh",
};

static const char *const sharing_names[] = {
	[RUN_MOUNT_SHARED] = "shared",
	[RUN_MOUNT_PRIVATE] = "private",
	[RUN_MOUNT_LOCKED] = "locked",
};

static void *
member(const struct run_mount_reading *r, const struct run_mount_field *f)
{
	return (char *)r->mount + f->offset;
}

static int
refuse(const struct run_mount_reading *r, const char *expected)
{
	return error_set(r->err, EINVAL,
		"invalid value for %s: '%s' is not %s", r->name, r->value,
		expected);
}

/* Which of `names` the value is. */
static int
choose(const struct run_mount_reading *r, const char *const *names,
	size_t count)
{
	const char *nearest;

	for (size_t n = 0; n < count; n++) {
		if (strcasecmp(r->value, names[n]) == 0)
			return (int)n;
	}
	(void)error_set(r->err, EINVAL, "unsupported mount %s '%s'", r->name,
		r->value);
	nearest = cli_nearest(r->value, names, count);
	if (nearest)
		(void)error_hint(r->err, "did you mean '%s'?", nearest);
	return -EINVAL;
}

static int
read_type(struct run_mount_reading *r, const struct run_mount_field *f)
{
	int type = choose(r, type_names, RUN_MOUNT_TYPES);

	(void)f;
	if (type < 0)
		return type;
	r->mount->type = (enum run_mount_type)type;
	return 0;
}

static int
read_sharing(struct run_mount_reading *r, const struct run_mount_field *f)
{
	int sharing = choose(r, sharing_names, ARRAY_SIZE(sharing_names));

	(void)f;
	if (sharing < 0)
		return sharing;
	r->mount->sharing = (enum run_mount_sharing)sharing;
	return 0;
}

static int
read_text(struct run_mount_reading *r, const struct run_mount_field *f)
{
	char **text = member(r, f);

	*text = mem_strdup(r->value);
	return 0;
}

/* As Go's strconv.ParseBool. */
static int
read_bool(struct run_mount_reading *r, const struct run_mount_field *f)
{
	static const char *const words[] = { "0", "f", "false", "1", "t",
		"true" };
	bool *value = member(r, f);

	for (size_t n = 0; n < ARRAY_SIZE(words); n++) {
		if (r->value && strcasecmp(r->value, words[n]) != 0)
			continue;
		*value = !r->value || n >= 3;
		return 0;
	}
	return refuse(r, "true or false");
}

static int
read_read_only(struct run_mount_reading *r, const struct run_mount_field *f)
{
	bool *writable = member(r, f);
	int done = read_bool(r, f);

	*writable = !*writable;
	return done;
}

static int
read_size(struct run_mount_reading *r, const struct run_mount_field *f)
{
	(void)f;
	if (num_parse_size(r->value, &r->mount->size_bytes, NULL) < 0)
		return refuse(r, "a size like 64m");
	return 0;
}

static int
read_mode(struct run_mount_reading *r, const struct run_mount_field *f)
{
	uint64_t mode;

	(void)f;
	if (num_parse_octal(r->value, 07777, &mode, NULL) < 0)
		return refuse(r, "an octal mode");
	r->mount->mode = (mode_t)mode;
	return 0;
}

static int
read_id(struct run_mount_reading *r, const struct run_mount_field *f)
{
	uint32_t *id = member(r, f);
	uint64_t number;

	if (num_parse(r->value, UINT32_MAX - 1, &number, NULL) < 0)
		return refuse(r, "a number");
	*id = (uint32_t)number;
	return 0;
}

#define MEMBER(name) offsetof(struct run_mount, name)

static const struct run_mount_field fields[] = {
	{ "type", read_type, 0, ALL },
	{ "target", read_text, MEMBER(target), ALL },
	{ "dst", read_text, MEMBER(target), ALL, .same_as = "target" },
	{ "destination", read_text, MEMBER(target), ALL, .same_as = "target" },
	{ "source", read_text, MEMBER(source), FILES | SECRET },
	{ "src", read_text, MEMBER(source), FILES | SECRET,
		.same_as = "source" },
	{ "from", read_text, MEMBER(from), FILES, .is_verbatim = true },
	{ "id", read_text, MEMBER(id), OWNED },
	{ "env", read_text, MEMBER(env), SECRET },
	{ "ro", read_read_only, MEMBER(writable), ALL, true,
		.same_as = "rw" },
	{ "readonly", read_read_only, MEMBER(writable), ALL, true,
		.same_as = "rw" },
	{ "rw", read_bool, MEMBER(writable), ALL, true },
	{ "readwrite", read_bool, MEMBER(writable), ALL, true,
		.same_as = "rw" },
	{ "required", read_bool, MEMBER(required), RUN_MOUNT_GIVEN, true },
	{ "sharing", read_sharing, 0, RUN_MOUNT_BIT(RUN_MOUNT_CACHE) },
	{ "size", read_size, 0, RUN_MOUNT_BIT(RUN_MOUNT_TMPFS) },
	{ "mode", read_mode, 0, OWNED },
	{ "uid", read_id, MEMBER(uid), OWNED },
	{ "gid", read_id, MEMBER(gid), OWNED },
};

/* The row of "name=value" or a bare "name", in any case. */
const struct run_mount_field *
run_mount_find_field(const char *item, struct error *err)
{
	const char *names[ARRAY_SIZE(fields)];
	autofree char *name = mem_strndup(item, strcspn(item, "="));
	const char *nearest;

	for (size_t n = 0; n < ARRAY_SIZE(fields); n++) {
		if (strcasecmp(name, fields[n].name) == 0)
			return &fields[n];
		names[n] = fields[n].name;
	}
	(void)error_set(err, EINVAL, "unexpected key '%s' in --mount", name);
	nearest = cli_nearest(name, names, ARRAY_SIZE(names));
	if (nearest)
		(void)error_hint(err, "did you mean '%s'?", nearest);
	return NULL;
}

unsigned
run_mount_name_bit(const char *name)
{
	unsigned n = 0;

	while (strcmp(fields[n].name, name) != 0)
		n++;
	return 1U << n;
}

const char *
run_mount_foreign_name(unsigned seen, enum run_mount_type type)
{
	for (size_t n = 0; n < ARRAY_SIZE(fields); n++) {
		if (seen & 1U << n && !(fields[n].types & RUN_MOUNT_BIT(type)))
			return fields[n].name;
	}
	return NULL;
}

const char *
run_mount_type_name(enum run_mount_type type)
{
	return type_names[type];
}
