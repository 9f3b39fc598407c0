/* SPDX-License-Identifier: Apache-2.0 */
/* auth-save: credentials that are kept and forgotten, in the files of
 * containers-auth.json(5) and docker, and by the helpers that these name. */
#ifndef OCI_AUTH_SAVE_H
#define OCI_AUTH_SAVE_H

#include "oci/credential.h"
#include "util/error.h"

/*
 * Keep user and password of `who` for `registry`: "host" or "host/path". The
 * file is made, with its directories, if it is not there, and gets mode 0600;
 * all else that it says stays. Where it names a helper for the host, that one
 * gets the secret. -EBADMSG for a file that is no JSON, -EACCES when the helper
 * failed; ERROR_LOCAL when the file cannot be written.
 */
int auth_save(const char *file, const char *registry,
	const struct credential *who, struct error *err);

/* Forget those for `registry`, all with NULL, in file and helpers. 1 when there
 * were any, 0 when not, or when there is no such file. Errors as above. */
int auth_forget(const char *file, const char *registry, struct error *err);

#endif
