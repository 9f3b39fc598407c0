/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/port.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "util/mem.h"
#include "util/num.h"
#include "util/scope.h"

#define PORT_MAX 65535

static int
refuse(const char *text, struct error *err)
{
	(void)error_set(err, EINVAL, "'%s' is not a port", text);
	(void)error_kind(err, ERROR_REQUEST);
	return error_hint(err,
		"a port is a number up to 65535, a range like 8000-8010, with /tcp, /udp or /sctp behind it");
}

static const char *
protocol_of(const char *text)
{
	static const char *const known[] = { "tcp", "udp", "sctp" };
	const char *slash = strchr(text, '/');

	if (!slash)
		return known[0];
	for (size_t n = 0; n < ARRAY_SIZE(known); n++) {
		if (strcasecmp(slash + 1, known[n]) == 0)
			return known[n];
	}
	return NULL;
}

/* "80" or "80-90". */
static int
parse_range(const char *text, uint64_t *ret_first, uint64_t *ret_last)
{
	const char *dash = strchr(text, '-');
	autofree char *first = mem_strndup(text, strcspn(text, "-"));
	uint64_t from, to;

	if (num_parse(first, PORT_MAX, &from, NULL) < 0)
		return -EINVAL;
	to = from;
	if (dash && num_parse(dash + 1, PORT_MAX, &to, NULL) < 0)
		return -EINVAL;
	if (to < from)
		return -EINVAL;
	*ret_first = from;
	*ret_last = to;
	return 0;
}

int
port_parse(const char *text, struct strv *ret, struct error *err)
{
	autofree char *numbers = mem_strndup(text, strcspn(text, "/"));
	const char *protocol = protocol_of(text);
	const char *colon = strrchr(numbers, ':');
	uint64_t first, last;

	if (!protocol ||
		parse_range(colon ? colon + 1 : numbers, &first, &last) < 0)
		return refuse(text, err);
	for (uint64_t port = first; port <= last; port++) {
		autofree char *item =
			mem_printf("%u/%s", (unsigned)port, protocol);

		if (!strv_has(ret, item))
			strv_add(ret, item);
	}
	return 0;
}
