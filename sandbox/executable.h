/* SPDX-License-Identifier: Apache-2.0 */
/* executable: the file a program starts from, found inside the sandbox. */
#ifndef SANDBOX_EXECUTABLE_H
#define SANDBOX_EXECUTABLE_H

#include "util/error.h"

/*
 * Look for `name` in the directories of `path` (NULL: the usual ones), or take
 * it as it is when it has a slash. `ret` is yours. Names below the root
 * directory of this process are meant.
 *
 * err->status is what a shell would exit with: 127 (-ENOENT: it, or the
 * interpreter it names, is not there) or 126 (-EACCES: not executable).
 * A file or interpreter that leads through a magic link, as /proc/self/exe,
 * is refused: it would start slipway's own binary inside (CVE-2019-5736).
 */
int executable_find(const char *name, const char *path, char **ret,
	struct error *err);

#endif
