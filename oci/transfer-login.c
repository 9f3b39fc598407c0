/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "oci/transfer-part.h"
#include "util/mem.h"

/* No repository of a reference has this id: those count from 0. */
#define LOGIN_ID 1000000

static int
ask(struct transfer *t, struct error *err)
{
	cleanup_value(courier_errand_release) struct errand e = { 0 };
	cleanup(json_free) struct json *packet =
		transfer_packet("login", LOGIN_ID);
	int r;

	r = courier_send(t->courier, packet, -1, &e, err);
	if (r >= 0)
		r = courier_wait(t->courier, &e, err);
	courier_forget(t->courier, &e);
	return r < 0 ? r : 0;
}

int
transfer_login(struct transfer *t, const char *host,
	const struct credential *who, struct error *err)
{
	autoref ref = { 0 };
	int r;

	ref.host = mem_strdup(host);
	ref.path = mem_strdup("");
	r = transfer_start(t, err);
	if (r >= 0)
		r = transfer_introduce(t, &ref, who, LOGIN_ID, err);
	return r < 0 ? r : ask(t, err);
}
