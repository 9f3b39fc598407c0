/* SPDX-License-Identifier: Apache-2.0 */
/* The "config" object of an image config: what a container starts with. */
#include "oci/config.h"

#include <errno.h>

/* For readers that must not make it; NULL when it is absent. */
static const struct json *
runtime_of(const struct config *c)
{
	/* Only looked at: config_json() is not const for its other users. */
	return json_get(config_json((struct config *)c), "config");
}

struct json *
config_runtime(struct config *c)
{
	struct json *document = config_json(c);

	if (!json_get(document, "config"))
		json_set(document, "config", json_new_object());
	return json_get(document, "config");
}

int
config_get_list(const struct config *c, const char *name, struct strv *ret,
	struct error *err)
{
	int r = json_get_list(runtime_of(c), name, ret, err);

	return r < 0 ? error_wrap(err, "image config") : 0;
}

void
config_set_list(struct config *c, const char *name, const struct strv *items)
{
	json_set(config_runtime(c), name, items ? json_new_list(items) : NULL);
}

const char *
config_get_text(const struct config *c, const char *name)
{
	return json_get_text(runtime_of(c), name);
}

void
config_set_text(struct config *c, const char *name, const char *value)
{
	json_set(config_runtime(c), name, value ? json_new_text(value) : NULL);
}

void
config_set_member(struct config *c, const char *object, const char *name,
	const char *value)
{
	struct json *runtime = config_runtime(c);

	if (json_kind(json_get(runtime, object)) != JSON_OBJECT_)
		json_set(runtime, object, json_new_object());
	json_set(json_get(runtime, object), name,
		value ? json_new_text(value) : json_new_object());
}
