/* SPDX-License-Identifier: Apache-2.0 */
/* outputs: what a step tells the steps after it, in the file that its variable
 * SLIPWAY_OUTPUT names. */
#ifndef RUNNER_OUTPUTS_H
#define RUNNER_OUTPUTS_H

#include "runner/task.h"
#include "util/error.h"
#include "util/strv.h"

#define OUTPUTS_TEXT_MAX (1u << 20)
#define OUTPUTS_MAX 1000

/* Make the file below `home`, the host's directory that steps have as theirs,
 * and tell the step's environment. With `home` NULL, or for a step that is no
 * cmd, nothing; when nobody will read it, the variable names /dev/null. */
int outputs_begin(
	const char *home, struct step *s, bool wanted, struct error *err);
/* Add "name=value" for each; nothing when there is no file. -EINVAL when the
 * file is not of the form below. */
int outputs_read(const char *home, const struct step *s, struct strv *ret,
	struct error *err);
/*
 * Lines "name=value", or "name<<WORD", the value's lines, and "WORD"; empty
 * lines are passed over. Names are of letters, digits, "_" and "-"; the last
 * one of a name counts. -EINVAL, with the line's number.
 */
int outputs_parse(const char *text, struct strv *ret, struct error *err);

#endif
