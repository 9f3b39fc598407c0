/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of names and their spellings: URLs, base32, random ones, parts of
 * texts. */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "runner/template-call.h"
#include "runner/template.h"
#include "util/mem.h"

#define RANDOM_MAX 4096
#define PARTS_MAX 10000

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* RFC 4648, section 6. */
static const struct value *
name_b32enc(struct call *c)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	const char *text = call_text(c, 0);
	unsigned bits = 0, held = 0;

	buf_init(&out, TEMPLATE_TEXT_MAX);
	for (; *text; text++) {
		held = held << 8 | (unsigned char)*text;
		for (bits += 8; bits >= 5; bits -= 5)
			buf_addc(&out, base32[held >> (bits - 5) & 31]);
		held &= (1u << bits) - 1;
	}
	if (bits)
		buf_addc(&out, base32[held << (5 - bits) & 31]);
	while (out.len % 8)
		buf_addc(&out, '=');
	return call_result(c, &out);
}

static const struct value *
name_b32dec(struct call *c)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	const char *text = call_text(c, 0);
	unsigned bits = 0, held = 0;
	const char *digit;

	buf_init(&out, TEMPLATE_TEXT_MAX);
	for (; *text && *text != '='; text++) {
		digit = strchr(base32, *text);
		if (!digit)
			return call_fail(c, "this is not base32");
		held = (held << 5 | (unsigned)(digit - base32)) & 0xfff;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			buf_addc(&out, (char)(held >> bits));
		}
	}
	return text[strspn(text, "=")] ? call_fail(c, "this is not base32")
				       : call_result(c, &out);
}

static const struct value *
random_text(struct call *c, const char *letters)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	int64_t count = call_int(c, 0);
	size_t many = strlen(letters);
	unsigned char byte;

	if (count < 0 || count > RANDOM_MAX)
		return call_fail(c, "not so many");
	buf_init(&out, RANDOM_MAX);
	while ((int64_t)out.len < count) {
		if (getrandom(&byte, 1, 0) != 1)
			return call_fail(c, "there are no random numbers");
		/* None more often than another. */
		if (byte < 256 / many * many)
			buf_addc(&out, letters[byte % many]);
	}
	return call_result(c, &out);
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static const struct value *
name_rand_alpha(struct call *c)
{
	return random_text(c, LETTERS);
}

static const struct value *
name_rand_alpha_num(struct call *c)
{
	return random_text(c, LETTERS "0123456789");
}

static const struct value *
name_rand_numeric(struct call *c)
{
	return random_text(c, "0123456789");
}

/* RFC 9562, section 5.4. */
static const struct value *
name_uuid(struct call *c)
{
	unsigned char b[16];
	char text[37];
	size_t i, at = 0;

	if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b))
		return call_fail(c, "there are no random numbers");
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	for (i = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			text[at++] = '-';
		(void)snprintf(text + at, 3, "%02x", b[i]);
		at += 2;
	}
	return value_text(c->arena, text);
}

/* What ends at one of `stops` is put under `key`; the rest. */
static const char *
take(struct call *c, struct value *map, const char *key, const char *text,
	const char *stops)
{
	size_t len = strcspn(text, stops);

	value_put(c->arena, map, key, value_text_of(c->arena, text, len));
	return text + len;
}

static void
put_host(struct call *c, struct value *map, const char *host)
{
	const char *end = *host == '[' ? strchr(host, ']') : NULL;
	size_t len = end ? (size_t)(end + 1 - host) : strcspn(host, ":");

	value_put(c->arena, map, "host", value_text(c->arena, host));
	value_put(c->arena, map, "hostname",
		end ? value_text_of(c->arena, host + 1, len - 2)
		    : value_text_of(c->arena, host, len));
}

/* As sprig has it: scheme, userinfo, host, hostname, path, query, fragment,
 * opaque. */
