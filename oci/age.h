/* SPDX-License-Identifier: Apache-2.0 */
/* age: the times in configs, as people read them. */
#ifndef OCI_AGE_H
#define OCI_AGE_H

#include <stdint.h>

#include "util/error.h"

/* RFC 3339, any offset, to seconds since 1970; a fraction is dropped.
 * -EINVAL. */
int age_parse(const char *text, int64_t *ret_seconds, struct error *err);
/* "3 days ago" as docker says it (go-units HumanDuration); "N/A" for NULL and
 * what is no time. Yours. */
char *age_format(const char *created, int64_t now_seconds);

#endif
