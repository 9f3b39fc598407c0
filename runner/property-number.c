/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "runner/property.h"
#include "util/mem.h"
#include "util/num.h"

#define COUNT_MAX 1000000
#define SECONDS_MAX 31536000 /* a year */
#define MODE_MAX 0777

/* 010 is 8 in YAML 1.1 and 10 in 1.2: whoever wrote it may mean either. */
static bool
looks_octal(const char *text)
{
	return text[0] == '0' && isdigit((unsigned char)text[1]);
}

/* Digits of base 2, as YAML 1.1 has them. */
static int
parse_binary(const char *text, uint64_t *ret)
{
	uint64_t value = 0;

	if (!*text || strspn(text, "01") != strlen(text) || strlen(text) > 32)
		return -EINVAL;
	for (; *text; text++)
		value = value * 2 + (*text == '1');
	*ret = value;
	return 0;
}

/* What the registry service takes for a whole number: 1_000, 0x10, 0b11, 010
 * (which is 8), 2.9 (which is 2). */
static int
parse_yaml_integer(const char *text, uint64_t max, uint64_t *ret)
{
	autofree char *digits = mem_strdup(text);
	char *from, *to = digits;
	size_t whole;

	for (from = digits; *from; from++)
		if (*from != '_')
			*to++ = *from;
	*to = '\0';
	if (strncasecmp(digits, "0x", 2) == 0)
		return num_parse_hex(digits + 2, max, ret, NULL);
	if (strncasecmp(digits, "0b", 2) == 0)
		return parse_binary(digits + 2, ret);
	if (looks_octal(digits))
		return num_parse_octal(digits + 1, max, ret, NULL);
	whole = strspn(digits, "0123456789");
	if (digits[whole] == '.' &&
		!digits[whole + 1 + strspn(digits + whole + 1, "0123456789")])
		digits[whole] = '\0';
	return num_parse(digits, max, ret, NULL);
}

static int
parse_integer(const struct property_value *v, uint64_t max, uint64_t *ret)
{
	const char *text = yaml_text(v->node);

	if (yaml_doc_is_lenient(v->doc))
		return parse_yaml_integer(text, max, ret);
	return looks_octal(text) ? -EINVAL : num_parse(text, max, ret, NULL);
}

static int
parse_seconds(const struct property_value *v, int64_t *ret_ms)
{
	const char *text = yaml_text(v->node);
	uint64_t seconds;
	int64_t ns;

	if (parse_integer(v, SECONDS_MAX, &seconds) == 0) {
		*ret_ms = (int64_t)seconds * 1000;
		return 0;
	}
	/* The service takes what is below zero for nothing said. */
	if (yaml_doc_is_lenient(v->doc) && *text == '-' &&
		num_parse(text + 1, SECONDS_MAX, &seconds, NULL) == 0) {
		*ret_ms = 0;
		return 0;
	}
	if (looks_octal(text) || num_parse_duration(text, &ns, NULL) < 0 ||
		ns < 0 || ns / 1000000000 > SECONDS_MAX)
		return -EINVAL;
	*ret_ms = ns / 1000000;
	return 0;
}

int
property_duration(
	const struct property_value *v, void *field, struct error *err)
{
	int r;

	r = property_want_text(v, err);
	if (r < 0)
		return r;
	if (parse_seconds(v, field) < 0)
		return yaml_error(v->doc, v->node, err,
			"'%s' is '%s', not a time like 90, 90s or 1h30m",
			v->row->name, yaml_text(v->node));
	return 0;
}

int
property_count(const struct property_value *v, void *field, struct error *err)
{
	int r;

	r = property_want_text(v, err);
	if (r < 0)
		return r;
	if (parse_integer(v, COUNT_MAX, field) < 0)
		return yaml_error(v->doc, v->node, err,
			"'%s' is '%s', not a whole number up to %d",
			v->row->name, yaml_text(v->node), COUNT_MAX);
	return 0;
}

int
property_size(const struct property_value *v, void *field, struct error *err)
{
	int r;

	r = property_want_text(v, err);
	if (r < 0)
		return r;
	if (num_parse_size(yaml_text(v->node), field, NULL) < 0)
		return yaml_error(v->doc, v->node, err,
			"'%s' is '%s', not a size like 512m or 1.5g",
			v->row->name, yaml_text(v->node));
	return 0;
}

int
property_mode(const struct property_value *v, void *field, struct error *err)
{
	int r;

	r = property_want_text(v, err);
	if (r < 0)
		return r;
	if (num_parse_octal(yaml_text(v->node), MODE_MAX, field, NULL) < 0)
		return yaml_error(v->doc, v->node, err,
			"'%s' is '%s', not a mode like 0400", v->row->name,
			yaml_text(v->node));
	return 0;
}
