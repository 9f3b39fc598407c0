/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/spec.h"

#include <errno.h>
#include <string.h>

#include "util/mem.h"

static const struct network_name {
	const char *name;
	enum network_mode mode;
} names[] = {
	{ "host", NETWORK_HOST },
	{ "none", NETWORK_NONE },
};

int
network_parse(const char *text, enum network_mode *ret, struct error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(text, names[i].name) != 0)
			continue;
		*ret = names[i].mode;
		return 0;
	}
	(void)error_set(err, EINVAL, "unknown network '%s'", text);
	(void)error_hint(err, "use host or none");
	return error_kind(err, ERROR_REQUEST);
}
