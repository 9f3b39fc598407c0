/* SPDX-License-Identifier: Apache-2.0 */
/* A Location header, resolved against an upload's address. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "oci/url.h"
#include "util/mem.h"
#include "util/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char base[] = "https://h:5000/v2/a/blobs/uploads/1?s=2";
	autofree char *text = mem_strndup((const char *)data, size);
	autofree char *url = url_resolve(base, text);
	autofree char *origin = url ? url_origin(url) : NULL;

	/* What is resolved has an origin, or credentials could go astray. */
	if (url && !origin)
		abort();
	return 0;
}
