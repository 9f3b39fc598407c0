/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/ref.h"

#include <errno.h>
#include <string.h>

#include "oci/ref-host.h"
#include "util/mem.h"

#define DEFAULT_HOST_OLD "index.docker.io"
#define LIBRARY "library/"
#define DEFAULT_TAG "latest"
/* distribution/reference: NameTotalLengthMax, and the tag's own limit. */
#define NAME_MAX_LENGTH 255
#define TAG_MAX_LENGTH 128
#define HEX_ID_LENGTH 64

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

void
ref_release(struct ref *r)
{
	free(r->host);
	free(r->path);
	free(r->tag);
	*r = (struct ref){ 0 };
}

void
ref_copy(const struct ref *from, struct ref *to)
{
	*to = (struct ref){
		.host = mem_strdup(from->host),
		.path = mem_strdup(from->path),
		.tag = mem_strdup(from->tag),
		.digest = from->digest,
	};
}

bool
ref_has_digest(const struct ref *r)
{
	return !digest_is_none(&r->digest);
}

/* Length of ".", "_", "__" or "-"+ at `s`, or 0. */
static size_t
separator_length(const char *s)
{
	if (*s == '-')
		return strspn(s, "-");
	if (strncmp(s, "__", 2) == 0)
		return 2;
	return *s == '.' || *s == '_';
}

/* component := alnum+ ( separator alnum+ )*; stops before "/" or the end. */
static const char *
skip_component(const char *s)
{
	size_t n, gap = 0;

	while ((n = strspn(s + gap, LOWER DIGITS)) > 0) {
		s += gap + n;
		gap = separator_length(s);
	}
	/* What a separator leads to is missing: point at the separator. */
	return s;
}

static bool
is_path(const char *s)
{
	const char *end;

	for (;; s = end + 1) {
		end = skip_component(s);
		if (end == s)
			return false;
		if (*end == '\0')
			return true;
		if (*end != '/')
			return false;
	}
}

static bool
is_tag(const char *s)
{
	size_t n = strspn(s, LOWER UPPER DIGITS "_.-");

	return n > 0 && n <= TAG_MAX_LENGTH && s[n] == '\0' && *s != '.' &&
		*s != '-';
}

static bool
is_bare_id(const char *path)
{
	return strlen(path) == HEX_ID_LENGTH &&
		strspn(path, "abcdef" DIGITS) == HEX_ID_LENGTH;
}

static int
bad_name(const char *text, const char *path, struct error *err)
{
	bool upper = strpbrk(path, UPPER) != NULL;
	int e;

	if (is_bare_id(text))
		e = error_set(err, EINVAL,
			"'%s' is an image id, not a reference", text);
	else if (upper)
		e = error_set(err, EINVAL,
			"image name '%.300s' must be lower case", text);
	else
		e = error_set(err, EINVAL,
			"'%.300s' is not a valid image reference", text);
	if (upper && strchr(path, '/'))
		(void)error_hint(err,
			"a registry host in front needs a dot or a port, as in 'host.example/name' or 'host:5000/name'");
	(void)error_kind(err, ERROR_REQUEST);
	return e;
}

/* `name` is host and path without tag and digest; fills both. */
static int
parse_name(const char *text, const char *name, struct ref *r,
	struct error *err)
{
	const char *slash = strchr(name, '/');
	const char *path = name;

	if (slash) {
		r->host = mem_strndup(name, (size_t)(slash - name));
		if (ref_host_is_meant(r->host))
			path = slash + 1;
	}
	if (path == name) {
		free(r->host);
		r->host = mem_strdup(REF_DEFAULT_HOST);
	}
	if (!ref_host_is_valid(r->host)) {
		(void)error_set(err, EINVAL,
			"'%.300s' is not a registry host, in '%.300s'",
			r->host, text);
		return error_kind(err, ERROR_REQUEST);
	}
	if (strcmp(r->host, DEFAULT_HOST_OLD) == 0) {
		free(r->host);
		r->host = mem_strdup(REF_DEFAULT_HOST);
	}
	if (!is_path(path) || is_bare_id(text))
		return bad_name(text, path, err);
	r->path = strcmp(r->host, REF_DEFAULT_HOST) == 0 && !strchr(path, '/') ?
		mem_printf(LIBRARY "%s", path) :
		mem_strdup(path);
	return 0;
}

/* Cut "@digest" off `name`. */
static int
parse_digest(char *name, struct ref *r, struct error *err)
{
	char *at = strchr(name, '@');

	if (!at)
		return 0;
	*at = '\0';
	return digest_parse(at + 1, &r->digest, err);
}

/* Cut ":tag" off `name`: a colon after the last slash. */
static int
parse_tag(char *name, struct ref *r, struct error *err)
{
	char *slash = strrchr(name, '/');
	char *colon = strchr(slash ? slash : name, ':');

	if (!colon) {
		if (!ref_has_digest(r))
			r->tag = mem_strdup(DEFAULT_TAG);
		return 0;
	}
	*colon = '\0';
	if (!is_tag(colon + 1))
		return error_set(err, EINVAL, "'%.300s' is not a valid tag",
			colon + 1);
	r->tag = mem_strdup(colon + 1);
	return 0;
}

int
ref_parse(const char *text, struct ref *ret, struct error *err)
{
	autofree char *name = mem_strdup(text);
	autoref r = { 0 };
	int e;

	e = parse_digest(name, &r, err);
	if (e == 0)
		e = parse_tag(name, &r, err);
	if (e < 0) {
		(void)error_kind(err, ERROR_REQUEST);
		return error_wrap(err, "image reference '%.300s'", text);
	}
	e = parse_name(text, name, &r, err);
	if (e < 0)
		return e;
	if (strlen(r.host) + 1 + strlen(r.path) > NAME_MAX_LENGTH) {
		(void)error_set(err, EINVAL,
			"image name '%.300s' is longer than %d bytes", text,
			NAME_MAX_LENGTH);
		return error_kind(err, ERROR_REQUEST);
	}
	*ret = r;
	r = (struct ref){ 0 };
	return 0;
}

/* "[:tag][@digest]"; yours. */
static char *
format_end(const struct ref *r)
{
	char digest[DIGEST_TEXT_SIZE] = "";

	if (ref_has_digest(r))
		(void)digest_format(&r->digest, digest);
	return mem_printf("%s%s%s%s", r->tag ? ":" : "", r->tag ? r->tag : "",
		*digest ? "@" : "", digest);
}

char *
ref_format(const struct ref *r)
{
	autofree char *end = format_end(r);

	return mem_printf("%s/%s%s", r->host, r->path, end);
}

/* Without the host in front, would the rest be taken for one? */
static bool
starts_with_host(const char *path)
{
	autofree char *first = mem_strndup(path, strcspn(path, "/"));

	return strchr(path, '/') && ref_host_is_meant(first);
}

char *
ref_format_short(const struct ref *r)
{
	autofree char *end = format_end(r);
	const char *path = r->path;

	if (strcmp(r->host, REF_DEFAULT_HOST) != 0 || starts_with_host(path))
		return mem_printf("%s/%s%s", r->host, path, end);
	if (strncmp(path, LIBRARY, strlen(LIBRARY)) == 0 &&
		!strchr(path + strlen(LIBRARY), '/'))
		path += strlen(LIBRARY);
	return mem_printf("%s%s", path, end);
}

char *
ref_format_name(const struct ref *r)
{
	return mem_printf("%s/%s", r->host, r->path);
}
