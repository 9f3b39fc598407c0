/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of the images that leave, beside them. */
#include "builder/output-part.h"

#include <string.h>

#include "oci/attestation.h"
#include "oci/provenance.h"
#include "oci/purl.h"
#include "util/mem.h"

#define PREDICATE_MAX MiB(4)

bool
output_attests(const struct output_options *o)
{
	return o->attest && o->attest->provenance;
}

static void
list_names(const struct output *o, const struct output_image *i,
	struct strv *ret)
{
	for (size_t n = 0; n < o->options->tag_count; n++)
		strv_take(ret,
			purl_of_image(&o->options->tags[n], &i->platform));
}

static int
parse_predicate(
	const struct output_image *i, struct json **ret, struct error *err)
{
	return json_parse(i->provenance, strlen(i->provenance), PREDICATE_MAX,
		"provenance", ret, err);
}

int
output_attest(struct output *o, const struct output_image *i,
	const struct descriptor *entry, struct descriptor *ret,
	struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	cleanup(json_free) struct json *predicate = NULL;
	int r;

	r = parse_predicate(i, &predicate, err);
	if (r < 0)
		return r;
	list_names(o, i, &names);
	return attestation_write(o->store,
		&(struct attestation){ entry, &names, PROVENANCE_TYPE,
			predicate },
		ret, err);
}

int
output_format_provenance(const struct output *o, const struct output_image *i,
	struct buf *ret, struct error *err)
{
	cleanup_value(descriptor_release) struct descriptor image = { 0 };
	cleanup_value(strv_release) struct strv names = { 0 };
	cleanup(json_free) struct json *predicate = NULL;
	int r;

	r = parse_predicate(i, &predicate, err);
	if (r < 0)
		return r;
	list_names(o, i, &names);
	image.digest = i->manifest;
	return attestation_format(&(struct attestation){ &image, &names,
					  PROVENANCE_TYPE, predicate },
		ret, err);
}
