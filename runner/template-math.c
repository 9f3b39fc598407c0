/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/template-call.h"

#define MANY TEMPLATE_ARGUMENTS_MAX
#define RANGE_MAX 10000

/* All arguments from the left; too large numbers are an error. */
static const struct value *
fold(struct call *c, bool (*step)(int64_t, int64_t, int64_t *))
{
	int64_t result = call_int(c, 0);
	size_t i;

	for (i = 1; i < c->count; i++)
		if (step(result, call_int(c, i), &result))
			return call_fail(c, "there is no such number");
	return value_int(c->arena, result);
}

static bool
add(int64_t a, int64_t b, int64_t *ret)
{
	return __builtin_add_overflow(a, b, ret);
}

static bool
subtract(int64_t a, int64_t b, int64_t *ret)
{
	return __builtin_sub_overflow(a, b, ret);
}

static bool
multiply(int64_t a, int64_t b, int64_t *ret)
{
	return __builtin_mul_overflow(a, b, ret);
}

static bool
divide(int64_t a, int64_t b, int64_t *ret)
{
	if (b == 0 || (a == INT64_MIN && b == -1))
		return true;
	*ret = a / b;
	return false;
}

static bool
remainder_of(int64_t a, int64_t b, int64_t *ret)
{
	if (b == 0 || (a == INT64_MIN && b == -1))
		return true;
	*ret = a % b;
	return false;
}

static bool
greater(int64_t a, int64_t b, int64_t *ret)
{
	*ret = a > b ? a : b;
	return false;
}

static bool
smaller(int64_t a, int64_t b, int64_t *ret)
{
	*ret = a < b ? a : b;
	return false;
}

static const struct value *
math_add(struct call *c)
{
	return fold(c, add);
}

static const struct value *
math_sub(struct call *c)
{
	return fold(c, subtract);
}

static const struct value *
math_mul(struct call *c)
{
	return fold(c, multiply);
}

static const struct value *
math_div(struct call *c)
{
	return fold(c, divide);
}

static const struct value *
math_mod(struct call *c)
{
	return fold(c, remainder_of);
}

static const struct value *
math_max(struct call *c)
{
	return fold(c, greater);
}

static const struct value *
math_min(struct call *c)
{
	return fold(c, smaller);
}

static const struct value *
math_add1(struct call *c)
{
	int64_t result;

	if (add(call_int(c, 0), 1, &result))
		return call_fail(c, "there is no such number");
	return value_int(c->arena, result);
}

static const struct value *
math_int(struct call *c)
{
	return value_int(c->arena, call_int(c, 0));
}

static const struct value *
math_float64(struct call *c)
{
	return value_float(c->arena, call_float(c, 0));
}

/* Beyond this every number is whole; and no libm for three functions. */
#define WHOLE 4503599627370496.0

static double
round_down(double number)
{
	double whole;

	if (!(number > -WHOLE && number < WHOLE))
		return number;
	whole = (double)(int64_t)number;
	return whole > number ? whole - 1 : whole;
}

static const struct value *
math_ceil(struct call *c)
{
	return value_float(c->arena, -round_down(-call_float(c, 0)));
}

static const struct value *
math_floor(struct call *c)
{
	return value_float(c->arena, round_down(call_float(c, 0)));
}

static const struct value *
math_round(struct call *c)
{
	int64_t digits = call_int(c, 1);
	double number = call_float(c, 0), scale = 1;

	if (digits < 0 || digits > 15)
		return call_fail(c, "not so many digits");
	for (; digits > 0; digits--)
		scale *= 10;
	number = number < 0 ? -round_down(0.5 - number * scale)
			    : round_down(0.5 + number * scale);
	return value_float(c->arena, number / scale);
}

static const struct value *
count_up(struct call *c, int64_t from, int64_t to, int64_t step)
{
	struct value *list = value_list(c->arena);
	int64_t at = from;

	if (step == 0)
		return list;
	while (step > 0 ? at < to : at > to) {
		if (list->count == RANGE_MAX)
			return call_fail(c, "more than %d numbers", RANGE_MAX);
		value_append(c->arena, list, value_int(c->arena, at));
		if (add(at, step, &at))
			break;
	}
	return list;
}

static const struct value *
math_until(struct call *c)
{
	int64_t to = call_int(c, 0);

	return count_up(c, 0, to, to < 0 ? -1 : 1);
}

static const struct value *
math_until_step(struct call *c)
{
	return count_up(c, call_int(c, 0), call_int(c, 1), call_int(c, 2));
}

const struct function template_math_functions[] = {
	{ "add", 1, MANY, false, math_add },
	{ "add1", 1, 1, false, math_add1 },
	{ "sub", 2, 2, false, math_sub },
	{ "mul", 1, MANY, false, math_mul },
	{ "div", 2, 2, false, math_div },
	{ "mod", 2, 2, false, math_mod },
	{ "max", 1, MANY, false, math_max },
	{ "min", 1, MANY, false, math_min },
	{ "int", 1, 1, false, math_int },
	{ "int64", 1, 1, false, math_int },
	{ "atoi", 1, 1, false, math_int },
	{ "float64", 1, 1, false, math_float64 },
	{ "ceil", 1, 1, false, math_ceil },
	{ "floor", 1, 1, false, math_floor },
	{ "round", 2, 2, false, math_round },
	{ "until", 1, 1, false, math_until },
	{ "untilStep", 3, 3, false, math_until_step },
	{ NULL, 0, 0, false, NULL },
};
