/* SPDX-License-Identifier: Apache-2.0 */
/* shell: the quoting of sh(1), without a shell. */
#ifndef RUNNER_SHELL_H
#define RUNNER_SHELL_H

#include "util/error.h"
#include "util/strv.h"

/*
 * Split one simple command into words: blanks separate; '...', "..." and \
 * quote as POSIX says (XCU 2.2). Nothing is expanded: "$" and "*" stay. A line
 * break separates when the next line starts with "-"; at the end it is nothing.
 * Whatever would need a shell (a second command, | & ; < > ( ) ` and "$(")
 * is refused by name: -EINVAL, ERROR_REQUEST, hint to use sh -c.
 */
int shell_split(const char *text, struct strv *ret, struct error *err);

#endif
