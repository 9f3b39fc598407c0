/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/chmod.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/num.h"

#define MODE_BITS 07777

void
chmod_release(struct chmod *c)
{
	free(c->symbolic);
	*c = (struct chmod){ 0 };
}

/* "ugoa": whose bits a clause may touch; nobody named is everybody. */
static mode_t
read_who(const char **text)
{
	mode_t who = 0;

	for (;; (*text)++) {
		switch (**text) {
		case 'u':
			who |= 04700;
			continue;
		case 'g':
			who |= 02070;
			continue;
		case 'o':
			who |= 01007;
			continue;
		case 'a':
			who |= MODE_BITS;
			continue;
		}
		return who ? who : MODE_BITS;
	}
}

/* "g=u": the three bits of one class, for every class. */
static bool
read_class(const char **text, mode_t mode, mode_t *ret)
{
	unsigned shift;

	switch (**text) {
	case 'u':
		shift = 6;
		break;
	case 'g':
		shift = 3;
		break;
	case 'o':
		shift = 0;
		break;
	default:
		return false;
	}
	(*text)++;
	*ret = (mode >> shift & 7) * 0111;
	return true;
}

static mode_t
read_letters(const char **text, mode_t mode, bool is_dir)
{
	mode_t bits = 0;

	for (;; (*text)++) {
		switch (**text) {
		case 'r':
			bits |= 0444;
			continue;
		case 'w':
			bits |= 0222;
			continue;
		case 'x':
			bits |= 0111;
			continue;
		case 'X':
			if (is_dir || (mode & 0111))
				bits |= 0111;
			continue;
		case 's':
			bits |= 06000;
			continue;
		case 't':
			bits |= 01000;
			continue;
		}
		return bits;
	}
}

static mode_t
change(mode_t mode, char how, mode_t who, mode_t bits)
{
	if (how == '+')
		return mode | (bits & who);
	if (how == '-')
		return mode & ~(bits & who);
	return (mode & ~who) | (bits & who);
}

/* One clause: who, then one or more of "+rw", "=u". */
static int
run_clause(const char **text, mode_t *mode, bool is_dir)
{
	mode_t who = read_who(text);
	bool any = false;

	while (**text && strchr("+-=", **text)) {
		char how = *(*text)++;
		mode_t bits;

		if (!read_class(text, *mode, &bits))
			bits = read_letters(text, *mode, is_dir);
		*mode = change(*mode, how, who, bits);
		any = true;
	}
	return any ? 0 : -EINVAL;
}

static int
run_symbolic(const char *text, mode_t *mode, bool is_dir)
{
	for (;;) {
		int r = run_clause(&text, mode, is_dir);

		if (r < 0)
			return r;
		if (*text == '\0')
			return 0;
		if (*text++ != ',')
			return -EINVAL;
	}
}

static int
refuse(const char *text, struct error *err)
{
	(void)error_set(err, EINVAL,
		"invalid chmod parameter: '%s'. it should be octal string and between 0 and 07777",
		text);
	(void)error_kind(err, ERROR_REQUEST);
	return error_hint(err, "or symbolic as chmod(1) has it: u=rwX,go=rX");
}

int
chmod_parse(const char *text, struct chmod *ret, struct error *err)
{
	struct chmod c = { 0 };
	mode_t mode = 0;
	uint64_t octal;

	if (num_parse_octal(text, MODE_BITS, &octal, NULL) == 0) {
		c.is_octal = true;
		c.octal = (mode_t)octal;
	} else if (run_symbolic(text, &mode, false) == 0) {
		c.symbolic = mem_strdup(text);
	} else {
		return refuse(text, err);
	}
	*ret = c;
	return 0;
}

mode_t
chmod_apply(const struct chmod *c, mode_t mode, bool is_dir)
{
	mode &= MODE_BITS;
	if (c->is_octal)
		return c->octal;
	if (c->symbolic)
		(void)run_symbolic(c->symbolic, &mode, is_dir); /* checked */
	return mode;
}
