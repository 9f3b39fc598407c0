/* SPDX-License-Identifier: Apache-2.0 */
/* attend: stand beside a running sandbox until it ends. */
#ifndef RUNNER_ATTEND_H
#define RUNNER_ATTEND_H

#include <stdint.h>

#include "runner/terminal.h"
#include "sandbox/launch.h"

struct attend;

/* Before the launch: from here on our signals wait for attend_wait(). */
int attend_begin(struct attend **ret, struct error *err);
/*
 * Pass on SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 to the
 * program, and what `terminal` (may be NULL) carries. After `timeout_ms`
 * (negative: never) everything in the sandbox is killed: -ETIMEDOUT,
 * ERROR_TIMEOUT.
 */
int attend_wait(struct attend *a, struct sandbox *s, struct terminal *terminal,
	int64_t timeout_ms, struct proc_end *ret, struct error *err);
/* Signals are as they were. */
struct attend *attend_free(struct attend *a);

DEFINE_CLEANUP(struct attend *, attend_free);

#endif
