/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/http-auth.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "oci/credential.h"
#include "oci/url.h"
#include "util/mem.h"
#include "util/scope.h"

/* Is the secret's name `prefix` and the host of this origin? */
static bool
is_named(const struct secret *s, const char *prefix, const char *origin)
{
	const char *host = strstr(origin, "://") + 3;
	size_t len = strlen(prefix), host_len;

	if (strncmp(s->id, prefix, len) != 0)
		return false;
	host_len = strlen(s->id + len);
	return host_len > 0 &&
		strncasecmp(host, s->id + len, host_len) == 0 &&
		(!host[host_len] || host[host_len] == ':');
}

static int
make_header(const struct secret *s, const char *scheme, char **ret,
	struct error *err)
{
	size_t len = s->len;

	while (len > 0 && strchr("\r\n", s->value[len - 1]))
		len--;
	for (size_t n = 0; n < len; n++) {
		if ((unsigned char)s->value[n] >= ' ' && s->value[n] != 0x7f)
			continue;
		(void)error_set(err, EINVAL,
			"secret '%s' has control characters", s->id);
		return error_kind(err, ERROR_REQUEST);
	}
	*ret = mem_printf("%s%.*s", scheme, (int)len, s->value);
	return 0;
}

int
http_auth_find(const struct secrets *secrets, const char *url, char **ret,
	struct error *err)
{
	static const struct {
		const char *prefix, *scheme;
	} kinds[] = {
		{ "HTTP_AUTH_HEADER_", "" },
		{ "HTTP_AUTH_TOKEN_", "Bearer " },
	};
	autofree char *origin = url_origin(url);

	*ret = NULL;
	for (size_t k = 0; origin && secrets && k < ARRAY_SIZE(kinds); k++) {
		for (size_t n = 0; n < secrets->count; n++) {
			const struct secret *s = &secrets->items[n];

			if (is_named(s, kinds[k].prefix, origin))
				return make_header(s, kinds[k].scheme, ret,
					err);
		}
	}
	return 0;
}

void
http_auth_split(const char *url, char **ret_url, char **ret_header)
{
	const char *host = strstr(url, "://");
	size_t len = host ? strcspn(host + 3, "/?#") : 0;
	const char *at = host ? memrchr(host + 3, '@', len) : NULL;
	struct credential who = { 0 };
	char *colon, *user;

	*ret_header = NULL;
	if (!at) {
		*ret_url = mem_strdup(url);
		return;
	}
	who.user = mem_strndup(host + 3, (size_t)(at - host - 3));
	colon = strchr(who.user, ':');
	who.password = url_unescape(colon ? colon + 1 : "");
	if (colon)
		memset(colon, 0, strlen(colon));
	user = who.user;
	who.user = url_unescape(user);
	free(user);
	*ret_header = credential_basic(&who);
	credential_release(&who);
	*ret_url = mem_printf("%.*s%s", (int)(host + 3 - url), url, at + 1);
}
