/* SPDX-License-Identifier: Apache-2.0 */
/* check: is the store what it says it is? */
#ifndef OCI_CHECK_H
#define OCI_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "oci/store.h"
#include "util/strv.h"

struct check_options {
	bool trees;	/* also pack the trees of layers made here that have
			 * no other form, and compare; needs the namespace
			 * they were made in */
};

struct check_result {
	struct strv problems;	/* "refs/...: what is wrong", one each */
	uint64_t refs, images, blobs, trees, steps;	/* looked at */
	uint64_t trees_skipped;	/* of another identity, or made from a
				 * blob, or nobody's */
};
void check_result_release(struct check_result *r);

/*
 * Every tag leads to a manifest or index; these, their configs and their
 * layers agree; every blob has the digest that is its name; every step and
 * every note in packed/ can be read, and the latter's blob is there. What is
 * wrong is listed in `ret`; an error is only what stopped the check itself.
 */
int check_run(struct store *s, const struct check_options *options,
	struct check_result *ret, struct error *err);

#endif
