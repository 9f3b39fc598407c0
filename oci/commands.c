/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include "util/conf.h"

int
command_open_store(const struct command_context *c, struct store **ret,
	struct error *err)
{
	autofree char *path = conf_store_path(c->conf);

	return store_open(path, ret, err);
}

int
command_platform(const char *text, struct platform *ret, struct error *err)
{
	if (text)
		return platform_parse(text, ret, err);
	platform_host(ret);
	return 0;
}
