/* SPDX-License-Identifier: Apache-2.0 */
/* csv: "a,b,c" on one line, with quotes, as option values are written. */
#ifndef UTIL_CSV_H
#define UTIL_CSV_H

#include "util/error.h"
#include "util/strv.h"

/*
 * The fields of one record as RFC 4180 has them: a field that begins with a
 * double quote ends with one and may hold commas, and "" for a quote. Blanks
 * belong to their field. Adds to `ret`; "" has no field. -EINVAL for a quote
 * where none may be, or without an end.
 */
int csv_split(const char *text, struct strv *ret, struct error *err);

#endif
