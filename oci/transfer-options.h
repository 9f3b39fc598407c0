/* SPDX-License-Identifier: Apache-2.0 */
/* transfer-options: the options of all commands that talk to registries. */
#ifndef OCI_TRANSFER_OPTIONS_H
#define OCI_TRANSFER_OPTIONS_H

#include "oci/transfer.h"
#include "util/cli.h"

/* As given; all-zero is nothing given. */
struct transfer_options {
	const char *auth_file, *creds, *tls_verify, *cert_dir;
	const char *retry, *retry_delay;
	bool quiet;
};

/* Rows for a command's table; `o` is its struct transfer_options. */
#define TRANSFER_OPTION_ROWS(o)                                                \
	{ 'q', "quiet", NULL, "no progress", OPT_FLAG, &(o).quiet },           \
	{ 0, "authfile", "FILE", "read credentials from FILE only",            \
		OPT_STRING, &(o).auth_file, NULL, "@file" },                   \
	{ 0, "creds", "USER:PASSWORD", "use these credentials",                \
		OPT_STRING, &(o).creds },                                      \
	{ 0, "tls-verify", "BOOL",                                             \
		"check certificates (true), or allow plain http (false)",      \
		OPT_OPTIONAL, &(o).tls_verify, NULL, "true|false" },           \
	{ 0, "cert-dir", "DIR",                                                \
		"more authorities (*.crt), our certificate (*.cert, *.key)",   \
		OPT_STRING, &(o).cert_dir, NULL, "@dir" },                     \
	{ 0, "retry", "N", "try again up to N times (5)", OPT_STRING,          \
		&(o).retry },                                                  \
	{ 0, "retry-delay", "TIME",                                            \
		"before the first retry, doubled each time (500ms)",           \
		OPT_STRING, &(o).retry_delay }

/* Checked and filled in, with a progress display of the style that `c` asks
 * for, which is the caller's to free. Texts stay borrowed. -EINVAL,
 * ERROR_REQUEST. */
int transfer_options_apply(const struct transfer_options *o,
	const struct command_context *c, struct transfer_settings *ret,
	struct error *err);

#endif
