/* SPDX-License-Identifier: Apache-2.0 */
/* template-call: the functions of templates. Private to template*.c. */
#ifndef RUNNER_TEMPLATE_CALL_H
#define RUNNER_TEMPLATE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/arena.h"
#include "runner/template-lex.h"
#include "runner/value.h"

#define TEMPLATE_ARGUMENTS_MAX 64

/* One call on its way. */
struct call {
	const struct template_lexer *lexer;
	const char *at;
	const char *name;
	struct arena *arena;
	const struct value *args[TEMPLATE_ARGUMENTS_MAX];
	size_t count;
	bool failed; /* call_fail() was here */
};

/* A row; a table ends with a NULL name. `run` gives a value of the arena; what
 * it gives does not count after call_fail(). */
struct function {
	const char *name;
	size_t min, max; /* arguments */
	bool takes_nil;	 /* a field that is not there may be one */
	const struct value *(*run)(struct call *c);
};

extern const struct function template_logic_functions[];
extern const struct function template_text_functions[];
extern const struct function template_encode_functions[];
extern const struct function template_hash_functions[];
extern const struct function template_list_functions[];
extern const struct function template_math_functions[];
extern const struct function template_name_functions[];
extern const struct function template_pattern_functions[];
extern const struct function template_time_functions[];
extern const struct function template_version_functions[];

/* Is the name one of a function? Errors say what may be meant, or why not. */
int template_function_check(
	const struct template_lexer *l, const char *at, const char *name);
/* Checks the arguments and calls. */
int template_call(struct call *c, const struct value **ret);

/* For functions: "name: ..."; returns a value. */
const struct value *call_fail(struct call *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Arguments as the function wants them; call_fail() when they are not so. A
 * text: numbers are written out. A number: texts are read, 0 if they are none,
 * as sprig does. */
const char *call_text(struct call *c, size_t index);
int64_t call_int(struct call *c, size_t index);
double call_float(struct call *c, size_t index);
const struct value *call_list(struct call *c, size_t index);
const struct value *call_map(struct call *c, size_t index);
/* The text that was built, unless it is too large. */
const struct value *call_result(struct call *c, struct buf *text);

#endif
