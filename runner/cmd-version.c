/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <sys/utsname.h>

#include "runner/commands.h"
#include "util/json.h"

#ifndef SLIPWAY_VERSION
#define SLIPWAY_VERSION "unknown"
#endif

static const char *format;

static void
print_json(const char *machine)
{
	cleanup(json_free) struct json *j = json_new_object();
	cleanup_value(buf_release) struct buf text = { 0 };

	json_set_text(j, "version", SLIPWAY_VERSION);
	json_set_text(j, "os", "linux");
	json_set_text(j, "machine", machine);
	buf_init(&text, 4096);
	json_format(j, &text);
	(void)puts(buf_text(&text));
}

static int
run(struct command_context *c, struct error *err)
{
	struct utsname host;

	if (uname(&host) < 0)
		return error_errno(err, "cannot ask the kernel for its name");
	if (c->json)
		print_json(host.machine);
	else
		(void)printf(
			"slipway %s linux/%s\n", SLIPWAY_VERSION, host.machine);
	return 0;
}

static const struct option_spec options[] = {
	CLI_FORMAT(format),
	{ 0 },
};

const struct command cmd_version = {
	.name = "version",
	.operands = "[OPTIONS]",
	.summary = "show the version of this program",
	.group = "About slipway",
	.options = options,
	.run = run,
};
