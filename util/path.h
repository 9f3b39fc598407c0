/* SPDX-License-Identifier: Apache-2.0 */
/* path: path names as text; no file is looked at. */
#ifndef UTIL_PATH_H
#define UTIL_PATH_H

#include <stdbool.h>

/* Go's path.Clean: shortest equivalent; "" gives "."; ".." never passes "/".
 * Yours to free. */
char *path_clean(const char *path);
/* Join and clean; an absolute `path` replaces `base`. Yours to free. */
char *path_resolve(const char *base, const char *path);
/* "a/b" from "a" and "b", no cleaning; an empty base gives `path`. */
char *path_join(const char *base, const char *path);
/* Last component, borrowed from `path`; "" if it ends in a slash. */
const char *path_base(const char *path);
/* Everything before the last component, "." or "/" when there is none. */
char *path_dir(const char *path);
/* Is `path` the same as or below `dir`? Both cleaned. */
bool path_is_below(const char *path, const char *dir);
/* One component: not empty, no slash, neither "." nor "..". */
bool path_is_name(const char *name);
/* Is one of its components ".."? */
bool path_goes_up(const char *path);

#endif
