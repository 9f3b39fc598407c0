/* SPDX-License-Identifier: Apache-2.0 */
/* A reference of strangers: what is accepted means the same when it is written
 * and read again, and is safe as a path below a directory. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "oci/platform.h"
#include "oci/ref.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_again(char *text, const char *full)
{
	autofree char *held = text;
	autofree char *again = NULL;
	autoref ref = { 0 };

	assert(ref_parse(held, &ref, NULL) == 0);
	again = ref_format(&ref);
	assert(strcmp(again, full) == 0);
}

static void
use_ref(const char *text)
{
	autofree char *full = NULL;
	autofree char *name = NULL;
	autoerror err = { 0 };
	autoref ref = { 0 };

	if (ref_parse(text, &ref, &err) < 0) {
		assert(err.text);
		return;
	}
	full = ref_format(&ref);
	name = ref_format_name(&ref);
	assert(strlen(name) <= 255);
	assert(*name != '/' && !strstr(name, "..") && !strstr(name, "//"));
	check_again(ref_format(&ref), full);
	check_again(ref_format_short(&ref), full);
	(void)ref_host_is_loopback(ref.host);
	assert(*ref_api_host(&ref));
}

static void
use_platform(const char *text)
{
	autofree char *normal = NULL;
	struct platform p, again;

	if (platform_parse(text, &p, NULL) < 0)
		return;
	normal = platform_format(&p);
	assert(platform_parse(normal, &again, NULL) == 0);
	assert(platform_equal(&p, &again));
	assert(platform_match(&p, &p) > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = mem_strndup((const char *)data, size);

	use_ref(text);
	use_platform(text);
	return 0;
}
