/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "builder/meta.h"
#include "builder/step.h"
#include "builder/windows.h"
#include "oci/config.h"
#include "sandbox/account.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/mem.h"

static const char *
user_of(const struct step *s)
{
	return config_get_text(draft_config(s->state->draft), "User");
}

static int
prepare(struct step *s, struct error *err)
{
	const char *cwd;
	int r;

	r = meta_set_cwd(s->state, s->instr, err);
	if (r < 0)
		return r;
	cwd = state_cwd(s->state);
	key_add(&s->key, "step", "WORKDIR");
	key_add_digest(&s->key, "below", draft_chain_id(s->state->draft));
	key_add(&s->key, "directory", cwd);
	key_add(&s->key, "user", user_of(s));
	if (s->site->epoch != INT64_MAX)
		key_add_number(&s->key, "epoch", s->site->epoch);
	s->created_by = mem_printf("WORKDIR %s", cwd);
	return 0;
}

/* The new directories belong to the USER of the moment, or to root when the
 * image does not know that one. */
static int
find_owner(struct step *s, int root_fd, struct tar_entry *e, struct error *err)
{
	int accounts_fd, r;

	if (!user_of(s) || !*user_of(s) || windows_is(s->state->draft))
		return 0;
	r = step_find_accounts(s, root_fd, &accounts_fd, err);
	if (r < 0)
		return r;
	r = account_find_owner(
		accounts_fd, user_of(s), &e->uid, &e->gid, err);
	if (r != -ENOENT)
		return r;
	log_warning("WORKDIR %s belongs to root: %s", state_cwd(s->state),
		err->text);
	error_release(err);
	return 0;
}

static int
write_dirs(struct step *s, struct target *t, int root_fd, struct error *err)
{
	cleanup_value(place_release) struct place p = { 0 };
	struct tar_entry sample = { .kind = TAR_DIR, .mode = 0755 };
	int r;

	sample.mtime = clock_wall_seconds(NULL);
	if (sample.mtime > s->site->epoch)
		sample.mtime = s->site->epoch;
	r = find_owner(s, root_fd, &sample, err);
	if (r < 0)
		return r;
	r = place_find(t->looker, state_cwd(s->state), &p, err);
	if (r < 0)
		return r;
	if (p.kind == PLACE_OTHER)
		return error_set(
			err, ENOTDIR, "'/%s' is not a directory", p.path);
	return target_make_dirs(t, &p, &sample, err);
}

static int
perform(struct step *s, struct layer *ret, struct error *err)
{
	return step_write_layer(s, STEP_SMALL, write_dirs, ret, err);
}

const struct step_kind step_workdir = { prepare, perform, NULL };
