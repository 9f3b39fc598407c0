/* SPDX-License-Identifier: Apache-2.0 */
/* conf: settings from the environment and slipway.conf(5); nothing else reads
 * the environment for settings. */
#ifndef UTIL_CONF_H
#define UTIL_CONF_H

#include <stddef.h>

#include "util/error.h"
#include "util/scope.h"

/*
 * Every setting has one name: "root" is SLIPWAY_ROOT in the environment and
 * `root = ...` in the file ($SLIPWAY_CONFIG, else $XDG_CONFIG_HOME/slipway/
 * slipway.conf, else /etc/slipway.conf). Environment wins. Unknown names in
 * the file are an error with file:line and a did-you-mean.
 */
struct conf;

int conf_load(struct conf **ret, struct error *err);
struct conf *conf_free(struct conf *c);
/* An option of the command line; wins over environment and file. A NULL value
 * changes nothing. */
void conf_set(struct conf *c, const char *name, const char *value);
/* Borrowed, or NULL when not set anywhere. */
const char *conf_get(const struct conf *c, const char *name);
/* The store: "root", else $XDG_DATA_HOME/slipway, else ~/.local/share/slipway
 * (home from the environment, else passwd, else /var/tmp/slipway-UID).
 * Yours. */
char *conf_store_path(const struct conf *c);
/* Base directory per XDG ("CONFIG", "DATA", "CACHE", "STATE") with "/slipway"
 * appended. Yours. */
char *conf_xdg_path(const char *which);
/* Directory of helper programs (libexec); SLIPWAY_LIBEXEC for use from a build
 * tree, else the directory beside the running program, else the compiled
 * one. */
char *conf_libexec_path(void);

/* Row `index` of the table of all settings, for the manual's test: its name,
 * borrowed, and what it means; NULL after the last. */
const char *conf_setting(size_t index, const char **ret_help);

DEFINE_CLEANUP(struct conf *, conf_free);

#endif
