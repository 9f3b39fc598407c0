/* SPDX-License-Identifier: Apache-2.0 */
/* summary: what became of a run, told to people and programs. */
#ifndef RUNNER_SUMMARY_H
#define RUNNER_SUMMARY_H

#include <stdio.h>

#include "runner/schedule.h"
#include "runner/task.h"

/* A row for each step; `format` as listing_print(). */
void summary_print(FILE *to, const struct task *t,
	const struct step_result *results, const char *format);
/* 0 when every step succeeded or its failure is ignored
 * or handled. Else the first that
 * did not: -ETIMEDOUT, ERROR_TIMEOUT; -EIO, ERROR_WORK; -ECANCELED after an
 * interrupt. */
int summary_outcome(const struct task *t, const struct step_result *results,
	struct error *err);

#endif
