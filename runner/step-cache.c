/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/step-cache.h"

#include <string.h>
#include <strings.h>

#include "oci/ref.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/scope.h"

/* "localhost/" is what images are called that are nowhere else. */
static bool
names_registry(const char *tag)
{
	size_t len = strcspn(tag, "/");
	const char *dot = strpbrk(tag, ".:");

	return tag[len] && dot && dot < tag + len;
}

/* The first of several: the command line is read in longer and longer parts. */
static const char *
find_tag(const struct step_context *context, const struct strv *args)
{
	size_t n;

	for (n = 1; n <= args->count; n++) {
		const char *tag = cli_value_of(context->build_options, "tag",
			(int)n, args->items);

		if (tag && names_registry(tag))
			return tag;
	}
	return NULL;
}

void
step_cache_add(const struct step *s, const struct step_context *context,
	const struct strv *args, struct strv *argv)
{
	const char *tag = find_tag(context, args);
	autofree char *repository = NULL;
	autofree char *name = NULL;
	autoref ref = { 0 };
	autoref cache = { 0 };

	if (!s->cache || strcasecmp(s->cache, "enabled") != 0)
		return;
	if (tag && ref_parse(tag, &ref, NULL) == 0) {
		repository = ref_format_name(&ref);
		name = mem_printf("%s:cache_%s_%s", repository,
			context->task_name && *context->task_name
				? context->task_name : "quickrun", s->id);
	}
	if (!name || ref_parse(name, &cache, NULL) < 0) {
		log_warning("step '%s': cache: %s: the cache of this host alone "
			"is used", s->id, name
				? "its name would not be legal"
				: "no tag names a registry");
		return;
	}
	strv_addf(argv, "--cache-from=type=registry,ref=%s", name);
	strv_addf(argv, "--cache-to=type=registry,ref=%s,mode=max,"
		"ignore-error=true", name);
}
