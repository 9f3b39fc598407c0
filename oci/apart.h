/* SPDX-License-Identifier: Apache-2.0 */
/* apart: strangers' bytes are taken to pieces where a mistake of ours does no
 * harm: in a process that can open one directory and no connection. */
#ifndef OCI_APART_H
#define OCI_APART_H

#include "util/error.h"

/*
 * From here on this process opens nothing but what is below `dir_fd`, makes and
 * accepts no TCP connection and gains no privileges; descriptors that it has
 * go on working. Where the kernel's Landlock cannot do one of that, or there is
 * none, it is left out: a second belt.
 */
void apart_confine(int dir_fd);

typedef int apart_work(void *context, struct error *err);

/* Do the work in a child that is so confined: what it returns, with its error.
 * Changes of memory are lost with the child. -EPROTO when it died of it. */
int apart_run(int dir_fd, apart_work *work, void *context, struct error *err);

#endif
