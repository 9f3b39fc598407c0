/* SPDX-License-Identifier: Apache-2.0 */
/* commands: the records of this folder's commands, and what they share. */
#ifndef OCI_COMMANDS_H
#define OCI_COMMANDS_H

#include "oci/platform.h"
#include "oci/store.h"
#include "util/cli.h"

/* The store that the settings name, made if it is missing. */
int command_open_store(const struct command_context *c, struct store **ret,
	struct error *err);
/* --platform's text; NULL is the host's. -EINVAL, ERROR_REQUEST. */
int command_platform(const char *text, struct platform *ret,
	struct error *err);
/* The first operand as "host" or "host/path" of a registry, without a scheme;
 * docker.io when there is none. Yours. -EINVAL, ERROR_REQUEST. */
int command_registry(const struct command_context *c, char **ret,
	struct error *err);

extern const struct command cmd_copy;
extern const struct command cmd_history;
extern const struct command cmd_images;
extern const struct command cmd_import;
extern const struct command cmd_inspect;
extern const struct command cmd_load;
extern const struct command cmd_login;
extern const struct command cmd_logout;
extern const struct command cmd_manifest_add;
extern const struct command cmd_manifest_annotate;
extern const struct command cmd_manifest_create;
extern const struct command cmd_manifest_inspect;
extern const struct command cmd_manifest_push;
extern const struct command cmd_manifest_remove;
extern const struct command cmd_manifest_rm;
extern const struct command cmd_prune;
extern const struct command cmd_pull;
extern const struct command cmd_push;
extern const struct command cmd_rmi;
extern const struct command cmd_save;
extern const struct command cmd_store_check;
extern const struct command cmd_tag;

#endif
