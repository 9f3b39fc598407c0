/* SPDX-License-Identifier: Apache-2.0 */
/* tree: what a sandbox sees as its file system; moving into it. */
#ifndef SANDBOX_TREE_H
#define SANDBOX_TREE_H

#include "sandbox/setup.h"

/*
 * In the new namespaces, as pid 1 (a fresh /proc shows the pids of who mounts
 * it): add /proc, /sys, /dev, names and the spec's mounts to the copy of the
 * root file system that our mount namespace has, make it the root, let go of
 * the host's, and go to the working directory. An emulator that programs
 * execute themselves lies in /dev.
 *
 * Whatever links the image holds, nothing outside of it is touched: places are
 * found by openat2(2) and used by descriptor. An image whose /proc, /sys or
 * /dev is no directory is refused.
 */
int tree_enter(const struct setup *in, struct error *err);

#endif
