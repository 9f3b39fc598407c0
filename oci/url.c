/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/url.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "util/buf.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/scope.h"

#define URL_MAX KiB(32)

/* The bytes before the authority, 0 when it is another scheme. */
static size_t
scheme_length(const char *url)
{
	if (strncasecmp(url, "https://", 8) == 0)
		return 8;
	return strncasecmp(url, "http://", 7) == 0 ? 7 : 0;
}

bool
url_is_https(const char *url)
{
	return scheme_length(url) == 8;
}

static size_t
authority_length(const char *url)
{
	return strcspn(url + scheme_length(url), "/?#");
}

char *
url_origin(const char *url)
{
	size_t scheme = scheme_length(url), len = authority_length(url);
	const char *host = url + scheme;
	const char *colon;
	bool has_port;
	char *origin;

	if (scheme == 0 || len == 0 || memchr(host, '@', len))
		return NULL;
	colon = memrchr(host, ':', len);
	has_port = colon && !memchr(colon, ']', len - (colon - host));
	origin = mem_printf("%s://%.*s%s", scheme == 8 ? "https" : "http",
		(int)len, host,
		has_port ? "" : scheme == 8 ? ":443" : ":80");
	for (char *c = origin; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return origin;
}

bool
url_same_origin(const char *one, const char *other)
{
	autofree char *a = url_origin(one);
	autofree char *b = url_origin(other);

	return a && b && strcmp(a, b) == 0;
}

static bool
is_clean(const char *text)
{
	if (strlen(text) > URL_MAX)
		return false;
	for (; *text; text++)
		if ((unsigned char)*text <= ' ' || *text == 0x7f)
			return false;
	return true;
}

/* Where in `base` the reference goes: behind the scheme for "//host", behind
 * the authority for "/path", behind the path for "?query", else behind the
 * last slash of the path. */
static size_t
keep_of_base(const char *base, const char *reference)
{
	size_t authority = scheme_length(base) + authority_length(base);
	size_t path = authority + strcspn(base + authority, "?#");

	if (strncmp(reference, "//", 2) == 0)
		return scheme_length(base) - 2;
	if (*reference == '/')
		return authority;
	if (*reference == '?' || *reference == '\0')
		return path;
	while (path > authority && base[path - 1] != '/')
		path--;
	return path;
}

static bool
has_scheme(const char *text)
{
	size_t len = strcspn(text, ":/?#");

	return text[len] == ':';
}

char *
url_resolve(const char *base, const char *reference)
{
	autofree char *joined = NULL;
	autofree char *origin = NULL;
	size_t keep;

	if (!is_clean(reference))
		return NULL;
	if (has_scheme(reference)) {
		joined = mem_strdup(reference);
	} else {
		keep = keep_of_base(base, reference);
		joined = mem_printf("%.*s%s%s", (int)keep, base,
			*reference && !strchr("/?", *reference) &&
					keep > 0 && base[keep - 1] != '/'
				? "/" : "", reference);
	}
	origin = url_origin(joined);
	return origin ? take_ptr(&joined) : NULL;
}

char *
url_without_query(const char *url)
{
	return mem_strndup(url, strcspn(url, "?#"));
}

static void
add_escaped(struct buf *to, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (isalnum(c) || strchr("-._~", c))
			buf_addc(to, (char)c);
		else
			buf_addf(to, "%%%02X", c);
	}
}

char *
url_escape(const char *text)
{
	cleanup_value(buf_release) struct buf b = { 0 };

	buf_init(&b, 3 * strlen(text) + 1);
	add_escaped(&b, text);
	return buf_steal(&b);
}

char *
url_unescape(const char *text)
{
	char *out = mem_strdup(text), *to = out;

	while (*text) {
		char hex[3] = { text[0] == '%' ? text[1] : '\0' };
		uint64_t byte;

		hex[1] = hex[0] ? text[2] : '\0';
		if (hex[1] && num_parse_hex(hex, 255, &byte, NULL) == 0 &&
			byte) {
			*to++ = (char)byte;
			text += 3;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
	return out;
}

char *
url_add_query(const char *url, const char *name, const char *value)
{
	autofree char *escaped = url_escape(value);

	return mem_printf("%s%c%s=%s", url, strchr(url, '?') ? '&' : '?', name,
		escaped);
}
