/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/transfer-options.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "util/num.h"

#define RETRIES_MAX 1000
#define NS_PER_MS 1000000

static int
parse_verify(const char *text, int *ret, struct error *err)
{
	if (!text)
		return 0;
	if (*text == '\0' || strcmp(text, "true") == 0)
		*ret = 1;
	else if (strcmp(text, "false") == 0)
		*ret = 0;
	else
		return error_set(err, EINVAL,
			"--tls-verify is 'true' or 'false', not '%s'", text);
	return 0;
}

static int
parse_retry(const struct transfer_options *o, struct transfer_settings *t,
	struct error *err)
{
	uint64_t retries;
	int64_t delay_ns;
	int r;

	if (o->retry) {
		r = num_parse(o->retry, RETRIES_MAX, &retries, err);
		if (r < 0)
			return error_wrap(err, "--retry");
		t->retries = (int)retries;
	}
	if (!o->retry_delay)
		return 0;
	r = num_parse_duration(o->retry_delay, &delay_ns, err);
	if (r >= 0 && (delay_ns < 0 || delay_ns / NS_PER_MS > INT_MAX))
		r = error_set(err, ERANGE, "'%s' is out of range",
			o->retry_delay);
	if (r < 0)
		return error_wrap(err, "--retry-delay");
	t->retry_delay_ms = (int)(delay_ns / NS_PER_MS);
	return 0;
}

int
transfer_options_apply(const struct transfer_options *o,
	const struct command_context *c, struct transfer_settings *ret,
	struct error *err)
{
	enum progress_style style = PROGRESS_AUTO;
	struct transfer_settings t;
	int r;

	transfer_settings_init(&t);
	r = parse_verify(o->tls_verify, &t.tls_verify, err);
	if (r >= 0)
		r = parse_retry(o, &t, err);
	if (r >= 0 && c->progress)
		r = progress_parse_style(c->progress, &style, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	t.auth_file = o->auth_file;
	t.creds = o->creds;
	t.cert_dir = o->cert_dir;
	t.progress = progress_new(o->quiet ? PROGRESS_QUIET : style);
	*ret = t;
	return 0;
}
