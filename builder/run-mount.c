/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/run-mount.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "builder/run-mount-field.h"
#include "util/csv.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

#define SECRETS "/run/secrets"

void
run_mount_release(struct run_mount *m)
{
	free(m->target);
	free(m->id);
	free(m->from);
	free(m->source);
	free(m->env);
	*m = (struct run_mount){ 0 };
}

static int
read_item(struct run_mount_reading *r, const struct state *s, const char *item,
	unsigned *seen)
{
	const struct run_mount_field *f = run_mount_find_field(item, r->err);
	const char *equals = strchr(item, '=');
	autofree char *value = NULL;
	unsigned bit;
	int done = 0;

	if (!f)
		return -EINVAL;
	bit = run_mount_name_bit(f->same_as ? f->same_as : f->name);
	if (*seen & bit)
		return error_set(r->err, EINVAL,
			"'%s' is given twice in --mount",
			f->name);
	*seen |= bit;
	if (!equals && !f->may_be_bare)
		return error_set(r->err, EINVAL,
			"'%s' in --mount needs a value: %s=...", f->name,
			f->name);
	if (equals && f->is_verbatim)
		value = mem_strdup(equals + 1);
	else if (equals)
		done = state_expand(s, equals + 1, &value, r->err);
	if (done < 0)
		return done;
	r->name = f->name;
	r->value = value;
	return f->read(r, f);
}

static int
check_names(const struct run_mount *m, unsigned seen, struct error *err)
{
	const char *foreign = run_mount_foreign_name(seen, m->type);

	if (foreign)
		return error_set(err, EINVAL,
			"a mount of type '%s' has no '%s'",
			run_mount_type_name(m->type), foreign);
	if (m->writable && RUN_MOUNT_BIT(m->type) & RUN_MOUNT_GIVEN)
		return error_set(err, EINVAL,
			"a mount of type '%s' is read-only",
			run_mount_type_name(m->type));
	return 0;
}

static void
set_default(char **text, const char *value)
{
	if (*text && **text)
		return;
	free(*text);
	*text = mem_strdup(value);
}

static int
fill_secret(struct run_mount *m, struct error *err)
{
	if (m->id && m->source)
		return error_set(err, EINVAL,
			"a secret has an 'id' or a 'source', not both");
	if (m->source)
		m->id = take_ptr(&m->source);
	if ((!m->id || !*m->id) && !m->target)
		return error_set(err, EINVAL, "a secret needs an 'id'");
	set_default(&m->id, m->target ? path_base(m->target) : "");
	if (!m->target && !m->env)
		m->target = mem_printf(SECRETS "/%s", path_base(m->id));
	return 0;
}

static int
fill_target(struct run_mount *m, const char *cwd, struct error *err)
{
	autofree char *written = take_ptr(&m->target);

	if (!written || !*written) {
		if (RUN_MOUNT_BIT(m->type) & RUN_MOUNT_GIVEN)
			return 0;
		return error_set(err, EINVAL,
			"a mount of type '%s' needs a 'target'",
			run_mount_type_name(m->type));
	}
	if (m->type == RUN_MOUNT_CACHE && !m->id)
		m->id = path_clean(written);
	m->target = path_resolve(cwd, written);
	if (strcmp(m->target, "/") == 0)
		return error_set(err, EINVAL, "invalid mount target '%s'",
			written);
	return 0;
}

static int
fill_defaults(struct run_mount *m, const char *cwd, struct error *err)
{
	int r;

	r = m->type == RUN_MOUNT_SECRET ? fill_secret(m, err) : 0;
	if (r == 0)
		r = fill_target(m, cwd, err);
	if (r < 0)
		return r;
	if (m->type == RUN_MOUNT_SSH)
		set_default(&m->id, "default");
	if (m->from && !*m->from)
		return error_set(err, EINVAL, "'from' in --mount is empty");
	return 0;
}

/* By type: a bind is read-only and a cache is not, unless it is said. */
static void
begin(struct run_mount *m, unsigned seen)
{
	static const mode_t modes[RUN_MOUNT_TYPES] = {
		[RUN_MOUNT_CACHE] = 0755,
		[RUN_MOUNT_SECRET] = 0400,
		[RUN_MOUNT_SSH] = 0600,
	};

	if (!(seen & run_mount_name_bit("rw")))
		m->writable = m->type == RUN_MOUNT_CACHE ||
			m->type == RUN_MOUNT_TMPFS;
	if (!(seen & run_mount_name_bit("mode")))
		m->mode = modes[m->type];
}

static int
parse(const char *text, const struct state *s, const char *cwd,
	struct run_mount *m, struct error *err)
{
	cleanup_value(strv_release) struct strv items = { 0 };
	struct run_mount_reading reading = { .mount = m, .err = err };
	unsigned seen = 0;
	int r;

	r = csv_split(text, &items, err);
	for (size_t n = 0; r == 0 && n < items.count; n++)
		r = read_item(&reading, s, items.items[n], &seen);
	if (r == 0)
		r = check_names(m, seen, err);
	if (r < 0)
		return r;
	begin(m, seen);
	return fill_defaults(m, cwd, err);
}

int
run_mount_parse(const char *text, const struct state *s, const char *cwd,
	struct run_mount *ret, struct error *err)
{
	cleanup_value(run_mount_release) struct run_mount m = { 0 };
	int r;

	r = parse(text, s, cwd, &m, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	*ret = m;
	m = (struct run_mount){ 0 };
	return 0;
}

char *
run_mount_from(const char *text)
{
	cleanup_value(strv_release) struct strv items = { 0 };

	if (csv_split(text, &items, NULL) < 0)
		return NULL;
	for (size_t n = 0; n < items.count; n++) {
		if (strncasecmp(items.items[n], "from=", 5) == 0)
			return mem_strdup(items.items[n] + 5);
	}
	return NULL;
}

void
run_mount_add_key(const struct run_mount *m, struct key *k)
{
	key_add(k, "mount", run_mount_type_name(m->type));
	key_add(k, "mount-target", m->target);
	key_add(k, "mount-writable", m->writable ? "yes" : "no");
	if (RUN_MOUNT_BIT(m->type) & RUN_MOUNT_GIVEN)
		key_add(k, "mount-id", m->id);
	key_add(k, "mount-variable", m->env);
	key_add_number(k, "mount-mode", m->mode);
	key_add_number(k, "mount-uid", m->uid);
	key_add_number(k, "mount-gid", m->gid);
	key_add_number(k, "mount-size", (long long)m->size_bytes);
}
