/* SPDX-License-Identifier: Apache-2.0 */
/* site: all that the stages of a Dockerfile need, for tests of carrying them
 * out. */
#ifndef TESTS_BUILDER_SITE_H
#define TESTS_BUILDER_SITE_H

#include "tests/builder/layers.h"

#include "builder/site.h"

/* The context is dir/context. */
struct test_site {
	struct unit_dir dir;
	struct store *store;
	struct context *context;
	struct dockerfile *file;
	struct args args;
	struct plan *plan;
	struct images *images;
	struct transfer_settings transfer;
	struct strv hosts;
	struct site site;
};

static inline void
site_release(struct test_site *t)
{
	for (size_t n = 0; n < t->plan->count; n++)
		state_release(&t->site.results[n]);
	free(t->site.results);
	free(t->site.is_done);
	images_free(t->images);
	plan_free(t->plan);
	args_release(&t->args);
	dockerfile_free(t->file);
	context_free(t->context);
	store_free(t->store);
	unit_dir_remove(&t->dir);
}

/* `text` as the Dockerfile, whose last stage is the target. */
static inline void
site_plan(struct test_site *t, const char *text)
{
	autoerror err = { 0 };

	assert_ok(dockerfile_parse("Dockerfile", text, strlen(text), NULL,
			  &t->file, &err),
		&err);
	assert_ok(plan_make(t->file, &t->args, NULL, &layers_platform, NULL,
			  &t->plan,
			  &err),
		&err);
	t->site.plan = t->plan;
	t->site.results = mem_array(t->plan->count, sizeof(*t->site.results));
	t->site.is_done = mem_array(t->plan->count, sizeof(*t->site.is_done));
}

static inline void
site_make(struct test_site *t, const char *text)
{
	autofree char *context = NULL;
	autoerror err = { 0 };

	*t = (struct test_site){ .dir = unit_dir_make() };
	context = path_join(t->dir.path, "context");
	unit_mkdir(t->dir.fd, "context");
	t->store = layers_open_store(&t->dir);
	assert_ok(context_open_dir(context, &t->context, &err), &err);
	transfer_settings_init(&t->transfer);
	t->transfer.retries = 0;
	t->images = images_new(t->store, PULL_NEVER, &t->transfer);
	t->site = (struct site){ .store = t->store, .context = t->context,
		.args = &t->args, .images = t->images, .hosts = &t->hosts,
		.epoch = INT64_MAX, .clamp_mtime = INT64_MAX };
	site_plan(t, text);
}

#define site_auto cleanup_value(site_release) struct test_site

#endif
