/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/entitlement.h"

#include <errno.h>
#include <string.h>

#include "util/mem.h"

static const struct {
	const char *name;
	enum entitlement flag;
} words[] = {
	{ "network.host", ALLOW_NETWORK_HOST },
	{ "security.insecure", ALLOW_INSECURE },
	{ "device", ALLOW_DEVICE },
};

int
entitlement_parse(const char *text, unsigned *flags, struct strv *devices,
	struct error *err)
{
	static const char device[] = "device=";

	for (size_t n = 0; n < ARRAY_SIZE(words); n++) {
		if (strcmp(text, words[n].name) == 0) {
			*flags |= words[n].flag;
			return 0;
		}
	}
	if (strncmp(text, device, strlen(device)) == 0 &&
		text[strlen(device)]) {
		strv_add(devices, text + strlen(device));
		return 0;
	}
	(void)error_set(err, EINVAL, "--allow: '%s' is not known", text);
	(void)error_hint(
		err, "network.host, security.insecure, device or device=NAME");
	return error_kind(err, ERROR_REQUEST);
}
