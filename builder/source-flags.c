/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/source-flags.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder/args.h"
#include "oci/commands.h"
#include "util/mem.h"

/* What our environment says of proxies is given, too: programs of a RUN may
 * reach nothing without. It is no part of an image, a key or a history. */
static void
add_proxies(struct strv *ret)
{
	for (char **item = environ; *item; item++) {
		autofree char *name = mem_strndup(*item, strcspn(*item, "="));

		if (args_is_proxy(name) && !strv_env_get(ret, name))
			strv_add(ret, *item);
	}
}

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
	add_proxies(ret);
}

int
source_flags_call(
	const struct source_flags *f, struct call *ret, struct error *err)
{
	*ret = (struct call){ .method = f->check ? CALL_CHECK : CALL_BUILD };
	return f->call ? call_parse(f->call, ret, err) : 0;
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
	ret->ignores_syntax = f->ignore_syntax;
	ret->is_locked = f->locked;
	if (command_platform(f->platform, &ret->platform, err) < 0)
		return error_kind(err, ERROR_REQUEST);
	return 0;
}
