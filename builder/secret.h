/* SPDX-License-Identifier: Apache-2.0 */
/* secret: what --secret and --ssh give to RUN, and to nothing else. */
#ifndef BUILDER_SECRET_H
#define BUILDER_SECRET_H

#include <stddef.h>

#include "builder/agent.h"
#include "util/error.h"
#include "util/strv.h"

/* 500 KiB, as BuildKit. */
#define SECRET_MAX (500 * 1024)

struct secret {
	char *id;
	char *value;		/* with a NUL behind it */
	size_t len;
};

/* All-zero is none. The values stay in memory, and are wiped from it. */
struct secrets {
	struct secret *items;
	size_t count;
};

void secrets_release(struct secrets *s);
/*
 * "id=ID[,src=PATH|,env=NAME][,type=file|env]", read at once. Without a source
 * it is the variable ID, or if there is none the file ID. A later one of the
 * same id wins. -EINVAL, ERROR_REQUEST; -ENOENT, -EFBIG, ..., ERROR_LOCAL. No
 * message has the value.
 */
int secrets_add(struct secrets *s, const char *text, struct error *err);
/* Borrowed, or NULL. */
const struct secret *secrets_find(const struct secrets *s, const char *id);

/*
 * "ID" (then it is $SSH_AUTH_SOCK), "ID=SOCKET", or "ID=KEY[,KEY...]", files
 * that an agent of `own` then knows: adds "ID=/path" to `ret`. -EINVAL,
 * ERROR_REQUEST; -ENOENT, ERROR_LOCAL; errors of agents_start().
 */
int secret_add_agent(struct strv *ret, struct agents *own, const char *text,
	struct error *err);

#endif
