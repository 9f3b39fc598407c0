/* SPDX-License-Identifier: Apache-2.0 */
/* bearer: the tokens of one repository, each asked for once. */
#ifndef OCI_BEARER_H
#define OCI_BEARER_H

#include "oci/credential.h"
#include "oci/host.h"

/* One repository's. */
struct bearer;

/* All are borrowed; `wake` is called when a token has come or was refused. */
struct bearer *bearer_new(struct http *http, struct host *host,
	const char *path, const struct credential *who, host_wake wake,
	void *context);
struct bearer *bearer_free(struct bearer *b);

/* 1 with "Bearer ..." (yours) for `scope`; 0 when it is on its way; negative
 * when it was refused: -EACCES, or why the token server could not be asked. */
int bearer_get(struct bearer *b, const char *scope, char **ret,
	struct error *err);
/* The registry did not like it: ask for a new one the next time. */
void bearer_forget(struct bearer *b, const char *scope);

#endif
