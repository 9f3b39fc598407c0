/* SPDX-License-Identifier: Apache-2.0 */
/* call: what a build can be asked instead of building: --check and --call. */
#ifndef BUILDER_CALL_H
#define BUILDER_CALL_H

#include <stdbool.h>

#include "builder/lint.h"
#include "builder/plan.h"
#include "util/buf.h"
#include "util/error.h"

enum call_method { CALL_BUILD, CALL_CHECK, CALL_OUTLINE, CALL_TARGETS };

struct call {
	enum call_method method;
	bool json;
};

/* "check", "outline,format=json" ...; -EINVAL, ERROR_REQUEST. */
int call_parse(const char *text, struct call *ret, struct error *err);
/* The answer, added to `ret`. `*ret_fails` when it is one to fail for. */
int call_answer(const struct call *c, const struct lint_input *in,
	const struct plan *p, struct buf *ret, bool *ret_fails,
	struct error *err);

#endif
