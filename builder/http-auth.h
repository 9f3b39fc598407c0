/* SPDX-License-Identifier: Apache-2.0 */
/* http-auth: who we are to a server that a file is fetched from. */
#ifndef BUILDER_HTTP_AUTH_H
#define BUILDER_HTTP_AUTH_H

#include "builder/secret.h"
#include "util/error.h"

/*
 * The Authorization header for `url` by the secrets HTTP_AUTH_HEADER_<host>, as
 * it is, or HTTP_AUTH_TOKEN_<host>, as a Bearer; <host> with its port or
 * without. Yours, to be wiped; NULL when there is none. -EINVAL, ERROR_REQUEST,
 * for a secret that is no header.
 */
int http_auth_find(const struct secrets *secrets, const char *url, char **ret,
	struct error *err);
/* Take "user:password@" out of `url`: into "Basic ...", or NULL. Both yours. */
void http_auth_split(const char *url, char **ret_url, char **ret_header);

#endif
