/* SPDX-License-Identifier: Apache-2.0 */
/* courier: slipway's end of the line to slipway-net. */
#ifndef OCI_COURIER_H
#define OCI_COURIER_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"
#include "util/json.h"
#include "util/strv.h"

/* A running slipway-net and what it was sent out for. */
struct courier;

/* One request under way; all-zero before it is sent. Filled when it is done:
 * `error` (code 0: good) and `answer`. */
struct errand {
	struct errand *next;	/* private */
	int64_t id;
	bool sent, done;
	uint64_t bytes;		/* of an upload, so far */
	struct error error;
	struct json *answer;
};
void courier_errand_release(struct errand *e);

/* Start slipway-net; it may read the directories in `readable` (oci/confine.h).
 * -ENOENT, ERROR_HOST when the program is not installed. */
int courier_start(const struct strv *readable, struct courier **ret,
	struct error *err);
/* Ends slipway-net and whatever it was doing. */
struct courier *courier_free(struct courier *c);

/* A packet that gets no answer. */
int courier_tell(struct courier *c, const struct json *packet,
	struct error *err);
/* Send `packet` with `fd` (-1: none; borrowed) and an "id" of its own; `e` is
 * borrowed until it is done. */
int courier_send(struct courier *c, struct json *packet, int fd,
	struct errand *e, struct error *err);

/* Its answer is not wanted any more: `e` may go. */
void courier_forget(struct courier *c, struct errand *e);

/* For poll(2): readable when courier_receive() has something to do. */
int courier_fd(const struct courier *c);
/* Take what has come, without waiting; errands become done. Negative when
 * slipway-net is gone; then all are done, with that error. */
int courier_receive(struct courier *c, struct error *err);
/* Wait until `e` is done: 0, or its error in `err`. -ECANCELED when
 * interrupted. */
int courier_wait(struct courier *c, struct errand *e, struct error *err);

DEFINE_CLEANUP(struct courier *, courier_free);

#endif
