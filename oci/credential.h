/* SPDX-License-Identifier: Apache-2.0 */
/* credential: who we are towards one repository. */
#ifndef OCI_CREDENTIAL_H
#define OCI_CREDENTIAL_H

#include <stdbool.h>

#include "util/json.h"

/* All NULL is nobody. Never logged; `origin` may be shown: it says where the
 * rest comes from ("--creds", "'/home/x/.docker/config.json'"). */
struct credential {
	char *user;
	char *password;
	char *identity_token;	/* to be exchanged by OAuth2 */
	char *registry_token;	/* sent as it is */
	char *origin;
};

/* Overwrites the secrets before it frees them. */
void credential_release(struct credential *c);
bool credential_is_none(const struct credential *c);
/* "user:password", -EINVAL without the colon. `origin` is copied. */
int credential_parse(const char *text, const char *origin,
	struct credential *ret, struct error *err);
/* As members of a packet, and back. */
void credential_to_packet(const struct credential *c, struct json *packet);
void credential_from_packet(const struct json *packet, struct credential *ret);
/* "Basic ..." (RFC 7617), or NULL without a user. Yours. */
char *credential_basic(const struct credential *c);

#endif
