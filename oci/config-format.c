/* SPDX-License-Identifier: Apache-2.0 */
/* An image config as bytes: the members of image-spec, config.md in its own
 * order, sets sorted, then what nobody here knows as it came. Two ways to the
 * same config give the same digest. */
#include "oci/config.h"

#include <string.h>

#include "util/mem.h"

static const char *const document_order[] = {
	"created", "author", "architecture", "os", "os.version", "os.features",
	"variant", "config", "rootfs", "history",
};

static const char *const runtime_order[] = {
	"User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes",
	"WorkingDir", "Labels", "StopSignal", "ArgsEscaped", "Healthcheck",
	"OnBuild", "Shell",
};

static const char *const sets[] = { "ExposedPorts", "Volumes", "Labels" };

static bool
has_name(const char *const *names, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* A copy with the members of `order` first; null is the same as absent for
 * those, others are kept as they are. */
static struct json *
in_order(const struct json *object, const char *const *order, size_t count)
{
	struct json *j = json_new_object();
	size_t i;

	for (i = 0; i < count; i++)
		if (json_get(object, order[i]))
			json_set(j, order[i],
				json_copy(json_get(object, order[i])));
	for (void *m = json_first(object); m; m = json_next(object, m))
		if (!has_name(order, count, json_member_name(m)))
			json_set(j, json_member_name(m),
				json_copy(json_member_value(m)));
	return j;
}

static struct json *
sorted(const struct json *object)
{
	struct json *j = json_new_object();
	cleanup_value(strv_release) struct strv names = { 0 };
	size_t i;

	for (void *m = json_first(object); m; m = json_next(object, m))
		strv_add(&names, json_member_name(m));
	strv_sort(&names);
	for (i = 0; i < names.count; i++) {
		const struct json *value = json_get(object, names.items[i]);

		json_set(j, names.items[i],
			value ? json_copy(value) : json_new_null());
	}
	return j;
}

static struct json *
runtime_in_order(const struct json *runtime)
{
	struct json *j =
		in_order(runtime, runtime_order, ARRAY_SIZE(runtime_order));
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sets); i++)
		if (json_kind(json_get(j, sets[i])) == JSON_OBJECT_)
			json_set(j, sets[i], sorted(json_get(j, sets[i])));
	return j;
}

void
config_format(const struct config *c, struct buf *ret)
{
	/* Only looked at. */
	const struct json *document = config_json((struct config *)c);
	cleanup(json_free) struct json *j = NULL;

	j = in_order(document, document_order, ARRAY_SIZE(document_order));
	if (json_get(j, "config"))
		json_set(j, "config", runtime_in_order(json_get(j, "config")));
	json_format(j, ret);
}
