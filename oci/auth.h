/* SPDX-License-Identifier: Apache-2.0 */
/* auth: credentials that the user gave to us or to other tools:
 * containers-auth.json(5), docker's config.json and credential helpers. */
#ifndef OCI_AUTH_H
#define OCI_AUTH_H

#include "oci/credential.h"
#include "util/strv.h"

/* Where to look, in order. */
struct auth_places {
	char *creds;		/* "user:password" from the command line; then
				 * nothing else counts */
	char *text;		/* $DOCKER_AUTH_CONFIG: a file's text */
	struct strv files;
	bool must_exist;	/* `files` was named by the user */
	char *run_file;		/* $SLIPWAY_RUN_AUTH_FILE: what steps of a run
				 * logged in to; before all others */
};

/*
 * From options (both may be NULL) and the environment: --creds, --authfile,
 * $REGISTRY_AUTH_FILE, $DOCKER_AUTH_CONFIG, $XDG_RUNTIME_DIR/containers/
 * auth.json, $XDG_CONFIG_HOME/containers/auth.json, $DOCKER_CONFIG/config.json
 * or ~/.docker/config.json. One that is named is exclusive.
 */
void auth_places_init(struct auth_places *p, const char *creds,
	const char *auth_file);
void auth_places_release(struct auth_places *p);
/* The file for new credentials: that of the run, the one that was named,
 * docker's when $DOCKER_CONFIG is set, else that of ~/.config, which outlives
 * the session. NULL without a home. Borrowed. */
const char *auth_places_target(const struct auth_places *p);

/*
 * Credentials for a repository; nobody (all NULL) when there are none. -EINVAL
 * for malformed --creds, -EBADMSG for a malformed file, -ENOENT when a file
 * that was named is missing, -EACCES or -ETIMEDOUT when a credential helper
 * failed.
 */
int auth_find(const struct auth_places *p, const char *host, const char *path,
	struct credential *ret, struct error *err);

/* In the text of one file; `origin` names it. 1 found, 0 not. For auth_find()
 * and its tests. */
int auth_file_find(const char *text, size_t len, const char *origin,
	const char *host, const char *path, struct credential *ret,
	struct error *err);

/* Ask docker-credential-<helper>; 1 found, 0 not. */
int auth_helper_get(const char *helper, const char *host,
	struct credential *ret, struct error *err);
/* Give it user and password; they travel on its standard input. */
int auth_helper_store(const char *helper, const char *host,
	const struct credential *who, struct error *err);
/* 1 when it had some, 0 when not. */
int auth_helper_erase(const char *helper, const char *host,
	struct error *err);

/* Where certificates for a host may be (containers-certs.d(5)), most special
 * first: BASE/HOST for each base directory; for a NULL host the bases. */
void auth_cert_dirs(const char *host, struct strv *ret);

#endif
