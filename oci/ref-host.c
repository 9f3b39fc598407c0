/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/ref-host.h"

#include <arpa/inet.h>
#include <string.h>

#include "oci/ref.h"
#include "util/mem.h"

#define DEFAULT_API_HOST "registry-1.docker.io"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* One DNS label of `len` bytes: letters, digits, inner hyphens. */
static bool
is_label(const char *s, size_t len)
{
	return len > 0 && s[0] != '-' && s[len - 1] != '-' &&
		strspn(s, LOWER UPPER DIGITS "-") >= len;
}

static bool
is_domain_name(const char *s, size_t len)
{
	size_t n;

	for (;;) {
		n = strcspn(s, ".");
		if (n >= len)
			return is_label(s, len);
		if (!is_label(s, n))
			return false;
		s += n + 1;
		len -= n + 1;
	}
}

static bool
is_ipv6(const char *s, size_t len)
{
	autofree char *inner = NULL;
	struct in6_addr address;

	if (len < 4 || s[0] != '[' || s[len - 1] != ']')
		return false;
	inner = mem_strndup(s + 1, len - 2);
	return inet_pton(AF_INET6, inner, &address) == 1;
}

/* Where host[:port] has its port's colon, or its end. */
static size_t
host_length(const char *s)
{
	const char *bracket = *s == '[' ? strchr(s, ']') : NULL;
	size_t from = bracket ? (size_t)(bracket - s) : 0;

	return from + strcspn(s + from, ":");
}

bool
ref_host_is_valid(const char *s)
{
	size_t n = host_length(s);
	size_t digits;

	if (!is_domain_name(s, n) && !is_ipv6(s, n))
		return false;
	if (s[n] == '\0')
		return true;
	digits = strspn(s + n + 1, DIGITS);
	return digits > 0 && digits <= 5 && s[n + 1 + digits] == '\0';
}

bool
ref_host_is_meant(const char *first)
{
	return strpbrk(first, ".:") || strcmp(first, "localhost") == 0;
}

const char *
ref_api_host(const struct ref *r)
{
	if (strcmp(r->host, REF_DEFAULT_HOST) == 0)
		return DEFAULT_API_HOST;
	return r->host;
}

bool
ref_host_is_loopback(const char *host)
{
	autofree char *name = mem_strndup(host, host_length(host));
	struct in_addr address;

	if (inet_pton(AF_INET, name, &address) == 1)
		return ntohl(address.s_addr) >> 24 == 127;
	return strcmp(name, "localhost") == 0 || strcmp(name, "[::1]") == 0;
}
