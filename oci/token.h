/* SPDX-License-Identifier: Apache-2.0 */
/* token: what a registry's token server gives for a scope (distribution's
 * token and OAuth2 specifications). */
#ifndef OCI_TOKEN_H
#define OCI_TOKEN_H

#include "oci/challenge.h"
#include "oci/credential.h"
#include "oci/http.h"

enum token_form {
	TOKEN_GET,	/* parameters in the query, Basic if we have a user */
	TOKEN_POST,	/* OAuth2 with the identity token */
};

/* Ask the realm of `bearer` for `scope` (a space list). -EACCES when the realm
 * is no address, or plain http while `base` is https. `trust` is borrowed. */
int token_request(const struct challenge *bearer, const char *base,
	const struct credential *who, const char *scope, enum token_form form,
	const struct http_trust *trust, struct http_request *ret,
	struct error *err);

/* The answer of the token server: "Bearer ..." (yours) and how long it may be
 * used (80 % of its life, which is at least a minute). -EBADMSG. */
int token_parse(const char *text, size_t len, char **ret_authorization,
	int64_t *ret_life_ms, struct error *err);

/* The union of two space lists of scopes; yours. */
char *token_join_scopes(const char *one, const char *other);

#endif
