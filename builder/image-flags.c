/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/image-flags.h"

#include <stdlib.h>

static void
read_times(const struct image_flags *f, struct strv *build_args,
	struct build_options *ret)
{
	static const char name[] = "SOURCE_DATE_EPOCH";
	const char *epoch = f->timestamp;

	if (!epoch)
		epoch = strv_env_get(build_args, name);
	if (!epoch)
		epoch = getenv(name);
	if (epoch && !strv_env_get(build_args, name))
		strv_addf(build_args, "%s=%s", name, epoch);
	ret->epoch = epoch;
	ret->clamps_times = f->timestamp || f->reproducible;
}

void
image_flags_read(const struct image_flags *f, struct strv *build_args,
	struct build_options *ret)
{
	ret->labels = &f->labels;
	read_times(f, build_args, ret);
}
