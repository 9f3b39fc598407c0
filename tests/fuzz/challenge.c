/* SPDX-License-Identifier: Apache-2.0 */
/* The value of a WWW-Authenticate header. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "oci/challenge.h"
#include "util/mem.h"
#include "util/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = mem_strndup((const char *)data, size);
	struct challenges c = { 0 };
	const struct challenge *bearer;

	(void)challenge_list_parse(&c, text, NULL);
	bearer = challenge_list_find(&c, "bearer");
	if (bearer)
		(void)challenge_get(bearer, "realm");
	challenge_list_release(&c);
	return 0;
}
