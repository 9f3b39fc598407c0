/* SPDX-License-Identifier: Apache-2.0 */
/* Lint of a stranger's Dockerfile: findings have a place in it. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "builder/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look(const struct dockerfile *d)
{
	static const struct platform amd64 = { "linux", "amd64", "" };
	cleanup_value(lint_report_release) struct lint_report report = { 0 };
	cleanup_value(args_release) struct args args = { 0 };
	const struct lint_input in = {
		.file = d, .args = &args, .platform = &amd64
	};
	autoerror err = { 0 };

	args_set_platforms(&args, &amd64, &amd64, NULL);
	if (args_read_globals(&args, d, &err) < 0)
		return;
	if (lint_run(&in, &report, &err) < 0) {
		assert(err.text);
		return;
	}
	for (size_t n = 0; n < report.count; n++)
		assert(report.items[n].line >= 1 &&
			report.items[n].column >= 1 &&
			report.items[n].last_line >= report.items[n].line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(dockerfile_free) struct dockerfile *d = NULL;

	if (dockerfile_parse("Dockerfile", (const char *)data, size, NULL, &d,
		    NULL) == 0)
		look(d);
	return 0;
}
