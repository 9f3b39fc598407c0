/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/auth.h"

#include <errno.h>
#include <string.h>

#include "util/base64.h"
#include "util/log.h"
#include "util/mem.h"

#define FILE_MAX MiB(1)
#define ENTRY_MAX KiB(64)

/* Docker Hub is known by several names. */
static const char *
hub_name(const char *host)
{
	if (strcmp(host, "docker.io") == 0 ||
		strcmp(host, "registry-1.docker.io") == 0)
		return "index.docker.io";
	return host;
}

/* docker writes keys as addresses: "https://index.docker.io/v1/". */
static char *
normalise_key(const char *key)
{
	autofree char *host = NULL;
	const char *rest = strstr(key, "://");

	if (!rest)
		return mem_strdup(hub_name(key));
	rest += strlen("://");
	host = mem_strndup(rest, strcspn(rest, "/"));
	return mem_strdup(hub_name(host));
}

/* "host/a/b", then "host/a", then "host". */
static struct json *
find_by_path(const struct json *auths, const char *host, const char *path)
{
	autofree char *key = mem_printf("%s/%s", host, path);
	struct json *entry;
	char *slash;

	for (;;) {
		entry = json_get(auths, key);
		slash = strrchr(key, '/');
		if (entry || !slash)
			return entry;
		*slash = '\0';
	}
}

static struct json *
find_normalised(const struct json *auths, const char *host)
{
	for (void *i = json_first(auths); i; i = json_next(auths, i)) {
		autofree char *key = normalise_key(json_member_name(i));

		if (strcmp(key, hub_name(host)) == 0)
			return json_member_value(i);
	}
	return NULL;
}

static char *
non_empty(const char *text)
{
	return text && *text ? mem_strdup(text) : NULL;
}

/* base64(user ":" password), with trailing NULs by some tools. */
static int
decode_pair(const char *text, const char *origin, struct credential *ret,
	struct error *err)
{
	cleanup_value(buf_release) struct buf pair = { 0 };
	int r;

	buf_init(&pair, ENTRY_MAX);
	if (base64_parse(text, &pair) < 0 || pair.overflow)
		return error_set(err, EBADMSG,
			"malformed 'auth' in %s", origin);
	r = credential_parse(buf_text(&pair), origin, ret, NULL);
	if (pair.data)
		explicit_bzero(pair.data, pair.len);
	return r < 0 ? error_set(err, EBADMSG, "malformed 'auth' in %s", origin)
		     : 0;
}

/* 1 when the entry says who we are; "{}" only marks that a helper knows. */
static int
parse_entry(const struct json *entry, const char *origin,
	struct credential *ret, struct error *err)
{
	const char *auth = json_get_text(entry, "auth");
	int r = 0;

	if (auth && *auth)
		r = decode_pair(auth, origin, ret, err);
	if (r < 0)
		return r;
	if (!ret->user) {
		ret->user = non_empty(json_get_text(entry, "username"));
		ret->password = non_empty(json_get_text(entry, "password"));
	}
	ret->identity_token = non_empty(json_get_text(entry, "identitytoken"));
	ret->registry_token = non_empty(json_get_text(entry, "registrytoken"));
	if (credential_is_none(ret)) {
		credential_release(ret);
		return 0;
	}
	if (!ret->origin)
		ret->origin = mem_strdup(origin);
	return 1;
}

static int
find_in_auths(const struct json *file, const char *origin, const char *host,
	const char *path, struct credential *ret, struct error *err)
{
	const struct json *auths = json_get(file, "auths");
	const struct json *entry = find_by_path(auths, host, path);

	if (!entry)
		entry = find_normalised(auths, host);
	return entry ? parse_entry(entry, origin, ret, err) : 0;
}

/* A store for all hosts may be a left-over of a desktop installation. */
static int
ask_store(const char *helper, const char *host, struct credential *ret,
	struct error *err)
{
	autoerror missing = { 0 };
	int r = auth_helper_get(helper, host, ret, &missing);

	if (r == -ENOENT) {
		log_warning_once("credsStore", "%s", missing.text);
		return 0;
	}
	if (r < 0)
		(void)error_move(err, &missing);
	return r;
}

int
auth_file_find(const char *text, size_t len, const char *origin,
	const char *host, const char *path, struct credential *ret,
	struct error *err)
{
	cleanup(json_free) struct json *file = NULL;
	const char *helper;
	int r;

	*ret = (struct credential){ 0 };
	/* The parser's message would quote the text: that holds passwords. */
	if (json_parse(text, len, FILE_MAX, origin, &file, NULL) < 0)
		return error_set(err, EBADMSG, "%s is not valid JSON", origin);
	helper = json_get_text(json_get(file, "credHelpers"), host);
	if (helper)
		return auth_helper_get(helper, host, ret, err);
	r = find_in_auths(file, origin, host, path, ret, err);
	helper = json_get_text(file, "credsStore");
	if (r == 0 && helper && *helper)
		r = ask_store(helper, host, ret, err);
	return r;
}
