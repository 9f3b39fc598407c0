/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "runner/task.h"
#include "util/log.h"

/* The reader of YAML and, behind it, the tables of a task. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(task_free) struct task *t = NULL;
	autoerror err = { 0 };

	log_set_level(LOG_QUIET);
	(void)task_parse((const char *)data, size, "fuzz", &t, &err);
	return 0;
}
