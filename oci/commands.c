/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <errno.h>
#include <string.h>

#include "oci/ref-host.h"
#include "util/conf.h"
#include "util/mem.h"

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

/* All that Docker Hub is called. */
static bool
is_hub(const char *name)
{
	static const char *const names[] = { "docker.io", "index.docker.io",
		"index.docker.io/v1", "registry-1.docker.io" };

	for (size_t n = 0; n < ARRAY_SIZE(names); n++)
		if (strcmp(name, names[n]) == 0)
			return true;
	return false;
}

int
command_registry(
	const struct command_context *c, char **ret, struct error *err)
{
	const char *text =
		c->operands.count ? c->operands.items[0] : REF_DEFAULT_HOST;
	const char *scheme = strstr(text, "://");
	autofree char *name = mem_strdup(scheme ? scheme + 3 : text);
	autofree char *host = NULL;
	size_t len = strlen(name);

	while (len && name[len - 1] == '/')
		name[--len] = '\0';
	if (is_hub(name)) {
		*ret = mem_strdup(REF_DEFAULT_HOST);
		return 0;
	}
	host = mem_strndup(name, strcspn(name, "/"));
	if (!ref_host_is_valid(host)) {
		(void)error_set(err, EINVAL, "'%s' is no registry", text);
		return error_kind(err, ERROR_REQUEST);
	}
	*ret = take_ptr(&name);
	return 0;
}
