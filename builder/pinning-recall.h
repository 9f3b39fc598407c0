/* SPDX-License-Identifier: Apache-2.0 */
/* pinning-recall: what a build that is over has used; for pinning.c. Nobody is
 * asked: what left no digest here is noted with "". */
#ifndef BUILDER_PINNING_RECALL_H
#define BUILDER_PINNING_RECALL_H

#include "builder/pinning.h"
#include "oci/platform.h"

/* Under its purl. */
int pinning_recall_image(const struct pinning *s, struct lock *l,
	const char *name, const struct platform *p, struct error *err);
/* `checksum` ("sha256:...", or NULL) is what it was checked against. */
int pinning_recall_file(const struct pinning *s, struct lock *l,
	const char *url, const char *checksum, struct error *err);
/* `commit` is the id that was used, NULL where only the URL tells. */
int pinning_recall_repository(const struct pinning *s, struct lock *l,
	const char *url, const char *commit, struct error *err);

#endif
