/* SPDX-License-Identifier: Apache-2.0 */
/* secret: where the secrets of a task come from. */
#ifndef RUNNER_SECRET_H
#define RUNNER_SECRET_H

#include <stdbool.h>

#include "runner/task.h"
#include "util/buf.h"
#include "util/error.h"

/*
 * The bytes that `from` stands for, as they are, at most 1 MiB: "env:NAME",
 * "file:PATH" (ours, and for nobody else to read), "fd:N", "systemd:NAME" (of
 * $CREDENTIALS_DIRECTORY) and, when `allow_commands`, "cmd:PROGRAM ARGUMENT..."
 * without a shell, its stdout. ERROR_REQUEST for others, ERROR_LOCAL when it
 * is not there. No error shows a part of one.
 */
int secret_read(const char *from, bool allow_commands, struct buf *ret,
	struct error *err);

/* Those of a task, by their place in it. */
struct secret_set {
	struct buf *values;
	size_t count;
};

int secret_set_read(const struct task *t, bool allow_commands,
	struct secret_set *ret, struct error *err);
void secret_set_release(struct secret_set *s);

#endif
