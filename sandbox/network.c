/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define RESOLVED_CONF "/run/systemd/resolve/resolv.conf"
#define STUB "127.0.0.53"

static const struct network_name {
	const char *name;
	enum network_mode mode;
} names[] = {
	{ "host", NETWORK_HOST },
	{ "none", NETWORK_NONE },
	{ "private", NETWORK_PRIVATE },
	{ "default", NETWORK_DEFAULT },
};

int
network_parse(const char *text, enum network_mode *ret, struct error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(text ? text : "default", names[i].name) != 0)
			continue;
		*ret = names[i].mode;
		return 0;
	}
	(void)error_set(err, EINVAL, "unknown network '%s'", text);
	(void)error_hint(err, "use default, host, none or private");
	return error_kind(err, ERROR_REQUEST);
}

int
network_raise_loopback(struct error *err)
{
	autoclose int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		return error_errno(err, "cannot switch on the loopback "
			"interface");
	return 0;
}

static bool
is_address(const char *text)
{
	unsigned char address[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, text, address) == 1 ||
		inet_pton(AF_INET6, text, address) == 1;
}

/* Names may not hold what would start a new line or word. */
static bool
is_host_name(const char *text)
{
	return *text && !text[strcspn(text, " \t\r\n#")];
}

static int
add_extra(const char *item, struct buf *ret, struct error *err)
{
	size_t len = strcspn(item, ":=");
	autofree char *name = mem_strndup(item, len);
	autofree char *address = NULL;
	const char *rest = item + len + (item[len] != '\0');
	size_t rest_len = strlen(rest);

	if (rest_len > 2 && rest[0] == '[' && rest[rest_len - 1] == ']')
		address = mem_strndup(rest + 1, rest_len - 2);
	else
		address = mem_strdup(rest);
	if (!is_host_name(name) || !is_address(address)) {
		(void)error_set(err, EINVAL, "'%s' is not NAME:ADDRESS", item);
		return error_kind(err, ERROR_REQUEST);
	}
	buf_addf(ret, "%s\t%s\n", address, name);
	return 0;
}

int
network_format_hosts(const char *hostname, const struct strv *extra,
	struct buf *ret, struct error *err)
{
	size_t i;
	int r;

	buf_addf(ret, "127.0.0.1\tlocalhost %s\n"
		"::1\tlocalhost ip6-localhost ip6-loopback\n", hostname);
	for (i = 0; extra && i < extra->count; i++) {
		r = add_extra(extra->items[i], ret, err);
		if (r < 0)
			return r;
	}
	return buf_check(ret, "/etc/hosts", err);
}

/* Is there a name server, and is each of them the stub? */
static bool
is_stub_only(const char *text)
{
	char server[64];
	bool found = false;

	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (sscanf(text, "nameserver %63s", server) != 1)
			continue;
		if (strcmp(server, STUB) != 0)
			return false;
		found = true;
	}
	return found;
}

const char *
network_resolv_conf(void)
{
	cleanup_value(buf_release) struct buf b = { 0 };

	buf_init(&b, KiB(64));
	if (fs_read_file(AT_FDCWD, RESOLV_CONF, KiB(64), &b, NULL) == 0 &&
		is_stub_only(buf_text(&b)) && access(RESOLVED_CONF, R_OK) == 0)
		return RESOLVED_CONF;
	return RESOLV_CONF;
}

int
network_format_resolv(const char *server, struct buf *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf host = { 0 };
	cleanup_value(strv_release) struct strv lines = { 0 };
	size_t i;

	buf_init(&host, KiB(64));
	(void)fs_read_file(AT_FDCWD, network_resolv_conf(), KiB(64), &host,
		NULL);
	strv_split(&lines, buf_text(&host), '\n');
	buf_addf(ret, "nameserver %s\n", server);
	for (i = 0; i < lines.count; i++)
		if (strncmp(lines.items[i], "search", 6) == 0 ||
			strncmp(lines.items[i], "domain", 6) == 0 ||
			strncmp(lines.items[i], "options", 7) == 0)
			buf_addf(ret, "%s\n", lines.items[i]);
	return buf_check(ret, "/etc/resolv.conf", err);
}
