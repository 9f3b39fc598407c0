/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/signal-name.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "util/mem.h"
#include "util/num.h"

/* Distance between SIGRTMIN and SIGRTMAX as the C library has them. */
#define REAL_TIME_SPAN 30

static const char *const names[] = { "ABRT", "ALRM", "BUS", "CHLD", "CLD",
	"CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
	"PROF", "PWR", "QUIT", "RTMAX", "RTMIN", "SEGV", "STKFLT", "STOP",
	"SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2",
	"VTALRM", "WINCH", "XCPU", "XFSZ" };

static int
is_real_time(const char *text)
{
	uint64_t distance;

	if (strncasecmp(text, "RTMIN+", 6) != 0 &&
		strncasecmp(text, "RTMAX-", 6) != 0)
		return 0;
	return num_parse(text + 6, REAL_TIME_SPAN, &distance, NULL) == 0;
}

int
signal_name_check(const char *text, struct error *err)
{
	const char *name = text;
	uint64_t number;

	if (num_parse(text, 64, &number, NULL) == 0 && number > 0)
		return 0;
	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	if (is_real_time(name))
		return 0;
	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		if (strcasecmp(name, names[n]) == 0)
			return 0;
	}
	(void)error_set(err, EINVAL, "invalid signal: '%s'", text);
	return error_kind(err, ERROR_REQUEST);
}
