/* SPDX-License-Identifier: Apache-2.0 */
/* report: an error that crosses a pipe, from a child to who started it. */
#ifndef SANDBOX_REPORT_H
#define SANDBOX_REPORT_H

#include "util/error.h"

/* Write it in one piece; a reader that is gone is ignored. */
void report_send(int fd, const struct error *e);

/*
 * Wait until every writer has closed the pipe. 0 when nothing was sent, else
 * the code of what was sent, with its story, kind, status and hint.
 */
int report_receive(int fd, struct error *err);

#endif
