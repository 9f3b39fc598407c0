/* SPDX-License-Identifier: Apache-2.0 */
/* platform: os/arch/variant, normalised as containerd/platforms does. */
#ifndef OCI_PLATFORM_H
#define OCI_PLATFORM_H

#include <stdbool.h>

#include "util/error.h"

/* Small and copied by value; variant "" where it is the default one. */
struct platform {
	char os[24];
	char arch[24];
	char variant[16];
};

int platform_parse(const char *text, struct platform *ret, struct error *err);
/* From the three words of a config or index entry; NULL counts as "". */
int platform_from_words(const char *os, const char *arch, const char *variant,
	struct platform *ret, struct error *err);
/* The machine we run on. */
void platform_host(struct platform *ret);
/* "linux/arm/v7"; yours. */
char *platform_format(const struct platform *p);
bool platform_equal(const struct platform *a, const struct platform *b);
/* How well `have` serves `want`: 0 not at all, larger is better. */
int platform_match(const struct platform *want, const struct platform *have);

#endif
