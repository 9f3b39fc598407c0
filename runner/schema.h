/* SPDX-License-Identifier: Apache-2.0 */
/* schema: the form of task files as a JSON schema, for editors; made from the
 * tables that read them. */
#ifndef RUNNER_SCHEMA_H
#define RUNNER_SCHEMA_H

#include "util/json.h"

/* Of JSON Schema 2020-12; yours. `ret_missing`, which may be NULL, is the key
 * of which the schema cannot tell what it holds, or NULL; borrowed. */
struct json *schema_new(const char **ret_missing);

#endif
