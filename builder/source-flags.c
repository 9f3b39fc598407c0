/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/source-flags.h"

#include <stdlib.h>
#include <string.h>

#include "oci/commands.h"

void
source_flags_arguments(const struct source_flags *f, struct strv *ret)
{
	for (size_t n = 0; n < f->build_args.count; n++) {
		const char *item = f->build_args.items[n];
		const char *value;

		if (strchr(item, '=')) {
			strv_add(ret, item);
			continue;
		}
		value = getenv(item);
		if (value)
			strv_addf(ret, "%s=%s", item, value);
	}
}

int
source_flags_read(const struct source_flags *f, struct build_options *ret,
	struct error *err)
{
	ret->file = f->file;
	ret->ignore_file = f->ignore_file;
	ret->ignore_remote = f->ignore_remote;
	ret->own_agent = getenv("SSH_AUTH_SOCK");
	ret->target = f->target;
	if (command_platform(f->platform, &ret->platform, err) < 0)
		return error_kind(err, ERROR_REQUEST);
	return 0;
}
