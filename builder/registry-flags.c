/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/registry-flags.h"

#include <string.h>

#include "oci/ref.h"
#include "util/log.h"
#include "util/mem.h"

/* A name that is wrong is told of later, by whoever wants it. */
static bool
has_host(const char *name)
{
	autoref ref = { 0 };
	size_t len;

	if (ref_parse(name, &ref, NULL) < 0)
		return true;
	len = strlen(ref.host);
	return strncmp(name, ref.host, len) == 0 && name[len] == '/';
}

void
registry_flags_apply(
	const struct registry_flags *f, struct output_flags *output)
{
	struct strv names = { 0 };
	size_t i;

	if (!f->host)
		return;
	for (i = 0; i < output->tag_texts.count; i++) {
		const char *name = output->tag_texts.items[i];

		if (has_host(name))
			strv_add(&names, name);
		else
			strv_addf(&names, "%s/%s", f->host, name);
	}
	strv_release(&output->tag_texts);
	output->tag_texts = names;
	output->push = names.count > 0;
	if (names.count == 0)
		log_warning("the image has no name (-t): nothing is pushed");
}
