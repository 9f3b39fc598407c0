/* SPDX-License-Identifier: Apache-2.0 */
/* lint-settings: `# check=skip=A,B;error=true;experimental=C`. */
#ifndef BUILDER_LINT_SETTINGS_H
#define BUILDER_LINT_SETTINGS_H

#include <stdbool.h>

#include "util/error.h"
#include "util/strv.h"

/* All-zero is what holds when nothing is said. Names in any case. */
struct lint_settings {
	struct strv skip;	/* rules, or "all" */
	struct strv experimental;
	bool error;		/* a finding fails the build */
};

void lint_settings_release(struct lint_settings *s);
/* Adds what `text` says; it ends at its first blank. -EINVAL,
 * ERROR_REQUEST. */
int lint_settings_parse(const char *text, struct lint_settings *ret,
	struct error *err);
/* Is the rule asked for? One that is experimental must be named. */
bool lint_settings_want(const struct lint_settings *s, const char *rule,
	bool is_experimental);

#endif