static const struct value *
name_url_parse(struct call *c)
{
	static const char *const empty[] = { "scheme", "userinfo", "host",
		"hostname", "path", "query", "fragment", "opaque" };
	const char *text = call_text(c, 0);
	struct value *map = value_map(c->arena);
	size_t len = strcspn(text, ":/?#"), i;
	autofree char *authority = NULL;
	const char *at;

	for (i = 0; i < ARRAY_SIZE(empty); i++)
		value_put(c->arena, map, empty[i], value_text(c->arena, ""));
	if (len && text[len] == ':')
		text = take(c, map, "scheme", text, ":") + 1;
	if (strncmp(text, "//", 2) == 0) {
		len = strcspn(text + 2, "/?#");
		authority = mem_strndup(text + 2, len);
		text += 2 + len;
		at = strrchr(authority, '@');
		if (at)
			value_put(c->arena, map, "userinfo",
				value_text_of(c->arena, authority,
					(size_t)(at - authority)));
		put_host(c, map, at ? at + 1 : authority);
	}
	text = take(c, map, "path", text, "?#");
	if (*text == '?')
		text = take(c, map, "query", text + 1, "#");
	if (*text == '#')
		(void)take(c, map, "fragment", text + 1, "");
	return map;
}

static const struct value *
name_url_join(struct call *c)
{
	static const struct {
		const char *key, *before, *after;
	} parts[] = {
		{ "scheme", "", "://" },
		{ "userinfo", "", "@" },
		{ "host", "", "" },
		{ "path", "", "" },
		{ "query", "?", "" },
		{ "fragment", "#", "" },
	};
	cleanup_value(buf_release) struct buf out = { 0 };
	const struct value *map = call_map(c, 0), *v;
	size_t i;

	buf_init(&out, TEMPLATE_TEXT_MAX);
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		v = value_get(map, parts[i].key);
		if (!v || v->kind != VALUE_TEXT || !*v->text)
			continue;
		buf_adds(&out, parts[i].before);
		buf_adds(&out, v->text);
		buf_adds(&out, parts[i].after);
	}
	return call_result(c, &out);
}

/* splitn SEPARATOR COUNT TEXT: a map of _0, _1, ... */
static const struct value *
name_splitn(struct call *c)
{
	const char *separator = call_text(c, 0);
	int64_t count = call_int(c, 1), i;
	const char *text = call_text(c, 2);
	struct value *map = value_map(c->arena);
	const char *end;

	if (count > PARTS_MAX || !*separator)
		return call_fail(c, "not by this");
	for (i = 0; i < count; i++) {
		autofree char *key = mem_printf("_%lld", (long long)i);

		end = i + 1 < count ? strstr(text, separator) : NULL;
		value_put(c->arena, map, key,
			value_text_of(c->arena, text,
				end ? (size_t)(end - text) : strlen(text)));
		if (!end)
			break;
		text = end + strlen(separator);
	}
	return map;
}

/* For JavaScript, as text/template's JSEscapeString. */
static const struct value *
name_js(struct call *c)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	const char *text = call_text(c, 0);

	buf_init(&out, TEMPLATE_TEXT_MAX);
	for (; *text; text++) {
		if (strchr("\\'\"", *text))
			buf_addf(&out, "\\%c", *text);
		else if ((unsigned char)*text < ' ' || strchr("<>&=", *text))
			buf_addf(&out, "\\u%04X", (unsigned char)*text);
		else
			buf_addc(&out, *text);
	}
	return call_result(c, &out);
}

const struct function template_name_functions[] = {
	{ "b32enc", 1, 1, false, name_b32enc },
	{ "b32dec", 1, 1, false, name_b32dec },
	{ "randAlpha", 1, 1, false, name_rand_alpha },
	{ "randAlphaNum", 1, 1, false, name_rand_alpha_num },
	{ "randNumeric", 1, 1, false, name_rand_numeric },
	{ "uuidv4", 0, 0, false, name_uuid },
	{ "urlParse", 1, 1, false, name_url_parse },
	{ "urlJoin", 1, 1, false, name_url_join },
	{ "splitn", 3, 3, false, name_splitn },
	{ "js", 1, 1, false, name_js },
	{ NULL, 0, 0, false, NULL },
};
