/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <errno.h>
#include <stdio.h>

#include "oci/auth-save.h"
#include "oci/auth.h"

static struct {
	const char *auth_file, *docker_file;
	bool all;
} opt;

static const struct option_spec options[] = {
	{ 'a', "all", NULL, "for all registries", OPT_FLAG, &opt.all },
	{ 0, "authfile", "FILE", "the file of credentials", OPT_STRING,
		&opt.auth_file, NULL, "@file" },
	{ 0, "compat-auth-file", "FILE", "the same, for docker's form of it",
		OPT_STRING, &opt.docker_file, NULL, "@file" },
	{ 0 },
};

/* In each file that is searched: logged out is who is not found any more. */
static int
forget(const struct auth_places *p, const char *registry, struct error *err)
{
	int found = 0;

	/* What a run did not log in to it does not forget. */
	if (p->run_file)
		return auth_forget(p->run_file, registry, err);
	for (size_t n = 0; n < p->files.count; n++) {
		int r = auth_forget(p->files.items[n], registry, err);

		if (r < 0)
			return r;
		found |= r;
	}
	return found;
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup_value(auth_places_release) struct auth_places places = { 0 };
	autofree char *registry = NULL;
	int r;

	if (opt.all && c->operands.count) {
		(void)error_set(
			err, EINVAL, "--all and a registry exclude each other");
		return error_kind(err, ERROR_REQUEST);
	}
	r = command_registry(c, &registry, err);
	if (r < 0)
		return r;
	auth_places_init(&places, NULL,
		opt.docker_file ? opt.docker_file : opt.auth_file);
	r = forget(&places, opt.all ? NULL : registry, err);
	if (r == 0 && !opt.all) {
		(void)error_set(err, ENOENT, "not logged in to '%s'", registry);
		return error_kind(err, ERROR_REMOTE);
	}
	if (r < 0)
		return r;
	(void)printf("Removed login credentials for %s\n",
		opt.all ? "all registries" : registry);
	return 0;
}

const struct command cmd_logout = {
	.name = "logout",
	.operands = "[OPTIONS] [REGISTRY]",
	.summary = "forget credentials for a registry",
	.group = "Images",
	.options = options,
	.min_operands = 0,
	.max_operands = 1,
	.run = run,
};
