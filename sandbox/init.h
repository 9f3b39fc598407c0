/* SPDX-License-Identifier: Apache-2.0 */
/* init: pid 1 of a sandbox; sets it up, starts its program, reaps. */
#ifndef SANDBOX_INIT_H
#define SANDBOX_INIT_H

#include "sandbox/setup.h"

/*
 * In a process just cloned into its namespaces. Ends when the program ends,
 * and with it, by the rule of pid namespaces, every process in the sandbox.
 */
_Noreturn void init_run(const struct setup *in);

#endif
