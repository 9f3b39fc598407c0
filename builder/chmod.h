/* SPDX-License-Identifier: Apache-2.0 */
/* chmod: COPY --chmod, octal or symbolic as in chmod(1) with a umask of 0. */
#ifndef BUILDER_CHMOD_H
#define BUILDER_CHMOD_H

#include <stdbool.h>
#include <sys/types.h>

#include "util/error.h"

/* All-zero changes nothing. */
struct chmod {
	char *symbolic;		/* the text, checked; NULL otherwise */
	bool is_octal;
	mode_t octal;
};

void chmod_release(struct chmod *c);
/* "0644", "755", "u=rwX,go=rX", "+x", "g=u", "a-w,u+s". -EINVAL,
 * ERROR_REQUEST. */
int chmod_parse(const char *text, struct chmod *ret, struct error *err);
/* The permission bits (07777) that a file of these becomes. */
mode_t chmod_apply(const struct chmod *c, mode_t mode, bool is_dir);

#endif
