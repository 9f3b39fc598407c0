/* SPDX-License-Identifier: Apache-2.0 */
/* ask: a question to the person at the terminal. */
#ifndef UTIL_ASK_H
#define UTIL_ASK_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/error.h"

/*
 * Show `prompt` on the controlling terminal and read one line there, without
 * its end, into `ret` (whose ceiling the caller set). With `hidden` what is
 * typed is not shown; however the question ends, the terminal is as it was.
 * -ENOTTY when there is no terminal, -ECANCELED when interrupted, -ENODATA at
 * the end of input.
 */
int ask_line(const char *prompt, bool hidden, struct buf *ret,
	struct error *err);

#endif
