/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/template-call.h"

#include <string.h>

#include "oci/digest.h"
#include "runner/template.h"
#include "util/base64.h"
#include "util/mem.h"

/* A field that is not there is empty, as the service has it. */
static const struct value *
encode_b64enc(struct call *c)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	const char *text = call_text(c, 0);

	buf_init(&out, TEMPLATE_TEXT_MAX);
	base64_format(text, strlen(text), &out);
	return call_result(c, &out);
}

static const struct value *
encode_b64dec(struct call *c)
{
	cleanup_value(buf_release) struct buf out = { 0 };

	buf_init(&out, TEMPLATE_TEXT_MAX);
	if (base64_parse(call_text(c, 0), &out) < 0)
		return call_fail(c, "this is not base64");
	return call_result(c, &out);
}

static const struct value *
encode_sha256sum(struct call *c)
{
	const char *text = call_text(c, 0);
	char hex[DIGEST_HEX_SIZE];
	struct digest digest;

	digest_of(text, strlen(text), &digest);
	return value_text(c->arena, digest_format_hex(&digest, hex));
}

/* RFC 1950, section 8.2. */
static const struct value *
encode_adler32sum(struct call *c)
{
	const unsigned char *at = (const unsigned char *)call_text(c, 0);
	unsigned low = 1, high = 0;

	for (; *at; at++) {
		low = (low + *at) % 65521;
		high = (high + low) % 65521;
	}
	return value_int(c->arena, (int64_t)high << 16 | low);
}

static const struct value *
to_json(struct call *c, void (*format)(const struct json *, struct buf *))
{
	cleanup(json_free) struct json *j = value_to_json(c->args[0]);
	cleanup_value(buf_release) struct buf out = { 0 };

	buf_init(&out, TEMPLATE_TEXT_MAX);
	format(j, &out);
	return call_result(c, &out);
}

static const struct value *
encode_to_json(struct call *c)
{
	return to_json(c, json_format);
}

static const struct value *
encode_to_pretty_json(struct call *c)
{
	return to_json(c, json_format_pretty);
}

static const struct value *
encode_html(struct call *c)
{
	static const char signs[] = "<>&\"'";
	static const char *const words[] = { "&lt;", "&gt;", "&amp;", "&#34;",
		"&#39;" };
	cleanup_value(buf_release) struct buf out = { 0 };
	const char *text = call_text(c, 0);
	const char *sign;

	buf_init(&out, TEMPLATE_TEXT_MAX);
	for (; *text; text++) {
		sign = strchr(signs, *text);
		if (sign)
			buf_adds(&out, words[sign - signs]);
		else
			buf_addc(&out, *text);
	}
	return call_result(c, &out);
}

static const struct value *
encode_urlquery(struct call *c)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~";
	cleanup_value(buf_release) struct buf out = { 0 };
	const char *text = call_text(c, 0);

	buf_init(&out, TEMPLATE_TEXT_MAX);
	for (; *text; text++) {
		if (strchr(plain, *text))
			buf_addc(&out, *text);
		else if (*text == ' ')
			buf_addc(&out, '+');
		else
			buf_addf(&out, "%%%02X", (unsigned char)*text);
	}
	return call_result(c, &out);
}

const struct function template_encode_functions[] = {
	{ "b64enc", 1, 1, true, encode_b64enc },
	{ "b64dec", 1, 1, false, encode_b64dec },
	{ "sha256sum", 1, 1, false, encode_sha256sum },
	{ "adler32sum", 1, 1, false, encode_adler32sum },
	{ "toJson", 1, 1, true, encode_to_json },
	{ "toPrettyJson", 1, 1, true, encode_to_pretty_json },
	{ "html", 1, 1, false, encode_html },
	{ "urlquery", 1, 1, false, encode_urlquery },
	{ NULL, 0, 0, false, NULL },
};
