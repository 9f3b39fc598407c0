/* SPDX-License-Identifier: Apache-2.0 */
/* All that steps work with. */
#include "builder/build-part.h"

#include <errno.h>

#include "util/mem.h"
#include "util/num.h"

static int
set_time(struct build *b, struct error *err)
{
	int64_t epoch;
	int r;

	r = build_parse_epoch(b, &epoch, err);
	if (r < 0)
		return r;
	b->site.epoch = epoch;
	b->site.clamp_mtime = INT64_MAX;
	if (epoch == INT64_MAX)
		return 0;
	num_format_time(epoch, 0, b->created);
	b->site.created = b->created;
	if (b->options->clamps_times)
		b->site.clamp_mtime = epoch;
	return 0;
}

static int
set_up_site(
	struct build *b, struct store *s, struct progress *p, struct error *err)
{
	const struct build_options *o = b->options;

	b->results = mem_array(b->plan->count, sizeof(*b->results));
	b->is_done = mem_array(b->plan->count, sizeof(*b->is_done));
	b->site = (struct site){
		.store = s,
		.context = b->context,
		.named = &b->contexts.named,
		.plan = b->plan,
		.args = &b->args,
		.images = b->images,
		.transfer = o->output.transfer,
		.progress = p,
		.lock = b->lock,
		.label = b->label,
		.no_cache = o->no_cache,
		.no_cache_run = o->no_cache_run,
		.no_cache_stages = o->no_cache_stages,
		.drops_labels = o->drops_labels,
		.unset_labels = o->unset_labels,
		.explain = o->explain,
		.shell_on_error = o->shell_on_error,
		.new_privileges = o->new_privileges,
		.propagates_exit = o->propagates_exit,
		.network = o->network,
		.emulation = o->emulation,
		.hosts = o->hosts,
		.secrets = o->secrets,
		.agents = o->agents,
		.host_mounts = o->host_mounts,
		.allowed = o->allowed,
		.allowed_devices = o->allowed_devices,
		.cdi_dirs = o->cdi_dirs,
		.resolv_conf = o->resolv_conf,
		.cap_mask = o->cap_mask,
		.shm_bytes = o->shm_bytes,
		.limits = o->limits,
		.limit_count = o->limit_count,
		.resources = o->resources,
		.results = b->results,
		.is_done = b->is_done,
	};
	return set_time(b, err);
}

int
build_find_lock(const struct build *b, char **ret, struct error *err)
{
	if (b->path) {
		*ret = lock_path(b->path);
		return 0;
	}
	(void)error_set(err, EINVAL,
		"a Dockerfile that is no file has no lock file beside it");
	return error_kind(err, ERROR_REQUEST);
}

static int
use_lock(struct build *b, struct error *err)
{
	autofree char *path = NULL;
	int r;

	if (!b->options->is_locked)
		return 0;
	r = build_find_lock(b, &path, err);
	if (r < 0)
		return r;
	r = lock_read(path, &b->lock, err);
	if (r < 0)
		return r;
	images_set_lock(b->images, b->lock);
	/* The main context is what the file is part of. */
	b->contexts.request.lock = b->lock;
	return 0;
}

int
build_set_up(struct build *b, struct progress *p, struct error *err)
{
	const struct build_options *o = b->options;
	int r;

	r = build_read_args(b, err);
	if (r < 0)
		return r;
	r = plan_make(b->file, &b->args, &b->contexts.named, b->platform,
		o->target, &b->plan, err);
	if (r < 0)
		return r;
	build_open_images(b);
	r = use_lock(b, err);
	if (r < 0)
		return r;
	r = build_load_images(b, err);
	if (r < 0)
		return r;
	r = build_look_over(b, err);
	return r < 0 ? r : set_up_site(b, b->store, p, err);
}
