/* SPDX-License-Identifier: Apache-2.0 */
/* json-error: an error on its way from a child to its parent. */
#ifndef UTIL_JSON_ERROR_H
#define UTIL_JSON_ERROR_H

#include "util/error.h"
#include "util/json.h"

/* All of it. Yours. */
struct json *json_from_error(const struct error *err);
/* What json_from_error() made, into `err`; always negative, -EIO when it is
 * something else. */
int json_to_error(const struct json *j, struct error *err);

#endif
