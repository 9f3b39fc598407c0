/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/blame.h"

#include "util/scope.h"

int
blame_instr(const struct dockerfile *d, const struct instr *i,
	struct error *err)
{
	autofree char *advice = NULL, *excerpt = NULL;

	if (!err)
		return dockerfile_error_at(d, i, err);
	advice = take_ptr(&err->hint);
	(void)dockerfile_error_at(d, i, err);
	if (!advice)
		return -err->code;
	excerpt = take_ptr(&err->hint);
	return error_hint(err, "%s%s%s", excerpt ? excerpt : "",
		excerpt ? "\n" : "", advice);
}
