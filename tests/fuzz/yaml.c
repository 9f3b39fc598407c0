/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "runner/task.h"
#include "util/log.h"

/* The reader of YAML and, behind it, the tables of a task; then the same as the
 * registry service reads it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct task_source acr = { .name = "fuzz", .acr = true };
	cleanup(task_free) struct task *strict = NULL;
	cleanup(task_free) struct task *lenient = NULL;
	autoerror err = { 0 };

	log_set_level(LOG_QUIET);
	(void)task_parse((const char *)data, size, "fuzz", &strict, &err);
	error_release(&err);
	(void)task_parse_from((const char *)data, size, &acr, &lenient, &err);
	return 0;
}
