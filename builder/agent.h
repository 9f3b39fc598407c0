/* SPDX-License-Identifier: Apache-2.0 */
/* agent: an ssh-agent(1) of our own, for keys that are given as files. */
#ifndef BUILDER_AGENT_H
#define BUILDER_AGENT_H

#include <stddef.h>

#include "util/error.h"
#include "util/proc.h"

/* One that runs. */
struct agent {
	struct proc proc;
	char *dir;		/* where its socket lies, for us alone */
	char *socket;
};

/* All-zero is none; it grows. */
struct agents {
	struct agent *items;
	size_t count;
};

/*
 * Start one that knows the keys in `files`, paths with commas between them,
 * none of which may want a passphrase. `*ret_socket` is borrowed and good until
 * agents_release(). -ENOENT, ERROR_HOST, without ssh-agent and ssh-add;
 * -EACCES, ERROR_REQUEST, for a key that ssh-add does not take, with its words.
 */
int agents_start(struct agents *a, const char *files, const char **ret_socket,
	struct error *err);
/* End them all; their keys go with them. */
void agents_release(struct agents *a);

#endif
