/* SPDX-License-Identifier: Apache-2.0 */
/* merge: what an overlay of layers would show, as a copy. */
#ifndef SANDBOX_MERGE_H
#define SANDBOX_MERGE_H

#include "util/error.h"

/*
 * Lay the layer in `layer_fd`, a lower directory of overlays, over the tree in
 * `to_fd`: whiteouts remove, opaque directories replace, the rest is copied
 * (by reflink where the file system can) with mode, owner, times and
 * attributes, recorded owners among them. Hard links become files apart, as
 * overlays part them when one is written to. The root directory keeps its own
 * looks, but for its time.
 */
int merge_layer(int layer_fd, int to_fd, struct error *err);

#endif
