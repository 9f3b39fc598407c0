/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/token.h"

#include <errno.h>
#include <string.h>

#include "oci/url.h"
#include "util/json.h"
#include "util/mem.h"

#define CLIENT "slipway"
#define TOKEN_MAX KiB(48)
#define LIFE_MIN_S 60

static void
add_query(char **url, const char *name, const char *value)
{
	char *longer;

	if (!value)
		return;
	longer = url_add_query(*url, name, value);
	free(*url);
	*url = longer;
}

/* One "scope" parameter for each. */
static void
add_scopes(char **url, const char *scope)
{
	cleanup_value(strv_release) struct strv scopes = { 0 };

	strv_split(&scopes, scope, ' ');
	for (size_t i = 0; i < scopes.count; i++)
		if (*scopes.items[i])
			add_query(url, "scope", scopes.items[i]);
}

static void
add_field(struct buf *form, const char *name, const char *value)
{
	autofree char *escaped = value ? url_escape(value) : NULL;

	if (escaped)
		buf_addf(form, "%s%s=%s", form->len ? "&" : "", name, escaped);
}

static char *
oauth_form(const char *service, const struct credential *who,
	const char *scope)
{
	cleanup_value(buf_release) struct buf form = { 0 };

	buf_init(&form, TOKEN_MAX);
	add_field(&form, "grant_type", "refresh_token");
	add_field(&form, "refresh_token", who->identity_token);
	add_field(&form, "service", service);
	add_field(&form, "client_id", CLIENT);
	add_field(&form, "scope", scope);
	return buf_steal(&form);
}

static int
check_realm(const char *realm, const char *base, struct error *err)
{
	autofree char *origin = realm ? url_origin(realm) : NULL;

	if (!origin)
		return error_set(err, EACCES,
			"registry '%s' names no token server we can use", base);
	if (url_is_https(base) && !url_is_https(realm))
		return error_set(err, EACCES,
			"token server '%s' would get credentials unencrypted",
			origin);
	return 0;
}

int
token_request(const struct challenge *bearer, const char *base,
	const struct credential *who, const char *scope, enum token_form form,
	const struct http_trust *trust, struct http_request *ret,
	struct error *err)
{
	const char *realm = challenge_get(bearer, "realm");
	const char *service = challenge_get(bearer, "service");
	char *url;
	int r;

	r = check_realm(realm, base, err);
	if (r < 0)
		return r;
	url = mem_strdup(realm);
	if (form == TOKEN_POST) {
		http_request_init(ret, "POST", url);
		ret->text = oauth_form(service, who, scope);
	} else {
		add_query(&url, "service", service);
		add_scopes(&url, scope);
		add_query(&url, "account", who->user);
		add_query(&url, "client_id", CLIENT);
		http_request_init(ret, "GET", url);
		ret->authorization = credential_basic(who);
	}
	ret->trust = trust;
	return 0;
}

int
token_parse(const char *text, size_t len, char **ret_authorization,
	int64_t *ret_life_ms, struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	const char *token;
	int64_t life_s;

	/* The parser's message would quote the text: that holds the token. */
	if (json_parse(text, len, KiB(64), "answer of the token server", &j,
		    NULL) < 0)
		return error_set(err, EBADMSG,
			"the token server's answer is not valid JSON");
	token = json_get_text(j, "token");
	if (!token)
		token = json_get_text(j, "access_token");
	if (!token || token[strcspn(token, "\r\n")])
		return error_set(err, EBADMSG,
			"the token server's answer holds no token");
	life_s = json_get_number(j, "expires_in", LIFE_MIN_S);
	if (life_s < LIFE_MIN_S)
		life_s = LIFE_MIN_S;
	if (life_s > 86400)
		life_s = 86400;
	*ret_authorization = mem_printf("Bearer %s", token);
	*ret_life_ms = life_s * 800;
	return 0;
}

char *
token_join_scopes(const char *one, const char *other)
{
	cleanup_value(strv_release) struct strv all = { 0 };
	cleanup_value(strv_release) struct strv more = { 0 };

	strv_split(&all, one, ' ');
	strv_split(&more, other, ' ');
	for (size_t i = 0; i < more.count; i++)
		if (*more.items[i] && !strv_has(&all, more.items[i]))
			strv_add(&all, more.items[i]);
	return strv_join(&all, " ");
}
