/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/capability.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "sandbox/caps.h"
#include "util/mem.h"
#include "util/scope.h"

/* By number (linux/capability.h). */
static const char *const names[] = {
	"chown",
	"dac_override",
	"dac_read_search",
	"fowner",
	"fsetid",
	"kill",
	"setgid",
	"setuid",
	"setpcap",
	"linux_immutable",
	"net_bind_service",
	"net_broadcast",
	"net_admin",
	"net_raw",
	"ipc_lock",
	"ipc_owner",
	"sys_module",
	"sys_rawio",
	"sys_chroot",
	"sys_ptrace",
	"sys_pacct",
	"sys_admin",
	"sys_boot",
	"sys_nice",
	"sys_resource",
	"sys_time",
	"sys_tty_config",
	"mknod",
	"lease",
	"audit_write",
	"audit_control",
	"setfcap",
	"mac_override",
	"mac_admin",
	"syslog",
	"wake_alarm",
	"block_suspend",
	"audit_read",
	"perfmon",
	"bpf",
	"checkpoint_restore",
};

#define ALL ((UINT64_C(1) << ARRAY_SIZE(names)) - 1)

static int
parse(const char *text, uint64_t *ret, struct error *err)
{
	const char *name = strncasecmp(text, "cap_", 4) == 0 ? text + 4 : text;

	if (strcasecmp(name, "all") == 0) {
		*ret |= ALL;
		return 0;
	}
	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		if (strcasecmp(name, names[n]) == 0) {
			*ret |= UINT64_C(1) << n;
			return 0;
		}
	}
	(void)error_set(err, EINVAL, "capability '%s' is not known", text);
	(void)error_hint(err, "capabilities(7) lists them");
	return error_kind(err, ERROR_REQUEST);
}

static int
parse_all(const struct strv *items, uint64_t *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv list = { 0 };
	int r = 0;

	for (size_t n = 0; n < items->count; n++)
		strv_split(&list, items->items[n], ',');
	for (size_t n = 0; r == 0 && n < list.count; n++)
		r = parse(list.items[n], ret, err);
	return r;
}

int
capability_mask(const struct strv *add, const struct strv *drop, uint64_t *ret,
	struct error *err)
{
	uint64_t more = 0, less = 0;
	bool drops_all = false;
	int r;

	for (size_t n = 0; n < drop->count; n++)
		drops_all |= strcasecmp(drop->items[n], "all") == 0;
	r = parse_all(add, &more, err);
	if (r == 0)
		r = parse_all(drop, &less, err);
	if (r < 0)
		return r;
	*ret = CAPABILITY_GIVEN |
		(drops_all ? more : (CAPS_DEFAULT | more) & ~less);
	return 0;
}
