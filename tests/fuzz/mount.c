/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a RUN --mount. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "builder/run-mount.h"
#include "util/mem.h"
#include "util/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_value(state_release) struct state s = { .escape = '\\' };
	cleanup_value(run_mount_release) struct run_mount m = { 0 };
	cleanup_value(key_release) struct key k = { 0 };
	autofree char *text = mem_strndup((const char *)data, size);
	autofree char *from = run_mount_from(text);
	autoerror err = { 0 };

	strv_add(&s.vars, "A=/a b,\"c");
	if (run_mount_parse(text, &s, "/work", &m, &err) < 0) {
		assert(err.kind == ERROR_REQUEST);
		return 0;
	}
	assert(!m.target ||
		(m.target[0] == '/' && m.target[1] && !strstr(m.target, "/../")));
	assert(!m.from == !from);
	run_mount_add_key(&m, &k);
	return 0;
}
