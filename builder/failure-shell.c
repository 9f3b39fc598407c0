/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/failure-shell.h"

#include <unistd.h>

#include "sandbox/launch.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/proc.h"
#include "util/scope.h"

static int
run(const struct sandbox_spec *spec, struct error *err)
{
	cleanup(sandbox_free) struct sandbox *running = NULL;
	struct proc_end end;
	int r;

	r = sandbox_launch(spec, &running, err);
	return r < 0 ? r : sandbox_wait(running, -1, &end, err);
}

void
failure_shell_run(const struct sandbox_spec *failed, const char *program,
	struct progress *p, const struct error *failure)
{
	cleanup_value(strv_release) struct strv argv = { 0 };
	struct sandbox_spec spec = *failed;
	autofree char *line = NULL;
	autoerror err = { 0 };

	line = mem_printf("%s; %s in its tree, 'exit' ends the build",
		failure->text, program);
	progress_message(p, line);
	strv_add(&argv, program);
	spec.argv = &argv;
	spec.in_fd = STDIN_FILENO;
	spec.out_fd = spec.error_fd = STDERR_FILENO;
	if (run(&spec, &err) < 0)
		log_warning("no shell after the failure: %s", err.text);
}
