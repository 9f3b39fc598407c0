/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/provenance.h"

#include "util/num.h"

static struct json *
copy_or(const struct json *j, struct json *otherwise)
{
	if (!j)
		return otherwise;
	json_free(otherwise);
	return json_copy(j);
}

static struct json *
format_definition(const struct provenance *p)
{
	struct json *external = json_new_object();
	struct json *j = json_new_object();

	json_set(external, "configSource",
		copy_or(p->source, json_new_object()));
	json_set(external, "request", copy_or(p->request, json_new_object()));
	json_set_text(j, "buildType", PROVENANCE_BUILD_TYPE);
	json_set(j, "externalParameters", external);
	if (p->builder_platform) {
		struct json *internal = json_new_object();

		json_set_text(internal, "builderPlatform", p->builder_platform);
		json_set(j, "internalParameters", internal);
	}
	json_set(j, "resolvedDependencies",
		copy_or(p->dependencies, json_new_array()));
	return j;
}

static struct json *
format_metadata(const struct provenance *p)
{
	struct json *complete = json_new_object();
	struct json *j = json_new_object();
	char text[40];

	if (p->has_times) {
		num_format_time(p->started, 0, text);
		json_set_text(j, "startedOn", text);
		num_format_time(p->finished, 0, text);
		json_set_text(j, "finishedOn", text);
	}
	json_set_bool(complete, "resolvedDependencies", p->is_complete);
	json_set(j, "slipway_completeness", complete);
	json_set_bool(j, "slipway_reproducible", p->is_reproducible);
	return j;
}

struct json *
provenance_format(const struct provenance *p)
{
	struct json *builder = json_new_object();
	struct json *details = json_new_object();
	struct json *j = json_new_object();

	json_set_text(builder, "id",
		p->builder_id ? p->builder_id : PROVENANCE_BUILDER);
	json_set(details, "builder", builder);
	json_set(details, "metadata", format_metadata(p));
	json_set(j, "buildDefinition", format_definition(p));
	json_set(j, "runDetails", details);
	return j;
}
