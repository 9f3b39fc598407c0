/* SPDX-License-Identifier: Apache-2.0 */
/* shell-test: test(1) and [. */
#ifndef RUNNER_SHELL_TEST_H
#define RUNNER_SHELL_TEST_H

#include "runner/shell-expand.h"

/* 0 true, 1 false, 2 wrong; -n -z -e -f -d -s, = != -eq -ne -lt -le -gt -ge
 * and ! with up to four words. Files are those below the place. */
int shell_test(const struct strv *argv, const struct shell_place *place);

#endif
